/** The template unit that raises the alarm of a unit that failed: by a line in a drop-in, systemd calls it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { suiteHost } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';
import { waitFor } from '../support/wait.ts';
import { AT_ONCE_MS, CONFIG, crash, hears, kill, startUnit, stateOf } from './failing_unit.ts';
import { judgesFiles, verdictOn } from './unit.ts';

const TEMPLATE = '/usr/lib/systemd/system/monitor_service-alarm@.service';
/** What `systemd-analyze security` gives it, from 0 to 10; a lower one is better. */
const EXPOSURE = 2.4;

describe('a unit with the drop-in', { skip: noBox }, () => {
  const shared = suiteHost(CONFIG, async (host) => {
    for (const name of [
      ...['web', 'apache2', 'worker@1', 'php-fpm.service', 'late', 'denied'],
      ...['a\\x2db', 'foo@a\\x2db', 'c++-cache', 'mount-data', 'mail'],
    ]) {
      await host.addProcess(name);
    }
  });

  test('is restarted, verified and cleared at once when it is killed', async (t) => {
    const host = shared();
    await startUnit(host, 'web');
    const killed = await host.property('web', 'MainPID');
    t.diagnostic(`from the kill to the cleared alarm: ${Math.round(await crash(host, 'web'))} ms`);
    assert.equal(await host.property('web', 'ActiveState'), 'active');
    assert.notEqual(await host.property('web', 'MainPID'), killed);
    const { alarma, notes } = (await host.alarmOf('web')) ?? {};
    assert.equal(alarma, 0);
    assert.match(notes ?? '', /^web failed \(signal\) - Restarted at [-\d]{10} [:\d]{8}$/);
    const said = await hears(host, 'web', /checks now/);
    assert.equal(said, 'web (ID: 1): alarm set\nThe service checks now.\n');
    assert.equal(await host.sh('systemctl --failed --no-legend --plain'), '');
  });

  test('is healed as often as it is killed', async () => {
    for (let time = 1; time <= 3; time++) {
      await crash(shared(), 'web');
    }
  });

  test('is found by its system_name, as an instance, and where the table has its suffix', async () => {
    for (const [unit, process] of [
      ['httpd', 'apache2'],
      ['worker@1', 'worker@1'],
      ['php-fpm', 'php-fpm.service'],
    ] as const) {
      await startUnit(shared(), unit);
      await crash(shared(), unit, process);
      assert.equal(await shared().property(unit, 'ActiveState'), 'active');
    }
  });

  test('is healed where systemd writes its name with an escape, be that in the table or not', async () => {
    const host = shared();
    for (const [unit, process] of [
      ['a\\x2db', 'a\\x2db'],
      ['foo@a\\x2db', 'foo@a\\x2db'],
      ['c\\x2b\\x2b-cache', 'c++-cache'],
      ['srv\\x2ddata@\\xc3\\xa9', 'mount-data'],
    ] as const) {
      await startUnit(host, unit);
      await crash(host, unit, process);
      assert.equal(await host.property(`'${unit}'`, 'ActiveState'), 'active');
      assert.match((await host.alarmOf(process))?.notes ?? '', /failed \(signal\) - Restarted at/);
    }
  });

  test('has its alarm by a line with %n, the whole name, as well', async () => {
    await startUnit(shared(), 'mail', '[Unit]\nOnFailure=monitor_service-alarm@%n.service\n');
    await crash(shared(), 'mail');
  });

  test('raises nothing where it is not in the table, and the journal says so', async () => {
    const host = shared();
    await startUnit(host, 'stranger');
    await kill(host, 'stranger');
    const said = await hears(host, 'stranger', /./);
    assert.equal(
      said,
      'stranger is no process of the table, by name or system_name; no alarm is raised\n',
    );
    await waitFor('its end', async () => (await stateOf(host, 'stranger')) === 'inactive');
    assert.deepEqual(await host.sql('SELECT 1 FROM STATUS_PROCESS WHERE alarma = 1'), []);
    assert.doesNotMatch(host.log(), /stranger/);
  });

  test('has its alarm once the database is back, where that was away as it failed', async () => {
    const host = shared();
    host.write(
      `/etc/systemd/system/monitor_service-alarm@.service.d/quick.conf`,
      '[Service]\nRestartSec=200ms\n',
    );
    await startUnit(host, 'late');
    await host.sh('systemctl stop mariadb');
    await kill(host, 'late');
    await hears(host, 'late', /(.*is the database server running.*\n){2}/);
    const log = host.log().length;
    await host.sh('systemctl start mariadb');
    await host.waitForLog('Alarm cleared for late ', { after: log, timeoutMs: AT_ONCE_MS });
    await waitFor('its end', async () => (await stateOf(host, 'late')) === 'inactive');
  });

  test('needs no more than the user of setup.sql may, and says what is missing where it is less', async () => {
    const host = shared();
    const asUser = "mysql -u monitor_service -p'choose a password' v_process_monitor -e";
    await assert.rejects(host.sh(`${asUser} 'UPDATE STATUS_PROCESS SET sound = 1'`), /denied/);
    await startUnit(host, 'denied');
    const grant = 'UPDATE (alarma, notes) ON v_process_monitor.STATUS_PROCESS';
    const user = "'monitor_service'@'localhost'";
    await host.sql(`REVOKE ${grant} FROM ${user}`);
    await kill(host, 'denied');
    await hears(host, 'denied', /UPDATE command denied .*STATUS_PROCESS/);
    const log = host.log().length;
    await host.sql(`GRANT ${grant} TO ${user}`);
    await host.waitForLog('Alarm cleared for denied ', { after: log, timeoutMs: AT_ONCE_MS });
  });

  test('is served by a template that systemd has nothing against, shut off as far as can be', async () => {
    assert.deepEqual(await verdictOn(shared(), TEMPLATE), []);
    if (!(await judgesFiles(shared()))) {
      return;
    }
    const options = `--offline=true --threshold=${10 * EXPOSURE}`;
    await shared().sh(`systemd-analyze security ${options} ${TEMPLATE}`);
  });
});
