/** The `Status:` line of `systemctl status`, and from when on the service counts as started. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { noBox } from '../support/box/box.ts';
import { bootHost, type Host } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';
import { show, waitForState } from './unit.ts';

const GO = '/root/go';

describe('the installed unit', { skip: noBox }, () => {
  let host: Host;
  after(() => host?.stop());
  before(async () => {
    host = await bootHost();
    await host.setUp({
      database: { connect_timeout: 3, query_timeout: 3 },
      monitor: { max_restart_failures: 1 },
      processes: {
        slow: {
          restart_strategy: 'custom',
          restart_command: `until [ -e ${GO} ]; do sleep 0.1; done`,
          health_check_command: 'true',
          health_check_stable_time: 0,
        },
        sick: { pre_restart_command: 'false' },
      },
    });
    await host.addProcess('slow');
    await host.addProcess('sick');
  });

  const statusSays = (line: RegExp | string) =>
    waitFor(`${line} in systemctl status`, async () => {
      const { stdout } = await host.box.exec('systemctl status monitor_service');
      const said = /^ *Status: "(.*)"$/m.exec(stdout)?.[1] ?? '';
      return typeof line === 'string' ? said === line : line.test(said);
    });

  test('is ready once its first check was tried, and not before, though the database is silent', async () => {
    await host.sh('systemctl kill -s STOP mariadb');
    await host.sh('systemctl start --no-block monitor_service');
    await host.waitForLog('Starting Process Monitor Service');
    assert.doesNotMatch(host.log(), /Database check failed/);
    const { ActiveState, SubState } = await show(host, 'ActiveState', 'SubState');
    assert.deepEqual([ActiveState, SubState], ['activating', 'start']);

    await waitForState(host, 'active');
    assert.match(host.log(), / - ERROR - Database check failed: /);
    await statusSays(/^Database checks fail since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    await host.sh('systemctl kill -s CONT mariadb');
    await host.waitForLog('Database connection restored');
    await statusSays('No process in alarm');
  });

  test('starts without a database, and tells that it looks for it', async () => {
    await host.sh('systemctl stop mariadb');
    const after = host.log().length;
    await host.sh('systemctl restart monitor_service');
    const { ActiveState, NRestarts } = await show(host, 'ActiveState', 'NRestarts');
    assert.deepEqual([ActiveState, NRestarts], ['active', '0']);
    await host.waitForLog('Database check failed', { after });
    await statusSays(/^Database checks fail since /);
    await host.sh('systemctl start mariadb');
    await statusSays('No process in alarm');
  });

  test('says which processes are being restarted, and how many alarms are not healed', async () => {
    await host.raise('slow');
    await statusSays('Restarting slow');
    await host.raise('sick');
    await statusSays('Restarting slow; 1 alarm not healed');
    host.write(GO, '');
    await host.waitForLog('Alarm cleared for slow');
    await statusSays('1 alarm not healed');
    await host.sql('UPDATE STATUS_PROCESS SET alarma = 0');
    await statusSays('No process in alarm');
  });
});
