/** The template unit that raises the alarm of a unit that failed: by a line in a drop-in, systemd calls it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { suiteHost } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';
import { bootHost, CONFIG_FILE, type Host } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';

const TEMPLATE = '/usr/lib/systemd/system/monitor_service-alarm@.service';
/** What `systemd-analyze security` gives it, from 0 to 10; a lower one is better. */
const EXPOSURE = 2.4;
const ONE_LINE = '[Unit]\nOnFailure=monitor_service-alarm@%N.service\n';
/** Far less than the interval of the checks, and far more than it takes on a busy machine. */
const AT_ONCE_MS = 20_000;
/** Only an alarm that wakes the service is seen to. */
const CONFIG = {
  monitor: { check_interval: 300 },
  processes: {
    default: { health_check_stable_time: 0 },
    apache2: { system_name: 'httpd' },
  },
};

/** A unit that runs, with the drop-in. */
async function startUnit(host: Host, name: string, dropIn = ONE_LINE): Promise<void> {
  const template = name.replace(/@.*/, '@');
  if (dropIn !== '') {
    host.write(`/etc/systemd/system/${template}.service.d/alarm.conf`, dropIn);
  }
  await host.unit(template);
  await host.sh(`systemctl start ${name}`);
}

const kill = (host: Host, name: string) => host.sh(`systemctl kill -s KILL ${name}`);

/** Kills a unit, and waits until its process is healed; how long that took. */
async function crash(host: Host, unit: string, process = unit): Promise<number> {
  const log = host.log().length;
  const begin = performance.now();
  await kill(host, unit);
  const cleared = `Alarm cleared for ${process} `;
  await host.waitForLog(cleared, { after: log, timeoutMs: AT_ONCE_MS });
  return performance.now() - begin;
}

/** What an instance of the template has said, once it has said something like this. */
function hears(host: Host, unit: string, words: RegExp): Promise<string> {
  const journal = `journalctl -o cat -u 'monitor_service-alarm@${unit}' -t monitor_service`;
  const said = async () => {
    const text = await host.sh(journal);
    return words.test(text) && text;
  };
  return waitFor(`${words} in the journal`, said) as Promise<string>;
}

function stateOf(host: Host, unit: string): Promise<string> {
  return host.property(`monitor_service-alarm@${unit}`, 'ActiveState');
}

describe('a unit with the drop-in', { skip: noBox }, () => {
  const shared = suiteHost(CONFIG, async (host) => {
    for (const name of ['web', 'apache2', 'worker@1', 'php-fpm.service', 'late', 'denied']) {
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
    assert.match(notes ?? '', /^web failed - Restarted at [-\d]{10} [:\d]{8}$/);
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
    await hears(host, 'late', /(.*is the database server running\?.*\n){2}/);
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
    const verified = await shared().box.exec(`systemd-analyze verify ${TEMPLATE}`);
    assert.deepEqual(verified, { code: 0, stdout: '', stderr: '' });
    const options = `--offline=true --threshold=${10 * EXPOSURE}`;
    await shared().sh(`systemd-analyze security ${options} ${TEMPLATE}`);
  });
});

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
