/** The database server that holds the alarms is itself in alarm. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alarm, said } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';
import { openInstalledHost } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';

/** As RedHat's unit has it; MariaDB's own waits five seconds. */
const RESTARTS = '[Service]\nRestart=on-abort\nRestartSec=1\n';

test('the database server that holds its own alarm is restarted once, by whatever name', {
  skip: noBox,
}, async (t) => {
  const host = await openInstalledHost(t, {
    processes: { mysqld: { restart_strategy: 'service' } },
  });
  await host.addProcess('mysqld');
  await host.start();
  const before = await host.property('mariadb', 'MainPID');
  assert.match(
    await host.sh(`cat /proc/${before}/comm`),
    /^mariadbd\n$/,
    'not what its alias says',
  );

  const offset = await alarm(host, 'mysqld');
  const end = await host.waitForLog('Alarm cleared for mysqld ', {
    after: offset,
    timeoutMs: 60_000,
  });
  await host.waitForLog('Database check: no process in alarm', { after: end });
  assert.notEqual(await host.property('mariadb', 'MainPID'), before);
  const lines = said(host, 'mysqld', offset);
  assert.equal(lines.filter((line) => line.includes('Attempt 1')).length, 1, lines.join('\n'));
  assert.equal((await host.alarmOf('mysqld'))?.alarma, 0);
});

test('a database server that was killed with its alarm raised is healed once it answers again', {
  skip: noBox,
}, async (t) => {
  const host = await openInstalledHost(t, {
    processes: { mysqld: { restart_strategy: 'service' } },
  });
  await host.addProcess('mysqld');
  // So that the service does not see the alarm before the server is gone.
  await host.raise('mysqld');
  await host.sh('systemctl kill -s KILL mariadb');
  await waitFor(
    'the server to be gone',
    async () => (await host.property('mariadb', 'ActiveState')) === 'failed',
  );
  await host.start();

  // Nobody can read the alarm now; that much is told, check by check.
  const failed =
    /ERROR - Database check failed: .*is the database server running\?.* \(next try in 1 second\)/;
  const offset = await host.waitForLog(failed);
  await host.waitForLog(failed, { after: offset });
  assert.doesNotMatch(host.log(), /Found process in alarm/);
  assert.equal(await host.property('monitor_service', 'ActiveState'), 'active');
  assert.match(
    await host.property('monitor_service', 'StatusText'),
    /^Database checks fail since /,
  );

  // Its unit is what brings it back.
  host.write('/etc/systemd/system/mariadb.service.d/restart.conf', RESTARTS);
  await host.sh('systemctl daemon-reload; systemctl start mariadb');
  const started = await host.property('mariadb', 'MainPID');
  const restored = await host.waitForLog('Database connection restored', { after: offset });
  const end = await host.waitForLog('Alarm cleared for mysqld ', {
    after: restored,
    timeoutMs: 60_000,
  });
  assert.notEqual(await host.property('mariadb', 'MainPID'), started, 'the alarm was its order');

  // From now on a death is noticed, and mended by systemd alone.
  await host.waitForLog('Database check: no process in alarm', { after: end });
  await host.sh('systemctl kill -s KILL mariadb');
  const again = await host.waitForLog(failed, { after: end });
  await host.waitForLog('Database connection restored', { after: again });
  assert.equal(await host.property('mariadb', 'NRestarts'), '1');
  assert.equal(said(host, 'mysqld', end).filter((line) => line.includes('Attempt')).length, 0);
});
