/** What the strategy `process` starts on a host with systemd, by a service whose unit is confined. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { noBox } from '../support/box/box.ts';
import { bootHost, type Host } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';

/** Harsh where it does not keep the service from its work. */
const CONFINED = `[Service]
NoNewPrivileges=yes
CapabilityBoundingSet=CAP_DAC_OVERRIDE CAP_KILL CAP_SYS_PTRACE
ProtectSystem=strict
ReadWritePaths=/var/log
RestrictNamespaces=yes
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
RestrictSUIDSGID=yes
LimitNOFILE=2000
UMask=0077
Environment=OF_THE_UNIT=1
`;
const PATIENCE = { restart_strategy: 'process', max_attempts: 1, stop_timeout: 2 };
const NOBODY = 65_534;
const SIGPIPE = 1n << 12n;

/** Put in the background as daemons do, by two forks. */
const DAEMON = `#!/usr/bin/perl
use POSIX;
exit if fork;
POSIX::setsid();
exit if fork;
exec '/usr/local/bin/forker', '600';
`;

describe('a process that was started by name', { skip: noBox }, () => {
  let host: Host;
  before(async () => {
    host = await bootHost();
    await host.setUp({
      monitor: { max_restart_failures: 100 },
      processes: {
        default: { max_restarts: 0 },
        worker: { ...PATIENCE, restart_strategy: 'auto' },
        owned: PATIENCE,
        speaker: {
          ...PATIENCE,
          start_command: 'echo I am here; echo I fear >&2; exec speaker 600',
        },
        forker: { ...PATIENCE, start_command: '/usr/local/bin/fork' },
        failing: { ...PATIENCE, start_command: 'exit 3' },
        killed: { ...PATIENCE, start_command: 'kill -SEGV $$' },
        missing: { ...PATIENCE, start_command: '' },
        waiting: PATIENCE,
        hanging: PATIENCE,
        confined: PATIENCE,
      },
    });
    host.write('/etc/systemd/system/monitor_service.service.d/confined.conf', CONFINED);
    host.write('/usr/local/bin/fork', DAEMON, 0o755);
    await host.sh('systemctl daemon-reload');
    await host.start();
  });

  after(() => host?.stop());

  /** A program in PATH that only sleeps; nothing runs yet. */
  const program = (name: string) =>
    host.write(`/usr/local/bin/${name}`, '#!/usr/bin/perl\nsleep 600 while 1;\n', 0o755);

  const pidsOf = async (name: string) =>
    (await host.box.exec(`pgrep -x ${name}`)).stdout.trim().split('\n').filter(Boolean).map(Number);

  const onlyPidOf = async (name: string) => {
    const pids = await pidsOf(name);
    assert.equal(pids.length, 1, `${name}: ${pids}`);
    return pids[0] as number;
  };

  /** Raises the alarm of a process, adding it where it is new, and waits for these words in the log. */
  const alarm = async (name: string, words: string) => {
    const after = host.log().length;
    const known = await host.sql('SELECT 1 FROM PROCESE WHERE process_name = ?', [name]);
    if (known.length === 0) {
      await host.addProcess(name);
    }
    await host.raise(name);
    await host.waitForLog(words, { after, timeoutMs: 30_000 });
    return host.log().slice(after);
  };

  /** Ends an alarm that can't be healed, so that it is not tried again and again. */
  const forget = (name: string) =>
    host.sql(
      'UPDATE STATUS_PROCESS JOIN PROCESE USING (process_id) SET alarma = 0 WHERE process_name = ?',
      [name],
    );

  /** Heals a process; its pid. */
  const heal = async (name: string) => {
    await alarm(name, `Alarm cleared for ${name} `);
    return onlyPidOf(name);
  };

  const ourUnits = async () =>
    (await host.sh('systemctl list-units --all --plain --no-legend "monitor_service-started-*"'))
      .split('\n')
      .filter(Boolean);

  const unitOf = async (pid: number) =>
    /monitor_service-started-[\w-]+\.service/.exec(await host.sh(`cat /proc/${pid}/cgroup`))?.[0];

  const end = async (name: string) => {
    await host.box.exec(`pkill -KILL -x ${name}`);
    await waitFor(`${name} to end`, async () => (await pidsOf(name)).length === 0);
  };

  test('outlives a restart, a stop and a sudden death of the monitor', async () => {
    program('worker');
    const pid = await heal('worker');
    for (const command of [
      'systemctl restart monitor_service',
      'systemctl stop monitor_service',
      'systemctl start monitor_service',
      'systemctl kill --signal=KILL --kill-who=all monitor_service; sleep 0.2',
      'systemctl daemon-reload',
    ]) {
      await host.sh(command);
      assert.equal(await onlyPidOf('worker'), pid, command);
    }
    await host.sh('systemctl restart monitor_service');
    assert.equal(await host.property((await unitOf(pid)) ?? '', 'ActiveState'), 'active');
    await end('worker');
  });

  test('has what PID 1 gives, and nothing of what confines the monitor', async () => {
    program('worker');
    const pid = await heal('worker');
    const confinement = (of: number | string) =>
      host.sh(`cd /proc/${of}; readlink ns/mnt ns/user ns/net ns/ipc ns/uts ns/pid
        grep -E '^(Cap(Bnd|Eff|Prm)|Seccomp|Seccomp_filters|NoNewPrivs):' status`);
    assert.equal(await confinement(pid), await confinement(1));
    const monitor = await host.property('monitor_service', 'MainPID');
    assert.notEqual(await confinement(monitor), await confinement(1));
    assert.doesNotMatch(await host.sh(`cat /proc/${pid}/limits`), /open files +2000 /);
    assert.doesNotMatch(await host.sh(`cat /proc/${pid}/environ`), /OF_THE_UNIT|INVOCATION_ID/);
    await end('worker');
  });

  test('is a child of PID 1 in a session of its own, and holds no file of the monitor', async () => {
    program('worker');
    const pid = await heal('worker');
    const ids = (await host.sh(`ps -o ppid=,pgid=,sid= -p ${pid}`)).trim().split(/\s+/);
    assert.deepEqual(ids, ['1', `${pid}`, `${pid}`]);
    const files = (await host.sh(`cd /proc/${pid}/fd; for fd in *; do readlink $fd; done`)).split(
      '\n',
    );
    assert.equal(files.length, 4, files.join());
    assert.equal(files[0], '/dev/null');
    // The journal's sockets, which the monitor's own are not.
    const monitor = await host.property('monitor_service', 'MainPID');
    const others = await host.sh(`cd /proc/${monitor}/fd; for fd in *; do readlink $fd; done`);
    assert.equal(files[1], files[2]);
    assert.ok(!others.includes(files[1] as string), files[1]);
    const [, ignored = ''] =
      /^SigIgn:\s*(\w+)$/m.exec(await host.sh(`cat /proc/${pid}/status`)) ?? [];
    assert.equal(BigInt(`0x${ignored}`) & SIGPIPE, 0n);
    await end('worker');
  });

  test('keeps its user, groups, directory, umask and environment', async () => {
    program('owned');
    await host.sh(`mkdir -m 700 /srv/owned; chown ${NOBODY} /srv/owned; cd /srv/owned; umask 027
      env -i "SECRET=it's
      mine" EMPTY= PATH=/usr/local/bin:/usr/bin:/bin setsid setpriv --reuid=${NOBODY} \
        --regid=${NOBODY} --groups=10,20 --no-new-privs owned 600 </dev/null >/dev/null 2>&1 &`);
    await waitFor('it to run', async () => (await pidsOf('owned')).length === 1);
    // systemd-cat of 256 and later adds JOURNAL_STREAM.
    const seen = (pid: number) =>
      host.sh(`cd /proc/${pid}; readlink cwd; tr '\\0' '\\n' < cmdline; tr '\\0' '\\n' < environ | grep -v ^JOURNAL_STREAM= | sort
        grep -E '^(Uid|Gid|Groups|Umask|CapEff|CapBnd|NoNewPrivs):' status`);
    const first = await onlyPidOf('owned');
    const expected = await seen(first);
    assert.match(expected, /^\/srv\/owned\n\/usr\/bin\/perl\n\/usr\/local\/bin\/owned\n600\n/);
    const second = await heal('owned');
    assert.notEqual(second, first);
    assert.equal(await seen(second), expected);
    assert.equal(await seen(await heal('owned')), expected);
    await end('owned');
  });

  test('is left alone where it has no more rights than the monitor, which PID 1 would not give it', async () => {
    program('confined');
    const rights = '-all,+dac_override,+kill,+sys_ptrace';
    await host.sh(`setsid setpriv --bounding-set=${rights} confined </dev/null >/dev/null 2>&1 &`);
    await waitFor('it to run', async () => (await pidsOf('confined')).length === 1);
    const pid = await onlyPidOf('confined');
    await alarm('confined', "the command line of confined can't be told; set start_command\n");
    await forget('confined');
    assert.equal(await onlyPidOf('confined'), pid);
    await end('confined');
  });

  test('is started by name again, and not taken for a unit', async () => {
    program('worker');
    await heal('worker');
    const first = await onlyPidOf('worker');
    const said = await alarm('worker', 'Alarm cleared for worker ');
    assert.match(said, /Strategy for worker: process\n/);
    assert.notEqual(await onlyPidOf('worker'), first);
    await waitFor('the first unit to go', async () => (await ourUnits()).length === 1);
    await end('worker');
  });

  test('may put itself in the background, and stays', async () => {
    program('forker');
    const pid = await heal('forker');
    assert.match((await unitOf(pid)) ?? '', /^monitor_service-started-/);
    for (const command of [
      'systemctl daemon-reload',
      'systemctl daemon-reexec',
      'systemctl restart monitor_service',
    ]) {
      await host.sh(command);
      assert.equal(await onlyPidOf('forker'), pid, command);
    }
    await end('forker');
  });

  test('leaves no unit behind when it ends, however it ends', async () => {
    program('worker');
    for (const signal of ['TERM', 'SEGV']) {
      await heal('worker');
      const [unit] = await ourUnits();
      assert.match(unit ?? '', / loaded active running worker, started by monitor_service$/);
      await host.sh(`pkill -${signal} -x worker`);
      await waitFor('its unit to go', async () => (await ourUnits()).length === 0);
    }
    assert.deepEqual(await host.sh('systemctl --failed --no-legend'), '');
  });

  test('has its output in the journal, under its name', async () => {
    program('speaker');
    await heal('speaker');
    const journal = () => host.sh('journalctl -t speaker -o cat');
    await waitFor('its words', async () => (await journal()) === 'I am here\nI fear\n');
    await end('speaker');
  });

  for (const [name, reason] of [
    ['failing', 'exit code 3; journalctl -t failing has what it printed'],
    ['killed', 'ended by SIGSEGV; journalctl -t killed has what it printed'],
    ['missing', 'missing does not run and is not in PATH; set system_name or start_command'],
  ] as const) {
    test(`is told why it did not start: ${reason}`, async () => {
      await alarm(name, `Process restart command failed for: ${name}: ${reason}\n`);
      await forget(name);
      await waitFor('no unit to be left', async () => (await ourUnits()).length === 0);
    });
  }

  test('is given up where its preparations hang, and nothing of them is left', async () => {
    program('hanging');
    await host.sh(
      `cd /; setsid setpriv --reuid=${NOBODY} --clear-groups hanging </dev/null >/dev/null 2>&1 &`,
    );
    await waitFor('it to run', async () => (await pidsOf('hanging')).length === 1);
    host.write('/usr/local/bin/setpriv', '#!/bin/sh\ntrap "" TERM\nsleep 600\n', 0o755);
    await alarm('hanging', 'Process restart command failed for: hanging: preparations hang\n');
    await forget('hanging');
    rmSync(host.box.path('/usr/local/bin/setpriv'));
    await waitFor('its unit to go', async () => (await ourUnits()).length === 0, 20_000);
    assert.deepEqual(await pidsOf('hanging'), []);
  });

  test('is not started twice by a systemd that answers too late', async () => {
    program('waiting');
    process.kill(host.box.pid, 'SIGSTOP');
    try {
      await alarm(
        'waiting',
        'Process restart command failed for: waiting: systemd did not start it within 10 seconds\n',
      );
    } finally {
      process.kill(host.box.pid, 'SIGCONT');
    }
    await host.waitForLog('Alarm cleared for waiting ', { timeoutMs: 30_000 });
    await waitFor('the late unit to go', async () => (await ourUnits()).length === 1);
    await onlyPidOf('waiting');
    await end('waiting');
  });
});
