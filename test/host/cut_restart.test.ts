/** A restart that is cut off: by the death of the service, and by that of the host. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { alarm, said } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';
import { type Host, LOG_FILE, openInstalledHost } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';
import { workspace } from '../support/workspace.ts';

const STATE = '/var/lib/monitor_service/state.db';
/** Takes as long as this file is there. */
const HELD = `[Service]
Type=notify
NotifyAccess=all
TimeoutStartSec=infinity
ExecStart=/bin/sh -c "while test -e /srv/hold; do sleep 0.05; done; systemd-notify --ready; exec sleep infinity"
`;
/** Likewise; fails when it is run a second time meanwhile. */
const HELD_COMMAND = 'flock --nonblock /srv/lock /srv/run';
const RUN = `#!/bin/sh
echo begin >> /srv/runs
while test -e /srv/hold; do sleep 0.05; done
echo end >> /srv/runs
`;

/** The unit's own view of /proc would show it the boot id of the machine that the tests run on. */
const OWN_BOOT_ID = '[Service]\nBindReadOnlyPaths=/proc/sys/kernel/random/boot_id\n';

interface Row {
  name: string;
  outcome: string;
}

/** What state.db has of attempts once the service is stopped; it has to be whole. */
async function attempts(t: TestContext, host: Host): Promise<string[]> {
  await host.sh('systemctl stop monitor_service');
  const files = await workspace();
  t.after(() => files.remove());
  // SQLite does not follow the path to it from here.
  copyFileSync(host.box.path(STATE), files.path('state.db'));
  const database = new DatabaseSync(files.path('state.db'), { readOnly: true });
  try {
    const check = database.prepare('PRAGMA integrity_check').get();
    assert.equal(check?.integrity_check, 'ok');
    const rows = database.prepare('SELECT name, outcome FROM attempt').all() as unknown as Row[];
    return rows.map(({ name, outcome }) => `${name} ${outcome}`).sort();
  } finally {
    database.close();
  }
}

function assertWholeLog(host: Host): void {
  const lines = host.read(LOG_FILE).split('\n');
  assert.equal(lines.pop(), '', 'the last line is whole');
  for (const line of lines) {
    assert.match(line, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d - (INFO|WARNING|ERROR) - [\x20-\x7e]+$/);
  }
}

const holds = (host: Host, unit: string) =>
  waitFor(
    `${unit} to be on its way`,
    async () => (await host.property(unit, 'ActiveState')) === 'activating',
  );

test('a service that is killed in the middle of restarts comes back and makes them', {
  skip: noBox,
}, async (t) => {
  const host = await openInstalledHost(t, {
    processes: {
      default: { max_attempts: 1, health_check_stable_time: 0 },
      shop: { restart_strategy: 'service' },
      queue: {
        restart_strategy: 'custom',
        restart_command: HELD_COMMAND,
        health_check_command: 'true',
      },
    },
  });
  host.write('/srv/hold', '');
  host.write('/srv/run', RUN, 0o755);
  await host.unit('shop', HELD);
  await host.start();
  const offset = await alarm(host, 'shop');
  await alarm(host, 'queue');
  await holds(host, 'shop');
  await waitFor(
    'the command to run',
    async () => (await host.box.exec('cat /srv/runs')).stdout === 'begin\n',
  );
  const killed = await host.property('monitor_service', 'MainPID');
  await host.sh('systemctl kill --kill-who=main --signal=KILL monitor_service');

  const warning =
    /WARNING - Restart of shop was interrupted when the service ended: systemctl start shop.service\n/;
  await host.waitForLog(warning, { after: offset, timeoutMs: 30_000 });
  assert.notEqual(await host.property('monitor_service', 'MainPID'), killed);
  await host.waitForLog('Attempt 1 of 1 for queue', { after: host.log().search(warning) });
  await waitFor('the command to run anew', () => host.read('/srv/runs') === 'begin\nbegin\n');

  await host.sh('rm /srv/hold');
  for (const name of ['shop', 'queue']) {
    await host.waitForLog(`Alarm cleared for ${name} `, { after: offset, timeoutMs: 30_000 });
    const lines = said(host, name, offset);
    assert.equal(lines.filter((line) => line.includes('Attempt 1')).length, 2, lines.join('\n'));
  }
  assert.equal(host.read('/srv/runs'), 'begin\nbegin\nend\n');
  assert.equal(await host.property('shop', 'ActiveState'), 'active');
  assert.deepEqual(await attempts(t, host), [
    'queue interrupted',
    'queue verified',
    'shop interrupted',
    'shop verified',
  ]);
  assertWholeLog(host);
});

test('a host that loses its power in the middle of a restart heals after its boot, breakers as they were', {
  skip: noBox,
}, async (t) => {
  const host = await openInstalledHost(t, {
    monitor: { max_restart_failures: 1, circuit_reset_time: 100 },
    processes: {
      default: { max_attempts: 1, health_check_stable_time: 0 },
      shop: { restart_strategy: 'service' },
      ghost: { restart_strategy: 'service' },
    },
  });
  host.write('/srv/hold', '');
  host.write('/etc/systemd/system/monitor_service.service.d/boot_id.conf', OWN_BOOT_ID);
  await host.unit('shop', HELD);
  await host.start();
  const left = /Circuit breaker open for ghost, skipping restart \(\d\d seconds left\)/;
  await host.waitForLog(left, { after: await alarm(host, 'ghost'), timeoutMs: 30_000 });
  await alarm(host, 'shop');
  await holds(host, 'shop');
  // The boot is to find a breaker that has waited longer than a boot takes.
  await host.waitForLog(/skipping restart \(9[0-4] seconds left\)/, { timeoutMs: 30_000 });

  const offset = host.log().length;
  const bootedAt = performance.now();
  await host.box.powerCut();
  const warning =
    'Restart of shop was interrupted when the service ended: systemctl start shop.service';
  await host.waitForLog(warning, { after: offset, timeoutMs: 30_000 });
  await host.waitForLog(left, { after: offset, timeoutMs: 30_000 });
  const sinceBoot = (performance.now() - bootedAt) / 1000;
  const [, seconds] =
    /ghost, skipping restart \((\d+) seconds left\)/.exec(host.log().slice(offset)) ?? [];
  assert.ok(
    Number(seconds) >= 100 - sinceBoot - 2,
    `${seconds} left, ${sinceBoot} seconds after the boot`,
  );
  assert.ok(Number(seconds) <= 100, `${seconds} left`);
  await host.sh('rm /srv/hold');
  await host.waitForLog('Alarm cleared for shop ', { after: offset, timeoutMs: 30_000 });
  assert.equal(await host.property('shop', 'ActiveState'), 'active');
  assert.equal((await host.alarmOf('shop'))?.alarma, 0);
  assert.equal((await host.alarmOf('ghost'))?.alarma, 1);
  assert.deepEqual(await attempts(t, host), ['ghost failed', 'shop interrupted', 'shop verified']);
  assertWholeLog(host);
});
