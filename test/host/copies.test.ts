/**
 * Never two copies, and no neighbour restarted: processes that units, supervisors and launchers of all kinds started,
 * with the strategies `auto` and `process`.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failToHeal, heal, suiteHost } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';
import type { Host } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';

const SLEEPS = '#!/usr/bin/perl\nsleep 600 while 1;\n';
/** Renames its main thread by prctl(PR_SET_NAME, …), by its number on x86-64. */
const RENAMED = 'my $n = "worker"; syscall(157, 15, $n); sleep 600 while 1;';
const LISTENS = `#!/usr/bin/perl
use IO::Socket::INET;
IO::Socket::INET->new(LocalAddr => '127.0.0.1:7707', Listen => 1, ReuseAddr => 1) or die "port: $!";
sleep 600 while 1;
`;
const SUPERVISORD = `[supervisord]
nodaemon = true
logfile = /var/log/supervisord.log
pidfile = /run/supervisord.pid
[unix_http_server]
file = /run/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl = unix:///run/supervisor.sock
`;
const MONITRC = `set daemon 1
set pidfile /run/monit.pid
set idfile /run/monit.id
set statefile /run/monit.state
`;

const service = (start: string, ...lines: string[]) =>
  ['[Service]', `ExecStart=${start}`, ...lines, ''].join('\n');
const runs = (program: string, ...lines: string[]) =>
  service(`/usr/local/bin/${program}`, ...lines);
const shell = (script: string, ...lines: string[]) => service(`/bin/sh -c '${script}'`, ...lines);

const UNITS: Record<string, string> = {
  // of auto
  'rc-local': shell(
    'setsid -f rc1; setsid -f rc2',
    'Type=forking',
    'GuessMainPID=no',
    'RemainAfterExit=yes',
  ),
  jobs: shell('setsid -f job1; setsid -f job2', 'Type=forking', 'GuessMainPID=no'),
  gate: shell('sh -c "sess1; :" & sh -c "sess2; :" & wait'),
  nested: service('/usr/local/sbin/nest', 'Delegate=yes'),
  wrapped: shell('wrap1; :'),
  nomain: shell('setsid -f nomain1', 'Type=forking', 'GuessMainPID=no'),
  sliced: runs('slice1', 'Slice=shop.slice'),
  'inst@': runs('inst1'),
  // of process
  always: runs('always1', 'Restart=always', 'RestartSec=3'),
  never: runs('never1', 'Restart=no'),
  failing: runs('failing1', 'Restart=on-failure', 'RestartSec=600'),
  scripted: shell('cd /srv; scripted1; exit 1', 'Restart=on-failure', 'RestartSec=600'),
  port: runs('port1', 'Restart=always', 'RestartSec=1'),
  loop: shell('while :; do loop1; sleep 1; done'),
  stubborn: runs('stubborn1', 'Restart=always', 'RestartSec=1', 'TimeoutStopSec=600'),
  refusing: `[Unit]\nRefuseManualStop=yes\n${runs('refusing1', 'Restart=on-failure', 'RestartSec=1')}`,
  supervisor: service('/usr/bin/supervisord -n -c /etc/supervisord.conf'),
  lonely: service('/usr/bin/supervisord -n -c /etc/lonely.conf'),
  monit: service('/usr/bin/monit -I -c /etc/monitrc'),
};

const PROGRAMS = [
  ...[
    'rc1',
    'rc2',
    'job1',
    'job2',
    'sess1',
    'sess2',
    'nest1',
    'nest2',
    'wrap1',
    'nomain1',
    'slice1',
    'inst1',
  ],
  ...[
    'always1',
    'never1',
    'failing1',
    'loop1',
    'refusing1',
    'scripted1',
    'sup1',
    'sup2',
    'supp1',
    'only1',
    'down1',
    'mon1',
    'mon2',
  ],
];

/** Two programs, each in a subdivision of the unit's own cgroup. */
const NEST = `#!/bin/bash
top=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
for name in nest1 nest2; do
  mkdir -p "$top/$name"
  (echo $BASHPID > "$top/$name/cgroup.procs"; exec setsid "$name") &
done
wait
`;

