/** A config.ini with a mistake, on a host where systemd starts the service. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { noBox } from '../support/box/box.ts';
import { bootHost, CONFIG_FILE, type Host } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';
import { journal, mainPid, show } from './unit.ts';

const REFUSED = /^Reload: +refused .*config\.ini:\d+: \[monitor\] check_interval: got "soon"/m;
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

  for (const [how, ask, isTold] of [
    ['systemctl reload', 'systemctl reload monitor_service', true],
    ['a plain SIGHUP', 'systemctl kill --kill-who=main --signal=HUP monitor_service', false],
  ] as const) {
    test(`that comes with ${how} changes nothing, and is shown until a reload succeeds`, async () => {
      const pid = await mainPid(host);
      const since = (await journal(host)).length;
      host.configure(BROKEN);
      let after = host.log().length;
      const { code, stderr } = await host.box.exec(ask);
      assert.equal(code !== 0, isTold, stderr);
      const [first = '', second = ''] = complaints();
      for (const complaint of [first, second]) {
        after = await host.waitForLog(` - ERROR - ${complaint}`, { after });
        const messages = (await journal(host)).slice(since).map(({ MESSAGE }) => MESSAGE);
        assert.ok(messages.some((message) => message.startsWith(complaint)));
      }
      after = await host.waitForLog('Configuration not reloaded, the running settings stay', {
        after,
      });
      const { last_reload } = await report();
      assert.equal(last_reload.refused, true);
      assert.ok(last_reload.reason.startsWith(first), last_reload.reason);
      assert.match(await host.sh('monitor_service status'), REFUSED);
      await statusText((text) => text.includes('; Reload refused at ') && text.includes(first));
      await host.waitForLog('Database check: no process in alarm', { after });

      host.configure();
      await host.sh(ask);
      await host.waitForLog('Configuration reloaded', { after });
      assert.equal((await report()).last_reload.refused, false);
      assert.doesNotMatch(await host.sh('monitor_service status'), REFUSED);
      await statusText((text) => text === 'No process in alarm');
      assert.equal(await mainPid(host), pid);
      assert.equal(await host.property('monitor_service', 'ActiveState'), 'active');
    });
  }

  test('that is no error, such as an unknown key, fails no reload', async () => {
    host.configure({ monitor: { chek_interval: 5 } });
    const after = host.log().length;
    await host.sh('systemctl reload monitor_service');
    await host.waitForLog('Configuration reloaded', { after });
    assert.equal((await report()).last_reload.refused, false);
  });

  test('is also that the file is gone: systemctl reload exits with its status', async () => {
    await host.sh(`mv ${CONFIG_FILE} ${CONFIG_FILE}.away`);
    const after = host.log().length;
    assert.notEqual((await host.box.exec('systemctl reload monitor_service')).code, 0);
    await host.waitForLog('Configuration not reloaded, the running settings stay', { after });
    const status = await host.sh('systemctl status monitor_service');
    assert.match(status, /ExecReload=.*status=78/);
    assert.match(status, /Active: active \(running\)/);
    await host.sh(`mv ${CONFIG_FILE}.away ${CONFIG_FILE}; systemctl reload monitor_service`);
    await statusText((text) => text === 'No process in alarm');
  });

  const report = async () => JSON.parse(await host.sh('monitor_service status --json'));
  const statusText = (isSo: (text: string) => boolean) =>
    waitFor('STATUS=', async () => isSo(await host.property('monitor_service', 'StatusText')));
});
