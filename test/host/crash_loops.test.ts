/** Restarts that are verified and do not last: the breaker opens, whatever dies and whoever notices. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { suiteHost } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';
import { AT_ONCE_MS, ONE_LINE } from './failing_unit.ts';

const LIMIT = 3;
const CONFIG = {
  monitor: { check_interval: 300 },
  processes: {
    default: { max_restarts: LIMIT, health_check_stable_time: 0 },
    nightly: { health_check_command: 'true' },
    custom: {
      restart_strategy: 'custom',
      restart_command: 'systemctl start crasher',
      health_check_command: 'systemctl is-active crasher',
    },
    procd: { restart_strategy: 'process', start_command: '/usr/local/bin/procd 0.3' },
  },
};
const OPENED = `after ${LIMIT} restarts within 600 seconds\n`;

/** What a unit runs that is up for a moment. */
const UNITS: Readonly<Record<string, readonly string[]>> = {
  exits: ['ExecStart=/bin/sh -c "sleep 0.3; exit 1"'],
  killed: ['ExecStart=/bin/sh -c "sleep 0.3; kill -SEGV $$$$"'],
  forks: ['Type=forking', 'ExecStart=/bin/sh -c "(sleep 0.3; exit 1) &"'],
  crasher: ['ExecStart=/bin/sh -c "sleep 0.3; exit 1"'],
  // Of two runs one fails: that of the timer, after which ours does well.
  nightly: ['Type=oneshot', 'ExecStart=/bin/sh -c "rm /run/ran || { touch /run/ran; exit 1; }"'],
};

describe('a crash loop', { skip: noBox, concurrency: true }, () => {
  const shared = suiteHost(CONFIG, async (host) => {
    for (const name of [...Object.keys(UNITS), 'procd'].filter((each) => each !== 'crasher')) {
      await host.addProcess(name);
    }
    await host.addProcess('custom');
    for (const [name, lines] of Object.entries(UNITS)) {
      await host.unit(name, [ONE_LINE, '[Service]', ...lines, ''].join('\n'));
    }
    const raised = 'ExecStart=/opt/monitor_service/bin/monitor_service alarm set custom';
    const handler = ['[Service]', 'Type=oneshot', raised, ''].join('\n');
    await host.unit('crasher-alarm', handler);
    host.write(
      '/etc/systemd/system/crasher.service.d/alarm.conf',
      '[Unit]\nOnFailure=\nOnFailure=crasher-alarm.service\n',
    );
    const unlimited = '[Unit]\nStartLimitIntervalSec=0\n';
    host.write('/etc/systemd/system/nightly.service.d/limit.conf', unlimited);
    const timer = '[Timer]\nOnActiveSec=0\nOnUnitInactiveSec=300ms\nAccuracySec=1ms\n';
    host.write('/etc/systemd/system/nightly.timer', timer);
    await host.sh('systemctl daemon-reload; cp /bin/sleep /usr/local/bin/procd');
  });

  /** The breaker opened after exactly so many restarts, and the alarm stands. */
  async function assertHeld(name: string): Promise<void> {
    const host = shared();
    await host.waitForLog(`Circuit breaker opened for ${name} ${OPENED}`, {
      timeoutMs: 2 * AT_ONCE_MS,
    });
    const attempts = host.log().split(`RESTART LOG: Attempt 1 of 2 for ${name}\n`).length - 1;
    assert.equal(attempts, LIMIT);
    assert.equal((await host.alarmOf(name))?.alarma, 1);
    const status = JSON.parse(await host.sh(`monitor_service status ${name} --json`));
    const { state, breaker } = status.processes[0];
    assert.deepEqual([state, breaker.state, breaker.reason], ['held_off', 'open', 'restarts']);
  }

  for (const [name, how] of [
    ['exits', 'of a unit that exits'],
    ['killed', 'of a unit that is killed by a signal'],
  ] as const) {
    test(`${how} is held off after max_restarts`, async () => {
      await shared().sh(`systemctl start ${name}`);
      await assertHeld(name);
      assert.equal(await shared().property(name, 'ActiveState'), 'failed');
    });
  }

  test('of a job whose every run by its timer fails is held off', async () => {
    await shared().sh('systemctl start nightly.timer');
    await assertHeld('nightly');
    await shared().sh('systemctl stop nightly.timer');
  });

  test('that restart_command starts anew is held off', async () => {
    await shared().sh('systemctl start crasher');
    await assertHeld('custom');
  });

  test('of a program without a unit, told by somebody else, is held off', async () => {
    const host = shared();
    for (let time = 1; time <= LIMIT; time++) {
      const after = host.log().length;
      await host.sh('monitor_service alarm set procd');
      await host.waitForLog('Alarm cleared for procd ', { after, timeoutMs: AT_ONCE_MS });
    }
    await host.sh('monitor_service alarm set procd');
    await assertHeld('procd');
  });

  test('that was mended is healed once its breaker is reset', async () => {
    const host = shared();
    await host.unit('forks', `${ONE_LINE}[Service]\n${UNITS.forks?.join('\n')}\n`);
    await host.sh('monitor_service alarm set forks');
    for (let time = 1; time <= LIMIT; time++) {
      await host.waitForLog(new RegExp(`(?:Alarm cleared for forks [^]*){${time}}`));
      await host.sh('monitor_service alarm set forks');
    }
    await assertHeld('forks');
    await host.unit('forks');
    await host.sh('monitor_service breaker reset forks && monitor_service check-now');
    const opened = host.log().lastIndexOf('Circuit breaker opened for forks');
    await host.waitForLog('Alarm cleared for forks ', { after: opened, timeoutMs: AT_ONCE_MS });
    assert.equal(await host.property('forks', 'ActiveState'), 'active');
  });
});