async function prepare(host: Host): Promise<void> {
  for (const name of PROGRAMS) {
    host.write(`/usr/local/bin/${name}`, SLEEPS, 0o755);
  }
  host.write('/usr/local/bin/port1', LISTENS, 0o755);
  host.write(
    '/usr/local/bin/stubborn1',
    `#!/usr/bin/perl\n$SIG{TERM} = "IGNORE";\nsleep 600 while 1;\n`,
    0o755,
  );
  host.write('/usr/local/sbin/nest', NEST, 0o755);
  host.write(
    '/usr/local/bin/title1',
    `#!/usr/bin/perl\n$0 = "title: master";\nsleep 600 while 1;\n`,
    0o755,
  );
  const program = (name: string, more = '') =>
    `[program:${name}]\ncommand = /usr/local/bin/${name}\nautorestart = true\n${more}`;
  const supervised = ['sup1', 'sup2', 'supp1'].map((name) => program(name)).join('');
  host.write(
    '/etc/supervisord.conf',
    SUPERVISORD + supervised + program('down1', 'autostart = false\n'),
  );
  host.write(
    '/etc/lonely.conf',
    (SUPERVISORD + program('only1')).replace(/\/(run|var\/log)\/super/g, '/$1/lonely'),
  );
  const watched = ['mon1', 'mon2'].map(
    (name) =>
      `check process ${name} matching "/usr/local/bin/${name}"\n  start program = "/usr/bin/setsid -f /usr/local/bin/${name}"\n`,
  );
  host.write('/etc/monitrc', MONITRC + watched.join(''), 0o600);
  for (const [name, text] of Object.entries(UNITS)) {
    host.write(`/etc/systemd/system/${name}.service`, text);
  }
  const started = Object.keys(UNITS).map((name) => (name === 'inst@' ? 'inst@1 inst@2' : name));
  await host.sh(`systemctl daemon-reload; systemctl start ${started.join(' ')}`);
}

const PROCESS = { restart_strategy: 'process' };

