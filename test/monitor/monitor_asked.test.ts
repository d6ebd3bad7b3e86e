/** Restarts that a person asks for go the way of those for an alarm. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { settled } from '../system/fake_clock.ts';
import { alarm, settingsWith } from './fakes.ts';
import { stage } from './stage.ts';

describe('a restart that a person asks for', () => {
  test('needs no alarm', async () => {
    const { monitor, log, calls } = stage({ outcomes: { web: 'verified' } });
    const ended = await monitor.restartNow('web').ended;
    assert.deepEqual(ended, { outcome: 'verified', cleared: 0, left: 0 });
    assert.deepEqual(calls, ['restart web, at most 2 times']);
    assert.deepEqual(log.lines, []);
  });

  test('clears every alarm of the process that stands when it begins, and no other', async () => {
    const { monitor, overview, world, check, takeCalls } = stage({
      alarms: [alarm(1, 'web'), alarm(2, 'mail'), alarm(3, 'web')],
      outcomes: { web: 'failed', mail: 'failed' },
    });
    await check();
    takeCalls();
    world.outcomes.web = 'verified';
    const ended = await monitor.restartNow('web').ended;
    assert.deepEqual(ended, { outcome: 'verified', cleared: 2, left: 0 });
    assert.deepEqual(takeCalls(), ['restart web, at most 2 times', 'clear 1', 'clear 3']);
    assert.deepEqual([...overview.inAlarm.keys()], ['mail']);
  });

  test('leaves an alarm that somebody changed meanwhile', async () => {
    const { monitor } = stage({
      alarms: [alarm(1, 'web')],
      outcomes: { web: 'verified' },
      clears: { 1: false },
    });
    const ended = await monitor.restartNow('web').ended;
    assert.deepEqual(ended, { outcome: 'verified', cleared: 0, left: 1 });
  });

  test('that fails leaves the alarm and counts for the breaker', async () => {
    const { monitor, breakers, calls } = stage({
      alarms: [alarm(1, 'web')],
      outcomes: { web: 'failed' },
    });
    const ended = await monitor.restartNow('web').ended;
    assert.deepEqual(ended, { outcome: 'failed', cleared: 0, left: 1 });
    assert.deepEqual(calls, ['restart web, at most 2 times']);
    assert.deepEqual(breakers.of('web'), { ...breakers.of('web'), state: 'closed', failures: 1 });
  });

  test('goes on without the database, and clears the alarm once that is back', async () => {
    const all = stage({ alarms: new Error('down'), outcomes: { mysqld: 'verified' } });
    const without = await all.monitor.restartNow('mysqld').ended;
    assert.deepEqual(without, { outcome: 'verified', cleared: 0, left: undefined });
    Object.assign(all.healer, {
      async restart() {
        all.world.alarms = [alarm(1, 'mysqld')];
        return 'verified';
      },
    });
    const back = await all.monitor.restartNow('mysqld').ended;
    assert.deepEqual(back, { outcome: 'verified', cleared: 1, left: 0 });
  });

  test('joins the restart that is under way, and a check joins it', async () => {
    const long = Promise.withResolvers<'verified'>();
    const { monitor, healer, world, calls } = stage({ alarms: [alarm(1, 'web')] });
    Object.assign(healer, { restart: () => long.promise });
    const { restarts } = await monitor.check('');
    const asked = monitor.restartNow('web');
    assert.equal(asked.ended, restarts[0]?.ended);
    assert.equal(monitor.restartNow('web').ended, asked.ended);
    const later = await monitor.check('');
    assert.deepEqual([later.restarts, later.joined.length], [[], 1]);
    long.resolve('verified');
    assert.deepEqual(await asked.ended, { outcome: 'verified', cleared: 1, left: 0 });
    assert.deepEqual(calls, ['clear 1']);
    world.alarms = [];
    Object.assign(healer, { restart: async () => 'failed' });
    assert.equal((await monitor.restartNow('web').ended).outcome, 'failed', 'a new one');
  });

  test('waits for its turn, and does not begin once the service stops', async () => {
    const long = Promise.withResolvers<'verified'>();
    const { monitor, healer } = stage({ settings: settingsWith({ max_parallel_restarts: 1 }) });
    Object.assign(healer, { restart: () => long.promise });
    const first = monitor.restartNow('long');
    const second = monitor.restartNow('web');
    await settled();
    assert.deepEqual([...monitor.restarts().running], ['long']);
    assert.deepEqual([...monitor.restarts().waiting], ['web']);
    monitor.stop();
    const ended = await second.ended;
    assert.deepEqual(ended, { outcome: 'not begun', cleared: 0, left: undefined });
    long.resolve('verified');
    assert.equal((await first.ended).outcome, 'verified');
  });
});
