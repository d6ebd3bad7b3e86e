/** What raises no alarm though a unit failed: a stop, a restart of ours, and what systemd heals by itself. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { alarm, suiteHost } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';
import { waitFor } from '../support/wait.ts';
import { AT_ONCE_MS, hears, ONE_LINE, stateOf } from './failing_unit.ts';

const CONFIG = {
  monitor: { check_interval: 300 },
  processes: {
    default: { health_check_stable_time: 1, restart_delay: 0 },
    doubted: { health_check_stable_time: 3, health_check_timeout: 4 },
  },
};
const DEAF = 'trap "" TERM; touch /run/up-%N; while :; do sleep 0.1; done';
const RUDE = 'trap "exit 3" TERM; touch /run/up-%N; while :; do sleep 0.1; done';
/** Its signal is heeded, or not, from then on. */
const IS_UP = 'until test -e /run/up-%N; do sleep 0.05; done';
const sh = (script: string) => `/bin/sh -c '${script}'`;

/** Units that end badly when they are stopped. */
const STOPPED: Readonly<Record<string, readonly string[]>> = {
  deaf: [`ExecStart=${sh(DEAF)}`, `ExecStartPost=${sh(IS_UP)}`],
  rude: [`ExecStart=${sh(RUDE)}`, `ExecStartPost=${sh(IS_UP)}`],
  unstoppable: ['ExecStart=/bin/sleep infinity', 'ExecStop=/bin/false'],
  finished: ['Type=oneshot', 'RemainAfterExit=yes', 'ExecStart=/bin/true', 'ExecStop=/bin/false'],
  daemon: ['Type=forking', 'GuessMainPID=no', `ExecStart=${sh(`(${DEAF}) & ${IS_UP}`)}`],
  backup: ['Type=oneshot', 'ExecStart=/bin/sleep infinity'],
};

