/** Another version of the package takes the place of the installed one. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { noBox } from '../support/box/box.ts';
import { bootHost, CONFIG_FILE, type Host } from '../support/box/host.ts';
import { buildVersion, builtRpm } from '../support/rpm.ts';
import { workspace } from '../support/workspace.ts';
import { isRunning, mainPid, pidOf, show, starts, writeProgram } from './unit.ts';

const NEW_DEFAULT = 'check_interval = 240';

describe('another version of the package', { skip: noBox }, () => {
  let host: Host;
  let present: string;
  let higher: string;
  after(() => host?.stop());
  before(async () => {
    host = await bootHost();
    const { path, remove } = await workspace();
    const built = buildVersion('9.0.0', path('source'), {
      'config.ini': (text) => text.replace(/^check_interval = .*$/m, NEW_DEFAULT),
    });
    await host.setUp({ processes: { worker: { restart_strategy: 'process' } } });
    present = host.bring(await builtRpm());
    higher = host.bring(await built);
    await remove();
    writeProgram(host, 'worker');
    await host.addProcess('worker');
    await host.start();
    await host.raise('worker');
    await host.waitForLog('Alarm cleared for worker ');
  });

  const version = () => host.sh('rpm -q --qf "%{VERSION}" monitor_service');

  /** Runs dnf: the running service is replaced once, keeps its configuration, and what it started. */
  const replaceWith = async (command: string) => {
    const before = { starts: await starts(host), pid: await mainPid(host) };
    const worker = await pidOf(host, 'worker');
    const config = host.read(CONFIG_FILE);
    await host.dnf(command);
    assert.equal(await starts(host), before.starts + 1);
    assert.notEqual(await mainPid(host), before.pid);
    assert.ok(!isRunning(host, before.pid));
    const { ActiveState, UnitFileState, NRestarts } = await show(
      host,
      ...['ActiveState', 'UnitFileState', 'NRestarts'],
    );
    assert.deepEqual([ActiveState, UnitFileState, NRestarts], ['active', 'enabled', '0']);
    assert.equal(host.read(CONFIG_FILE), config);
    assert.equal((await host.sh(`stat -c %a ${CONFIG_FILE}`)).trim(), '600');
    assert.equal(await pidOf(host, 'worker'), worker);
  };

  test('restarts the running service once, and keeps the edited config.ini', async () => {
    await replaceWith(`upgrade ${higher}`);
    assert.equal(await version(), '9.0.0');
    assert.ok(host.read(`${CONFIG_FILE}.rpmnew`).includes(`\n${NEW_DEFAULT}\n`));
    assert.equal((await host.sh(`stat -c %a ${CONFIG_FILE}.rpmnew`)).trim(), '600');
    const after = host.log().length;
    await host.raise('worker');
    await host.waitForLog('Alarm cleared for worker ', { after });
  });

  test('may be a lower one, or the same again', async () => {
    await replaceWith(`downgrade ${present}`);
    assert.notEqual(await version(), '9.0.0');
    await replaceWith(`reinstall ${present}`);
  });

  test('starts no service that was stopped', async () => {
    await host.sh('systemctl stop monitor_service');
    const before = await starts(host);
    await host.dnf(`upgrade ${higher}`);
    assert.equal(await version(), '9.0.0');
    const { ActiveState, UnitFileState } = await show(host, 'ActiveState', 'UnitFileState');
    assert.deepEqual([ActiveState, UnitFileState], ['inactive', 'enabled']);
    assert.equal(await starts(host), before);
  });
});
