/** The template unit that raises the alarm of a unit that failed, asked for by every service of a host at once. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { noBox } from '../support/box/box.ts';
import { bootHost, CONFIG_FILE, type Host } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';
import { CONFIG, crash, hears, kill, ONE_LINE, startUnit, stateOf } from './failing_unit.ts';

describe('the drop-in for every service of the host', { skip: noBox }, () => {
  let host: Host;
  after(() => host?.stop());
  before(async () => {
    host = await bootHost();
    await host.setUp(CONFIG);
    host.write('/etc/systemd/system/service.d/50-monitor_service-alarm.conf', ONE_LINE);
    for (const name of ['web', 'mail']) {
      await host.addProcess(name);
      await startUnit(host, name, '');
    }
    await host.start();
  });

  const failed = async () => {
    const text = await host.sh('systemctl --failed --no-legend --plain');
    return [...text.matchAll(/^(\S+)\.service /gm)].map((match) => match[1]).sort();
  };

  /** The instances of the template that ever ran. */
  const instances = async () => {
    const text = await host.sh(
      "journalctl -o json -u 'monitor_service-alarm@*' -t monitor_service",
    );
    const units = [...text.matchAll(/"_SYSTEMD_UNIT":"monitor_service-alarm@(.*?)\.service"/g)];
    return [...new Set(units.map((match) => match[1]))].sort();
  };

  test('has each of them healed', async () => {
    await crash(host, 'web');
    await crash(host, 'mail');
    assert.deepEqual(await failed(), []);
  });

  test('does not hold for the template, whatever systemd itself does against a chain', async () => {
    const dropIns = (unit: string) => host.property(unit, 'DropInPaths');
    assert.match(await dropIns('web'), /^\/etc\/systemd\/system\/service\.d\/50-\S+$/);
    assert.doesNotMatch(await dropIns('monitor_service-alarm@web'), /\/service\.d\//);
  });

  test('starts no chain where the alarm cannot be raised: what failed are the unit and its alarm', async () => {
    host.write(CONFIG_FILE, '[monitor]\ncheck_interval = soon\n', 0o600);
    // When the second alarm has failed, whatever the first one could have started is there.
    for (const name of ['web', 'mail']) {
      await kill(host, name);
      await waitFor('the alarm to fail', async () => (await stateOf(host, name)) === 'failed');
      await hears(host, name, /check_interval: got "soon"/);
    }
    const alarms = ['monitor_service-alarm@mail', 'monitor_service-alarm@web'];
    assert.deepEqual(await failed(), ['mail', ...alarms, 'web']);
    assert.deepEqual(await instances(), ['mail', 'web']);
    assert.equal(await host.property(alarms[0] as string, 'NRestarts'), '0');
    assert.equal(await host.property('monitor_service', 'ActiveState'), 'active');
    await host.sh('systemctl reset-failed');
  });

  test('makes no loop of a service of ours that fails', async () => {
    await host.box.exec('systemctl restart monitor_service');
    assert.equal(await host.property('monitor_service', 'ActiveState'), 'failed');
    const said = await hears(host, 'monitor_service', /./);
    assert.equal(said, 'monitor_service belongs to this service; no alarm is raised\n');
    await waitFor('its end', async () => (await stateOf(host, 'monitor_service')) === 'inactive');
    assert.deepEqual(await failed(), ['monitor_service']);
    assert.deepEqual(await instances(), ['mail', 'monitor_service', 'web']);
    assert.equal(await host.property('monitor_service', 'NRestarts'), '0');
  });
});
