/** The strategy `auto`: whose process it is, and that there is never a second one. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failToHeal, heal, suiteHost } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';
import type { Host } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';

const PROGRAM = '#!/usr/bin/perl\nsleep 600 while 1;\n';
const NOBODY = 65_534;
const runs = (program: string) => `[Service]\nExecStart=/usr/local/bin/${program}\n`;

const PROGRAMS = [
  ...['web', 'shopd', 'bare', 'lonely', 'off', 'bad', 'jobd', 'desk', 'pair'],
  ...['book', 'slow', 'idler', 'twin', 'wrong', 'told', 'shut', 'once', 'drafted', 'loose'],
];
const UNITS: Record<string, string> = {
  web: runs('web'),
  shop: `${runs('shopd')}Restart=always\nRestartSec=0\n`,
  bad: '[Service]\nType=simple\n',
  // What cron runs is in its cgroup, and is not cron.
  crond: '[Service]\nExecStart=/bin/sh -c "setsid -f /usr/local/bin/jobd; exec sleep infinity"\n',
  pairs: runs('pair'),
  ledger: `${runs('book')}Environment=PAGES=7\n`,
  patient: `${runs('slow')}Restart=always\nRestartSec=600\n`,
  standby: `${runs('idler')}[Install]\nWantedBy=multi-user.target\n`,
  'twin-a': runs('twin'),
  'twin-b': runs('twin'),
  faulty: `${runs('wrong')}Type=dbus\n[Install]\nWantedBy=multi-user.target\n`,
  teller: runs('told'),
  shutter: runs('shut'),
  sketch: runs('drafted'),
  nightly: `${runs('once')}Type=oneshot\n[Install]\nWantedBy=multi-user.target\n`,
};

async function prepare(host: Host): Promise<void> {
  for (const name of PROGRAMS) {
    host.write(`/usr/local/bin/${name}`, PROGRAM, 0o755);
  }
  for (const [name, text] of Object.entries(UNITS)) {
    host.write(`/etc/systemd/system/${name}.service`, text);
  }
  await host.sh('systemctl mask off; systemctl daemon-reload');
}

describe('auto', { skip: noBox, concurrency: 8 }, () => {
  const shared = suiteHost(
    {
      monitor: { max_restart_failures: 100, max_parallel_restarts: 20 },
      processes: {
        default: { max_attempts: 1, stop_timeout: 2, max_restarts: 0 },
        told: { start_command: '/usr/local/bin/told --by-hand &' },
      },
    },
    prepare,
  );

  const pidsOf = async (name: string) =>
    (await shared().box.exec(`pgrep -x ${name}`)).stdout.split('\n').filter(Boolean).map(Number);

  const onlyPidOf = async (name: string) => {
    const pids = await waitFor(`${name} to run`, async () => {
      const found = await pidsOf(name);
      return found.length > 0 && found;
    });
    assert.equal((pids as number[]).length, 1, `${name}: ${pids}`);
    return (pids as number[])[0] as number;
  };

  const chosen = (lines: string[]) =>
    lines.flatMap((line) => /Strategy for \S+: (.*)$/.exec(line)?.[1] ?? []);

  test('is settled by a dry run as it would be now, with nothing done and nothing left behind', async () => {
    const host = shared();
    const config = '/root/dry/config.ini';
    host.write(
      config,
      `[database]\ndriver = sqlite\nfile = /root/dry/alarms.db
[monitor]\nstate_directory = /root/dry/state\ncontrol_socket = /root/dry/run/control.sock
[logging]\nlog_file = /root/dry/dry.log\n`,
      0o600,
    );
    await host.sh(`monitor_service run --once -c ${config}`); // makes the database
    await host.sh('cd /root/dry && rm -r state run dry.log');
    await host.sh(`monitor_service alarm set --create web drafted loose -c ${config}`);
    await host.sh('systemctl start sketch');
    const pid = await onlyPidOf('drafted');
    const { stdout } = await host.box.exec(`monitor_service run --once --dry-run -c ${config}`);
    const steps = stdout.match(/(?<=DRY RUN: would restart ).*/g) ?? [];
    assert.match(
      steps[0] ?? '',
      /^web \(strategy: auto, now service.*\): systemctl \w+ web\.service$/,
    );
    assert.match(
      steps[1] ?? '',
      /^drafted \(strategy: auto, now service.*\): systemctl \w+ sketch\.service$/,
    );
    assert.match(
      steps[2] ?? '',
      /^loose \(strategy: auto, now process.*\): end loose and start it again$/,
    );
    assert.equal(await onlyPidOf('drafted'), pid);
    assert.deepEqual(await pidsOf('loose'), []);
    assert.equal(await host.sh('ls /root/dry'), 'alarms.db\nconfig.ini\n');
  });

  test('restarts the unit of that name', async () => {
    const host = shared();
    await host.sh('systemctl start web; systemctl kill -s KILL web');
    assert.deepEqual(chosen(await heal(host, 'web')), ['service (web.service)']);
    assert.equal(await host.property('web', 'MainPID'), `${await onlyPidOf('web')}`);
  });

  test('restarts the unit that a process belongs to, whatever its name', async () => {
    const host = shared();
    await host.sh('systemctl start shop');
    const before = await onlyPidOf('shopd');
    assert.deepEqual(chosen(await heal(host, 'shopd')), [
      'service (shop.service: shopd is its main process)',
    ]);
    const pid = await onlyPidOf('shopd');
    assert.notEqual(pid, before);
    assert.equal(await host.property('shop', 'MainPID'), `${pid}`);
  });

  test('starts a bare process again as it ran', async () => {
    const host = shared();
    const asNobody = `setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups`;
    await host.sh(`cd /srv && setsid -f ${asNobody} bare --shop 1 </dev/null >/dev/null 2>&1`);
    const before = await onlyPidOf('bare');
    assert.deepEqual(chosen(await heal(host, 'bare')), ['process']);
    const pid = await onlyPidOf('bare');
    assert.notEqual(pid, before);
    assert.match(await host.sh(`tr '\\0' ' ' < /proc/${pid}/cmdline`), /bare --shop 1 $/);
    assert.equal(
      await host.sh(`readlink /proc/${pid}/cwd; stat -c %u /proc/${pid}`),
      `/srv\n${NOBODY}\n`,
    );
  });

  test('starts a program of PATH that neither runs nor has a unit', async () => {
    assert.deepEqual(chosen(await heal(shared(), 'lonely')), ['process']);
    await onlyPidOf('lonely');
  });

  test('starts no copy beside a unit that systemd refuses to start', async () => {
    const host = shared();
    for (const [name, reason] of [
      ['off', /off\.service is masked/],
      ['bad', /bad\.service has a bad unit file setting/],
    ] as const) {
      const lines = await failToHeal(host, name);
      assert.deepEqual(chosen(lines), [`service (${name}.service)`]);
      assert.match(lines.join('\n'), reason);
      assert.deepEqual(await pidsOf(name), []);
    }
  });

  test('leaves cron alone when a process that cron started is in alarm', async () => {
    const host = shared();
    await host.sh('systemctl start crond');
    const cron = await host.property('crond', 'MainPID');
    const before = await onlyPidOf('jobd');
    assert.match(await host.sh(`cat /proc/${before}/cgroup`), /crond\.service/);
    assert.deepEqual(chosen(await heal(host, 'jobd')), [
      'process (jobd was started by crond.service)',
    ]);
    assert.notEqual(await onlyPidOf('jobd'), before);
    assert.equal(await host.property('crond', 'MainPID'), cron);
  });

  test('takes a process of a user’s session for nobody’s unit', async () => {
    const host = shared();
    const scope = 'systemd-run --scope --slice=user-1000.slice --unit=session-7';
    await host.sh(`setsid -f ${scope} desk </dev/null >/dev/null 2>&1`);
    const before = await onlyPidOf('desk');
    assert.match(await host.sh(`cat /proc/${before}/cgroup`), /session-7\.scope/);
    assert.deepEqual(chosen(await heal(host, 'desk')), ['process']);
    assert.notEqual(await onlyPidOf('desk'), before);
  });

  test('heals a unit’s process through the unit, where it also runs by hand', async () => {
    const host = shared();
    await host.sh('setsid -f pair </dev/null >/dev/null 2>&1; systemctl start pairs');
    const before = await host.property('pairs', 'MainPID');
    assert.deepEqual(chosen(await heal(host, 'pair')), [
      'service (pairs.service: pair is its main process)',
    ]);
    assert.notEqual(await host.property('pairs', 'MainPID'), before);
    assert.equal((await pidsOf('pair')).length, 2, 'what was there stays');
  });

  test('restarts the unit that a dead process belonged to, whatever its name', async () => {
    const host = shared();
    await host.sh('systemctl start ledger; systemctl kill -s KILL ledger');
    assert.deepEqual(chosen(await heal(host, 'book')), ['service (ledger.service)']);
    const pid = await onlyPidOf('book');
    assert.equal(await host.property('ledger', 'MainPID'), `${pid}`);
    assert.match(host.read(`/proc/${pid}/environ`), /PAGES=7/);
  });

  test('starts no copy beside a unit that waits to start its own', async () => {
    const host = shared();
    await host.sh('systemctl start patient; systemctl kill -s KILL patient');
    await waitFor('systemd to wait', async () => {
      return (await host.property('patient', 'SubState')) === 'auto-restart';
    });
    assert.deepEqual(chosen(await heal(host, 'slow')), ['service (patient.service)']);
    assert.equal(await host.property('patient', 'MainPID'), `${await onlyPidOf('slow')}`);
    assert.equal(await host.property('patient', 'SubState'), 'running');
  });

  test('starts the enabled unit of a program that does not run yet', async () => {
    const host = shared();
    await host.sh('systemctl enable standby');
    assert.deepEqual(chosen(await heal(host, 'idler')), ['service (standby.service)']);
    assert.equal(await host.property('standby', 'MainPID'), `${await onlyPidOf('idler')}`);
  });

  test('starts nothing where several units run the dead program, and says what to set', async () => {
    const host = shared();
    await host.sh('systemctl start twin-a twin-b; systemctl kill -s KILL twin-a twin-b');
    const lines = await failToHeal(host, 'twin');
    assert.deepEqual(chosen(lines), ['unknown']);
    assert.match(
      lines.join('\n'),
      /several units run twin: twin-a\.service, twin-b\.service; set system_name to the one/,
    );
    assert.deepEqual(await pidsOf('twin'), []);
  });

  test('starts no copy beside a unit of another name that systemd refuses to start', async () => {
    const host = shared();
    await host.sh('systemctl enable faulty');
    const lines = await failToHeal(host, 'wrong');
    assert.deepEqual(chosen(lines), ['service (faulty.service)']);
    assert.match(lines.join('\n'), /faulty\.service has a bad unit file setting/);
    assert.deepEqual(await pidsOf('wrong'), []);
  });

  test('prefers the unit of a dead process to its start_command', async () => {
    const host = shared();
    await host.sh('systemctl start teller; systemctl kill -s KILL teller');
    assert.deepEqual(chosen(await heal(host, 'told')), ['service (teller.service)']);
    assert.equal(await host.property('teller', 'MainPID'), `${await onlyPidOf('told')}`);
  });

  test('starts a program itself whose only unit runs it to its end', async () => {
    const host = shared();
    await host.sh('systemctl enable nightly');
    assert.match(await host.sh("systemctl show -p Id --all '*.service'"), /^Id=nightly\.service$/m);
    assert.deepEqual(chosen(await heal(host, 'once')), ['process']);
    await onlyPidOf('once');
    assert.equal(await host.property('nightly', 'ActiveState'), 'inactive');
  });

  test('cannot tell the program of a masked unit of another name', async () => {
    const host = shared();
    host.write('/usr/local/lib/systemd/system/shutter.service', UNITS.shutter ?? '');
    await host.sh('rm /etc/systemd/system/shutter.service; systemctl daemon-reload');
    await host.sh(
      'systemctl start shutter; systemctl kill -s KILL shutter; systemctl mask shutter',
    );
    assert.deepEqual(chosen(await heal(host, 'shut')), ['process']);
    await onlyPidOf('shut');
    assert.equal(await host.property('shutter', 'LoadState'), 'masked');
  });
});
