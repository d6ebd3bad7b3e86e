/** A config.ini with a mistake, on a host where systemd starts the service. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { noBox } from '../support/box/box.ts';
import { bootHost, CONFIG_FILE, type Host } from '../support/box/host.ts';
import { journal, mainPid, show } from './unit.ts';

const BROKEN = { monitor: { check_interval: 'soon', max_restart_failures: 0 } };

describe('a mistake in config.ini', { skip: noBox }, () => {
  let host: Host;
  after(() => host?.stop());
  before(async () => {
    host = await bootHost();
    await host.setUp();
  });

  /** `FILE:LINE: [section] key: what was got`, for both mistakes. */
  const complaints = () => {
    const lines = host.read(CONFIG_FILE).split('\n');
    return Object.entries(BROKEN.monitor).map(([key, value]) => {
      const line = lines.indexOf(`${key} = ${value}`) + 1;
      return `${CONFIG_FILE}:${line}: [monitor] ${key}: got "${value}", expected `;
    });
  };

  test('keeps the service down, and systemctl says where it is', async () => {
    host.configure(BROKEN);
    const { code } = await host.box.exec('systemctl start monitor_service');
    assert.notEqual(code, 0, 'systemctl start tells of it');
    const { stdout: status } = await host.box.exec('systemctl status monitor_service');
    const messages = (await journal(host)).map(({ MESSAGE }) => MESSAGE);
    assert.match(status, /Active: failed \(Result: exit-code\)/);
    assert.match(status, /status=78\/CONFIG/);
    for (const complaint of complaints()) {
      assert.ok(status.includes(complaint), `${complaint}\n${status}`);
      assert.ok(messages.some((message) => message.startsWith(complaint)));
    }
  });

  test('has systemd not try again and again', async () => {
    // While a start is to come the state is "activating (auto-restart)".
    const { ActiveState, SubState, ExecMainStatus, NRestarts } = await show(
      host,
      ...['ActiveState', 'SubState', 'ExecMainStatus', 'NRestarts'],
    );
    assert.deepEqual([ActiveState, SubState], ['failed', 'failed']);
    assert.deepEqual([ExecMainStatus, NRestarts], ['78', '0']);
  });

  test('once mended, leaves nothing to do but to start it', async () => {
    host.configure();
    await host.sh('systemctl start monitor_service');
    assert.equal(await host.property('monitor_service', 'ActiveState'), 'active');
    await host.waitForLog('Database check: no process in alarm');
  });

  test('that comes with a reload changes nothing', async () => {
    const pid = await mainPid(host);
    host.configure(BROKEN);
    const before = host.log().length;
    await host.sh('systemctl reload monitor_service');
    let after = before;
    for (const complaint of complaints()) {
      after = await host.waitForLog(` - ERROR - ${complaint}`, { after });
    }
    const stays = 'Configuration not reloaded, the running settings stay';
    after = await host.waitForLog(stays, { after });
    await host.waitForLog('Database check: no process in alarm', { after });
    assert.equal(await mainPid(host), pid);

    host.configure();
    await host.sh('systemctl reload monitor_service');
    await host.waitForLog('Configuration reloaded', { after });
    assert.equal(await mainPid(host), pid);
    assert.equal(await host.property('monitor_service', 'ActiveState'), 'active');
  });
});