describe('one copy, and no neighbour restarted', { skip: noBox, concurrency: 8 }, () => {
  const shared = suiteHost(
    {
      monitor: { max_restart_failures: 100, max_parallel_restarts: 30 },
      processes: {
        default: { max_attempts: 1, stop_timeout: 2 },
        ...Object.fromEntries(
          [
            'always1',
            'never1',
            'failing1',
            'port1',
            'loop1',
            'stubborn1',
            'refusing1',
            'scripted1',
            'supp1',
            'down1',
          ].map((name) => [name, PROCESS]),
        ),
      },
    },
    prepare,
  );

  const pidsOf = async (name: string) =>
    (await shared().box.exec(`pgrep -x ${name}`)).stdout.split('\n').filter(Boolean).map(Number);

  const pidOf = async (name: string): Promise<number> => {
    const pids = await waitFor(`${name} to run`, async () => {
      const found = await pidsOf(name);
      return found.length > 0 && found;
    });
    assert.equal((pids as number[]).length, 1, `${name}: ${pids}`);
    return (pids as number[])[0] as number;
  };

  const mainPidOf = async (unit: string) => Number(await shared().property(unit, 'MainPID'));

  /** Heals a process; what the log had for reasons. There is one copy then, and a few seconds later. */
  async function healed(
    name: string,
    settleMs = 0,
  ): Promise<{ before: number; pid: number; lines: string }> {
    const before = await pidOf(name);
    const lines = (await heal(shared(), name)).join('\n');
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    const pid = await pidOf(name);
    assert.notEqual(pid, before, lines);
    return { before, pid, lines };
  }

  for (const [what, name, neighbour, words] of [
    ['what rc.local started', 'rc1', 'rc2', 'process (rc1 was started by rc-local.service)'],
    [
      'one of the daemons of a unit',
      'job1',
      'job2',
      'process (job1 runs in jobs.service beside 1 other)',
    ],
    [
      'one of the sessions of a daemon',
      'sess1',
      'sess2',
      'process (sess1 runs in gate.service beside 2 others)',
    ],
    [
      'one of the cgroups of a unit',
      'nest1',
      'nest2',
      'process (nest1 runs in nested.service beside 1 other)',
    ],
    [
      'one of the programs of supervisord',
      'sup1',
      'sup2',
      'process (sup1 was started by supervisor.service)',
    ],
    ['one of the programs of monit', 'mon1', 'mon2', 'process (mon1 was started by monit.service)'],
  ] as const) {
    test(`auto restarts ${what} and leaves its neighbour`, async () => {
      const other = await pidOf(neighbour);
      const { lines } = await healed(name, 2500);
      assert.ok(lines.includes(`Strategy for ${name}: ${words}`), lines);
      assert.equal(await pidOf(neighbour), other);
    });
  }

  for (const [what, name, unit, why] of [
    ['the child of a wrapper', 'wrap1', 'wrapped', 'nothing but wrap1 runs in it'],
    [
      'the daemon of a unit without a main process',
      'nomain1',
      'nomain',
      'nothing but nomain1 runs in it',
    ],
    [
      'the main process of a unit in a slice of its own',
      'slice1',
      'sliced',
      'slice1 is its main process',
    ],
  ] as const) {
    test(`auto restarts ${what} by its unit`, async () => {
      const started = await shared().property(unit, 'InvocationID');
      const { lines } = await healed(name);
      assert.ok(lines.includes(`Strategy for ${name}: service (${unit}.service: ${why})`), lines);
      assert.notEqual(await shared().property(unit, 'InvocationID'), started);
    });
  }

  test('auto leaves the only program of a supervisord of any name to it', async () => {
    const supervisor = await mainPidOf('lonely');
    const { lines } = await healed('only1');
    assert.match(lines, /process \(only1 was started by lonely\.service\)/);
    assert.equal(await mainPidOf('lonely'), supervisor);
  });

  test('auto restarts each of two units of one program by its own unit', async () => {
    const both = () => Promise.all([mainPidOf('inst@1'), mainPidOf('inst@2')]);
    const before = await both();
    const lines = (await heal(shared(), 'inst1')).join('\n');
    assert.match(lines, /process \(inst1 runs in inst@1\.service, inst@2\.service\)/);
    const after = await both();
    assert.ok(
      after.every((pid) => pid > 0 && !before.includes(pid)),
      `${before} ${after}`,
    );
    assert.deepEqual((await pidsOf('inst1')).sort(), after.sort());
  });

  for (const [what, name, unit] of [
    ['that systemd restarts in three seconds', 'always1', 'always'],
    ['that systemd does not restart', 'never1', 'never'],
    ['that listens on a port', 'port1', 'port'],
    ['that ignores SIGTERM', 'stubborn1', 'stubborn'],
    ['that may not be stopped by hand', 'refusing1', 'refusing'],
  ] as const) {
    test(`process brings the main process of a unit ${what} back by the unit`, async () => {
      const { pid } = await healed(name, 4000);
      assert.equal(await mainPidOf(unit), pid);
      assert.equal(await shared().property(unit, 'ActiveState'), 'active');
      assert.match(await shared().sh(`cat /proc/${pid}/cgroup`), new RegExp(`/${unit}\\.service`));
    });
  }

  for (const [what, name, unit] of [
    ['the unit that waits to start it', 'failing1', 'failing'],
    ['a unit that waits to start it by a script', 'scripted1', 'scripted'],
  ] as const) {
    test(`process starts a dead process by ${what}`, async () => {
      const host = shared();
      const before = await pidOf(name);
      await host.sh(`systemctl kill -s KILL ${unit}`);
      const isWaiting = async () => (await host.property(unit, 'SubState')) === 'auto-restart';
      await waitFor('systemd to wait', isWaiting);
      const lines = (await heal(host, name)).join('\n');
      assert.ok(lines.includes(`${name} is started by its unit, ${unit}.service`), lines);
      const pid = await pidOf(name);
      assert.notEqual(pid, before);
      assert.match(await host.sh(`cat /proc/${pid}/cgroup`), new RegExp(`/${unit}\\.service`));
    });
  }

  for (const [what, name, unit] of [
    ['supervisord', 'supp1', 'supervisor'],
    ['a unit whose script starts it again', 'loop1', 'loop'],
  ] as const) {
    test(`process leaves a program to ${what}`, async () => {
      const main = await mainPidOf(unit);
      const { pid, lines } = await healed(name, 2500);
      assert.match(lines, /came back by (?:itself|loop\.service)/);
      assert.equal(await mainPidOf(unit), main);
      assert.match(await shared().sh(`cat /proc/${pid}/cgroup`), new RegExp(`/${unit}\\.service`));
    });
  }

  test('process starts a program itself that its supervisor has given up', async () => {
    await heal(shared(), 'down1');
    const pid = await pidOf('down1');
    assert.match(await shared().sh(`cat /proc/${pid}/cgroup`), /monitor_service-started-/);
  });

  test('a program that renamed its main thread is found, and not started twice', async () => {
    const host = shared();
    await host.sh(
      `cp /usr/bin/perl /usr/local/bin/renamed1; setsid -f renamed1 -e '${RENAMED}' </dev/null >/dev/null 2>&1`,
    );
    const running = async () =>
      (await host.box.exec('pgrep -f ^[^\\ ]*renamed1')).stdout.split('\n').filter(Boolean);
    await waitFor(
      'it to rename itself',
      async () => (await host.box.exec('pgrep -x worker')).code === 0,
    );
    const before = await running();
    assert.equal(before.length, 1);
    await heal(host, 'renamed1');
    const after = await running();
    assert.equal(after.length, 1, `${after}`);
    assert.notDeepEqual(after, before);
  });

  test('a script that gave itself a title is not found as perl', async () => {
    const host = shared();
    await host.sh('setsid -f title1 </dev/null >/dev/null 2>&1');
    const titled = async () => (await host.box.exec('pgrep -f "^title: master"')).stdout.trim();
    const before = await waitFor('its title', titled);
    await failToHeal(host, 'title1', /command line of title1 can't be told/);
    assert.equal(await titled(), before, 'found by its own name');
    await failToHeal(host, 'perl');
    assert.equal(await titled(), before, 'not found as its interpreter');
  });
});
