/** The control socket where systemd makes its directory, and takes it away. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noBox } from '../support/box/box.ts';
import { openInstalledHost } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';

test('a breaker is explained and reset, and a check made at once, without any option', {
  skip: noBox,
}, async (t) => {
  const host = await openInstalledHost(t, {
    monitor: { check_interval: 3600, max_restart_failures: 1 },
    processes: { web: { max_attempts: 1 } },
  });
  await host.unit('web', '[Service]\nType=oneshot\nExecStart=/bin/false\n');
  await host.addProcess('web');
  await host.raise('web');
  await host.start();
  await host.waitForLog('Circuit breaker opened for web');
  assert.equal(
    await host.sh('stat -c "%a %U %F" /run/monitor_service /run/monitor_service/control.sock'),
    '700 root directory\n600 root socket\n',
  );
  const told = await host.sh('monitor_service status web');
  assert.match(told, /^ {2}Command: +systemctl start web\.service$/m);
  assert.match(told, /^ {2}Why it failed: exit code 1: /m);
  assert.match(told, /^ {2}Sooner: +fix the cause, then: monitor_service restart web$/m);
  await host.sh('monitor_service breaker reset web');
  const after = await host.waitForLog('Circuit breaker closed for web (reset by hand)');
  await host.waitForLog('Circuit breaker opened for web', { after });
});

test('a service that was started by hand keeps its socket while systemd tries the unit', {
  skip: noBox,
}, async (t) => {
  const host = await openInstalledHost(t);
  await host.sh('setsid monitor_service run >/dev/null 2>&1 &');
  const pid = () =>
    host.sh('monitor_service status --json | sed -n "s/.*\\"pid\\": \\([0-9]*\\),/\\1/p"');
  const byHand = await waitFor('the service to answer', async () => (await pid()).trim());
  await assert.rejects(host.sh('systemctl start monitor_service'));
  assert.match(
    await host.sh('journalctl -u monitor_service'),
    new RegExp(`already running \\(PID ${byHand}\\)`),
  );
  assert.equal((await pid()).trim(), byHand);
  await host.sh(`kill ${byHand}`);
  await waitFor(
    'the unit to run',
    async () => (await host.property('monitor_service', 'ActiveState')) === 'active',
  );
  assert.notEqual((await pid()).trim(), byHand);
});
