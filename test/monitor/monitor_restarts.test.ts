import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { settled } from '../system/fake_clock.ts';
import { alarm, settingsWith } from './fakes.ts';
import { areCleared, stage } from './stage.ts';

describe('a check while restarts run', () => {
  function withLongRestart(settings = settingsWith({})) {
    const long = Promise.withResolvers<'verified'>();
    const all = stage({ alarms: [alarm(1, 'long')], settings, outcomes: { quick: 'verified' } });
    const { restart } = all.healer;
    Object.assign(all.healer, {
      restart: (...args: Parameters<typeof restart>) =>
        args[0].name === 'long' ? long.promise : restart(...args),
    });
    return { ...all, finish: () => long.resolve('verified') };
  }

  test('does not wait for them, and begins none of them twice', async () => {
    const { monitor, log, finish, calls } = withLongRestart();
    const first = await monitor.check('');
    const second = await monitor.check('');
    assert.equal(first.restarts.length, 1);
    assert.deepEqual(second.restarts, []);
    assert.deepEqual(
      second.joined.map(({ name }) => name),
      ['long'],
    );
    finish();
    await areCleared(first.restarts);
    assert.deepEqual(log.lines, [
      'INFO Found process in alarm: long (ID: 1)',
      'INFO Alarm cleared for long (ID: 1)',
    ]);
    assert.deepEqual(calls, ['clear 1']);
  });

  test('heals the others meanwhile', async () => {
    const { world, monitor, finish, calls } = withLongRestart();
    const first = await monitor.check('');
    world.alarms = [alarm(1, 'long'), alarm(2, 'quick')];
    const { restarts } = await monitor.check('');
    assert.deepEqual(await areCleared(restarts), [true]);
    assert.deepEqual(calls, ['restart quick, at most 2 times', 'clear 2']);
    finish();
    await areCleared(first.restarts);
  });

  test('lets no more begin than max_parallel_restarts', async () => {
    const { world, monitor, finish, calls } = withLongRestart(
      settingsWith({ max_parallel_restarts: 1 }),
    );
    world.alarms = [alarm(1, 'long'), alarm(2, 'quick')];
    const { restarts } = await monitor.check('');
    await settled();
    assert.deepEqual(calls, []);
    finish();
    assert.deepEqual(await areCleared(restarts), [true, true]);
    assert.deepEqual(calls.toSorted(), ['clear 1', 'clear 2', 'restart quick, at most 2 times']);
  });

  test('knows the longest time that one of them may take', async () => {
    const { monitor, finish } = withLongRestart(
      settingsWith({}, { long: { restart_timeout: 120 }, other: { restart_timeout: 900 } }),
    );
    assert.equal(monitor.longestRestartTimeout(), 0);
    const { restarts } = await monitor.check('');
    await settled();
    assert.equal(monitor.longestRestartTimeout(), 120);
    finish();
    await areCleared(restarts);
    assert.equal(monitor.longestRestartTimeout(), 0);
  });

  test('begins nothing any more once stopped, and lets them finish', async () => {
    const { world, monitor, finish, calls } = withLongRestart(
      settingsWith({ max_parallel_restarts: 1 }),
    );
    world.alarms = [alarm(1, 'long'), alarm(2, 'quick')];
    const { restarts } = await monitor.check('');
    monitor.stop();
    finish();
    assert.deepEqual(await areCleared(restarts), [true, false]);
    assert.deepEqual(calls, ['clear 1']);
  });

  test('tells when none of them runs any more', async () => {
    const { monitor, finish } = withLongRestart();
    await monitor.idle();
    await monitor.check('');
    let isIdle = false;
    const idle = monitor.idle().then(() => {
      isIdle = true;
    });
    await settled();
    assert.equal(isIdle, false);
    finish();
    await idle;
  });
});