describe('a unit that fails', { skip: noBox, concurrency: true }, () => {
  const shared = suiteHost(CONFIG, async (host) => {
    const others = [
      'waiting',
      'exhausted',
      'looping',
      'stubborn',
      'pair',
      'pair.service',
      'doubted',
    ];
    for (const name of [...Object.keys(STOPPED), ...others]) {
      await host.addProcess(name);
    }
    for (const [name, lines] of Object.entries(STOPPED)) {
      await host.unit(name, [ONE_LINE, '[Service]', 'TimeoutStopSec=1', ...lines, ''].join('\n'));
    }
  });

  async function assertQuiet(name: string, words: RegExp): Promise<void> {
    const host = shared();
    await hears(host, name, words);
    await waitFor('its end', async () => (await stateOf(host, name)) === 'inactive');
    assert.equal((await host.alarmOf(name))?.alarma, 0);
    assert.doesNotMatch(host.log(), new RegExp(`Found process in alarm: ${name} `));
  }

  for (const [name, how] of [
    ['deaf', 'as it ignores SIGTERM'],
    ['rude', 'with an exit status of its own'],
    ['unstoppable', 'by its ExecStop='],
    ['finished', 'by its ExecStop=, with no process left'],
    ['daemon', 'as it ignores SIGTERM, with no main process'],
    ['backup', 'as a job that ran'],
  ] as const) {
    test(`when an operator stops it, ${how}, stays stopped`, async () => {
      const host = shared();
      await host.sh(`systemctl start ${name === 'backup' ? '--no-block ' : ''}${name}`);
      await waitFor('its process', async () => (await host.property(name, 'SubState')) !== 'dead');
      await host.box.exec(`systemctl stop ${name}`);
      assert.equal(await host.property(name, 'ActiveState'), 'failed');
      await assertQuiet(name, new RegExp(`^${name} was stopped, .*; no alarm is raised$`, 'm'));
      assert.equal(await host.property(name, 'ActiveState'), 'failed');
    });
  }

  test('again and again stays down once it is stopped', async () => {
    const host = shared();
    const loop = [ONE_LINE, '[Service]', `ExecStart=${sh('sleep 8; exit 1')}`, ''];
    await host.unit('looping', loop.join('\n'));
    await host.sh('systemctl start looping');
    await host.waitForLog('Alarm cleared for looping ', { timeoutMs: 2 * AT_ONCE_MS });
    await host.sh('systemctl stop looping');
    await waitFor('its end', async () => (await stateOf(host, 'looping')) === 'inactive');
    assert.equal((await host.alarmOf('looping'))?.alarma, 0);
    assert.equal(await host.property('looping', 'ActiveState'), 'inactive');
  });

  test('its health check, as an operator stops it meanwhile, is left as it is', async () => {
    const host = shared();
    // Of a unit that nothing wants systemd forgets all once it is stopped.
    const wanted = '[Install]\nWantedBy=multi-user.target\n';
    await host.unit('doubted', `[Service]\nExecStart=/bin/sleep infinity\n${wanted}`);
    await host.sh('systemctl enable doubted');
    const after = await alarm(host, 'doubted');
    await host.sh('monitor_service check-now');
    await waitFor(
      'it runs',
      async () => (await host.property('doubted', 'SubState')) === 'running',
    );
    await host.sh('systemctl stop doubted');
    const told =
      'WARNING - RESTART LOG: doubted.service was stopped while its restart was verified, doubted is left as it is\n';
    await host.waitForLog(told, { after, timeoutMs: AT_ONCE_MS });
    assert.equal(await host.property('doubted', 'ActiveState'), 'inactive');
    assert.equal(host.log().split('Attempt 2 of 2 for doubted').length, 1);
    assert.equal((await host.alarmOf('doubted'))?.alarma, 1);
  });

  test('as our own restart stops it is restarted once', async () => {
    const host = shared();
    const deaf = [ONE_LINE, '[Service]', 'TimeoutStopSec=1', ...(STOPPED.deaf ?? []), ''];
    await host.unit('stubborn', deaf.join('\n'));
    await host.sh('systemctl start stubborn');
    const after = await alarm(host, 'stubborn');
    await host.sh('monitor_service check-now');
    await host.waitForLog('Alarm cleared for stubborn ', { after, timeoutMs: AT_ONCE_MS });
    await waitFor('its end', async () => (await stateOf(host, 'stubborn')) === 'inactive');
    assert.equal((await host.alarmOf('stubborn'))?.alarma, 0);
    assert.equal(host.log().split('Attempt 1 of 2 for stubborn\n').length, 2);
    assert.equal(await host.property('stubborn', 'ActiveState'), 'active');
  });

  test('in our own restart raises no alarm of another row, nor a second restart', async () => {
    const host = shared();
    const once = 'test -e /run/pair || { touch /run/pair; sleep 0.4; exit 1; }; sleep 1000';
    await host.unit('pair', [ONE_LINE, '[Service]', `ExecStart=${sh(once)}`, ''].join('\n'));
    const after = await alarm(host, 'pair');
    await host.sh('monitor_service check-now');
    await host.waitForLog('Alarm cleared for pair ', { after, timeoutMs: AT_ONCE_MS });
    const said = await hears(host, 'pair', /./);
    assert.equal(said, 'pair is being restarted by the service; no alarm is raised\n');
    assert.equal((await host.alarmOf('pair.service'))?.alarma, 0);
    assert.equal(host.log().split('Beginning restart procedure for pair').length, 2);
  });

  /** Restarted by systemd after so long, without our drop-in: what `alarm set` says of it meanwhile. */
  async function set(name: string, seconds: number, script: string) {
    const host = shared();
    const limits = '[Unit]\nStartLimitBurst=2\nStartLimitIntervalSec=100\n';
    const restart = `Restart=on-failure\nRestartSec=${seconds}`;
    await host.unit(name, `${limits}[Service]\n${restart}\nExecStart=${sh(script)}\n`);
    await host.sh(`systemctl start ${name}`);
    const isDown = async () => (await host.property(name, 'SubState')) === 'auto-restart';
    await waitFor('its failure', isDown);
    return await host.box.exec(`monitor_service alarm set --unit=${name} '--note=${name} failed'`);
  }

  test('and is restarted by systemd itself raises nothing', async () => {
    const { code, stdout } = await set(
      'waiting',
      5,
      'test -e /run/w && sleep 1000; touch /run/w; exit 1',
    );
    assert.deepEqual(
      [code, stdout],
      [0, 'waiting was restarted by systemd itself; no alarm is raised\n'],
    );
    assert.equal((await shared().alarmOf('waiting'))?.alarma, 0);
    assert.equal(await shared().property('waiting', 'NRestarts'), '1');
  });

  test('and fails for good in the restart by systemd raises its alarm then', async () => {
    const { code, stdout } = await set('exhausted', 1, 'exit 1');
    assert.match(stdout, /^exhausted \(ID: \d+\): alarm set\n/);
    assert.equal(code, 0);
    const { alarma, notes } = (await shared().alarmOf('exhausted')) ?? {};
    assert.equal(alarma, 1);
    assert.match(notes ?? '', /^exhausted failed \((?:exit-code|start-limit-hit)\)$/);
  });
});
