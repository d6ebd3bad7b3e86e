import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Breaker } from '../../src/breaker/breaker.ts';
import { alarm, settingsWith } from './fakes.ts';
import { stage } from './stage.ts';

const FOUND = 'INFO Found process in alarm: apache2 (ID: 1)';
const HALF_OPEN = 'INFO Circuit breaker half-open for apache2, trying one restart';

function failing(maxFailures = 3) {
  return stage({
    alarms: [alarm(1, 'apache2')],
    outcomes: { apache2: 'failed' },
    settings: settingsWith({ max_restart_failures: maxFailures, circuit_reset_time: 60 }),
  });
}

function withOpenBreaker(nowMs: number) {
  const open: Breaker = { state: 'open', failures: 3, openedAtMs: 0 };
  const all = stage(
    {
      alarms: [alarm(1, 'apache2')],
      settings: settingsWith({ max_restart_failures: 3, circuit_reset_time: 60 }),
      nowMs,
    },
    { breakers: [['apache2', open]] },
  );
  return all;
}

describe('a process that can not be healed', () => {
  test('opens its breaker after max_restart_failures, which is told', async () => {
    const { check } = failing();
    assert.deepEqual(await check(), [FOUND]);
    assert.deepEqual(await check(), [FOUND]);
    assert.deepEqual(await check(), [
      FOUND,
      'WARNING Circuit breaker opened for apache2 after 3 failures',
    ]);
  });

  test('is then skipped, which is told once per check with the seconds left', async () => {
    const { check, world, takeCalls, monitor } = failing(1);
    await check();
    takeCalls();
    world.nowMs = 500;
    const skipped = (left: string) =>
      `WARNING Circuit breaker open for apache2, skipping restart (${left} left)`;
    assert.deepEqual(await check(), [FOUND, skipped('60 seconds')]);
    world.nowMs = 59_000;
    assert.deepEqual(await check(), [FOUND, skipped('1 second')]);
    world.nowMs = 59_999;
    assert.deepEqual(await check(), [FOUND, skipped('1 second')]);
    assert.deepEqual(takeCalls(), []);
    assert.equal((await monitor.check('')).leftAlone, 1);
  });

  test('is told once where many rows name it', async () => {
    const { check, world } = withOpenBreaker(0);
    world.alarms = [alarm(1, 'apache2'), alarm(2, 'apache2')];
    assert.deepEqual(await check(), [
      FOUND,
      'INFO Found process in alarm: apache2 (ID: 2)',
      'WARNING Circuit breaker open for apache2, skipping restart (60 seconds left)',
    ]);
  });

  test('does not hold off another one', async () => {
    const { check, world, takeCalls } = withOpenBreaker(0);
    world.alarms = [alarm(1, 'apache2'), alarm(2, 'sshd')];
    world.outcomes = { sshd: 'verified' };
    await check();
    assert.deepEqual(takeCalls(), ['restart sshd, at most 2 times', 'clear 2']);
  });

  test('counts anew after one success', async () => {
    const { check, world, breakers } = failing(2);
    await check();
    world.outcomes = { apache2: 'verified' };
    assert.deepEqual(await check(), [FOUND, 'INFO Alarm cleared for apache2 (ID: 1)']);
    world.outcomes = { apache2: 'failed' };
    assert.deepEqual(await check(), [FOUND]);
    assert.deepEqual(breakers.of('apache2'), { state: 'closed', failures: 1 });
  });
});

describe('when the time of an open breaker is over', () => {
  test('one restart with one attempt is tried, and closes it where it is verified', async () => {
    const { check, world, takeCalls, breakers } = withOpenBreaker(60_000);
    world.outcomes = { apache2: 'verified' };
    assert.deepEqual(await check(), [
      FOUND,
      HALF_OPEN,
      'INFO Circuit breaker closed for apache2',
      'INFO Alarm cleared for apache2 (ID: 1)',
    ]);
    assert.deepEqual(takeCalls(), ['restart apache2, at most 1 times', 'clear 1']);
    assert.deepEqual(breakers.of('apache2'), { state: 'closed', failures: 0 });
  });

  test('one failure opens it again at once, for the whole time', async () => {
    const { check, world } = withOpenBreaker(60_000);
    world.outcomes = { apache2: 'failed' };
    assert.deepEqual(await check(), [
      FOUND,
      HALF_OPEN,
      'WARNING Circuit breaker opened for apache2 after 4 failures',
    ]);
    world.nowMs = 119_999;
    assert.deepEqual(await check(), [
      FOUND,
      'WARNING Circuit breaker open for apache2, skipping restart (1 second left)',
    ]);
  });

  for (const outcome of ['interrupted', 'rehearsed', new Error('broken')] as const) {
    test(`a restart that is ${outcome} says nothing: the next check tries again`, async () => {
      const { check, world, takeCalls, breakers } = withOpenBreaker(60_000);
      world.outcomes = { apache2: outcome };
      await check();
      assert.deepEqual(breakers.of('apache2'), { state: 'open', failures: 3, openedAtMs: 0 });
      takeCalls();
      world.outcomes = { apache2: 'verified' };
      assert.equal((await check())[1], HALF_OPEN);
      assert.deepEqual(takeCalls(), ['restart apache2, at most 1 times', 'clear 1']);
    });
  }

  test('a process that was healed before and is healthy keeps the breaker as it is', async () => {
    const open: Breaker = { state: 'open', failures: 3, openedAtMs: 0 };
    const { check, breakers } = stage(
      { alarms: [alarm(1, 'apache2')], isHealthy: true, nowMs: 60_000 },
      { breakers: [['apache2', open]], healed: [['1', 'seen 1']] },
    );
    assert.deepEqual(await check(), [FOUND, 'INFO Alarm cleared for apache2 (ID: 1)']);
    assert.deepEqual(breakers.of('apache2'), open);
  });
});

describe('limits changed by a reload', () => {
  test('count from the next check on', async () => {
    const { check, world, takeCalls } = withOpenBreaker(10_000);
    world.outcomes = { apache2: 'verified' };
    await check();
    assert.deepEqual(takeCalls(), []);
    world.settings = settingsWith({ circuit_reset_time: 10 });
    await check();
    assert.deepEqual(takeCalls(), ['restart apache2, at most 1 times', 'clear 1']);
  });
});

describe('restarts that do not last', () => {
  const OPENED = 'WARNING Circuit breaker opened for apache2 after 2 restarts within 100 seconds';
  const twice = { max_restarts: 2, restart_window: 100 };

  function crashing(changes: Parameters<typeof stage>[0] = {}, keys = twice) {
    return stage({
      alarms: [alarm(1, 'apache2')],
      outcomes: { apache2: 'verified' },
      settings: settingsWith({ circuit_reset_time: 60 }, { apache2: keys }),
      ...changes,
    });
  }

  test('open the breaker in place of the next one, though each was verified', async () => {
    const { check, takeCalls, overview, monitor } = crashing();
    await check();
    await check();
    takeCalls();
    assert.deepEqual(await check(), [FOUND, OPENED]);
    assert.deepEqual(takeCalls(), []);
    assert.equal(overview.alarms, 1);
    assert.equal((await monitor.check('')).leftAlone, 1);
  });

  test('are told in the singular where one is too many', async () => {
    const { check } = crashing({}, { max_restarts: 1, restart_window: 1 });
    await check();
    assert.equal(
      (await check())[1],
      'WARNING Circuit breaker opened for apache2 after 1 restart within 1 second',
    );
  });

  test('count though they failed, and not where nothing was restarted', async () => {
    const keys = { max_restart_failures: 1000 };
    const settings = settingsWith(keys, { apache2: twice });
    for (const isRestarted of [true, false]) {
      const outcomes = { apache2: 'failed' } as const;
      const { check } = crashing({ settings, outcomes, isRestarted });
      await check();
      await check();
      assert.deepEqual(await check(), isRestarted ? [FOUND, OPENED] : [FOUND]);
    }
  });

  test('do not count where the process is healthy still, and only its alarm could not be cleared', async () => {
    const { check, world, takeCalls } = crashing({ clears: { 1: new Error('denied') } });
    world.isHealthy = true;
    for (let time = 1; time <= 5; time++) {
      await check();
    }
    assert.equal(takeCalls().filter((call) => call.startsWith('restart')).length, 1);
  });

  test('are tried once the time is over, and held back at once where that does not last either', async () => {
    const { check, world, takeCalls, breakers } = crashing();
    for (let time = 1; time <= 3; time++) {
      await check();
    }
    takeCalls();
    world.nowMs = 60_000;
    assert.deepEqual(await check(), [
      FOUND,
      HALF_OPEN,
      'INFO Circuit breaker closed for apache2',
      'INFO Alarm cleared for apache2 (ID: 1)',
    ]);
    assert.deepEqual(takeCalls(), ['restart apache2, at most 1 times', 'clear 1']);
    world.nowMs = 159_999;
    assert.deepEqual(await check(), [FOUND, OPENED.replace('2 restarts', '1 restart')]);
    assert.equal(breakers.reasonOf('apache2'), 'restarts');
    assert.deepEqual(takeCalls(), []);
  });

  test('are forgotten once one lasted', async () => {
    const { check, world, takeCalls } = crashing();
    for (let time = 1; time <= 3; time++) {
      await check();
    }
    world.nowMs = 60_000;
    await check();
    world.nowMs = 160_000;
    await check();
    await check();
    assert.equal(takeCalls().filter((call) => call.startsWith('restart')).length, 5);
    assert.deepEqual(await check(), [FOUND, OPENED]);
  });

  test('do not count where a person asked for them', async () => {
    const { check, monitor, takeCalls } = crashing();
    await check();
    for (let time = 1; time <= 3; time++) {
      await monitor.restartNow('apache2').ended;
    }
    takeCalls();
    await check();
    assert.deepEqual(takeCalls(), ['restart apache2, at most 2 times', 'clear 1']);
    assert.deepEqual(await check(), [FOUND, OPENED]);
    const asked = await monitor.restartNow('apache2').ended;
    assert.equal(asked.outcome, 'verified');
  });

  test('have no limit with 0', async () => {
    const { check, takeCalls } = crashing({}, { ...twice, max_restarts: 0 });
    for (let time = 1; time <= 20; time++) {
      await check();
    }
    assert.equal(takeCalls().filter((call) => call.startsWith('restart')).length, 20);
  });
});
