import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  afterRestart,
  NO_RESTARTS,
  type RestartLimits,
  type Restarts,
  tooMany,
} from '../../src/breaker/restarts.ts';

const LIMITS: RestartLimits = { maxRestarts: 3, windowMs: 1000 };

const at = (...timesMs: number[]): Restarts => ({ timesMs, isFlapping: false });
const flapping = (...timesMs: number[]): Restarts => ({ timesMs, isFlapping: true });

describe('one restart too many', () => {
  test('is the one after max_restarts within the window', () => {
    assert.equal(tooMany(NO_RESTARTS, 0, LIMITS), 0);
    assert.equal(tooMany(at(0, 10), 20, LIMITS), 0);
    assert.equal(tooMany(at(0, 10, 20), 30, LIMITS), 3);
  });

  test('is none once the oldest of them is as old as the window', () => {
    assert.equal(tooMany(at(0, 10, 20), 999, LIMITS), 3);
    assert.equal(tooMany(at(0, 10, 20), 1000, LIMITS), 0);
  });

  test('is the second one where max_restarts is 1', () => {
    const once = { ...LIMITS, maxRestarts: 1 };
    assert.equal(tooMany(at(), 0, once), 0);
    assert.equal(tooMany(at(0), 999, once), 1);
    assert.equal(tooMany(at(0), 1000, once), 0);
  });

  test('is none where there is no limit, whatever was counted before', () => {
    const none = { ...LIMITS, maxRestarts: 0 };
    assert.equal(tooMany(at(0, 1, 2, 3), 4, none), 0);
    assert.equal(tooMany(flapping(0, 1, 2, 3), 4, none), 0);
  });

  test('counts with the limits of now', () => {
    assert.equal(tooMany(at(0, 10), 20, { ...LIMITS, maxRestarts: 2 }), 2);
    assert.equal(tooMany(at(0, 10, 20), 500, { ...LIMITS, windowMs: 490 }), 0);
  });
});

describe('a process whose restarts did not last', () => {
  test('has no other restart within the window after the one that closed its breaker', () => {
    const tried = afterRestart(flapping(0, 10, 20), 9000, LIMITS, true);
    assert.deepEqual(tried, flapping(9000));
    assert.equal(tooMany(tried, 9999, LIMITS), 1);
  });

  test('is a process like any other once a restart lasted for the window', () => {
    assert.equal(tooMany(flapping(9000), 10_000, LIMITS), 0);
    const next = afterRestart(flapping(9000), 10_000, LIMITS, false);
    assert.deepEqual(next, at(10_000));
    assert.equal(tooMany(next, 10_001, LIMITS), 0);
  });
});

describe('what is remembered', () => {
  test('is no more than max_restarts times, the newest', () => {
    let restarts = NO_RESTARTS;
    for (let timeMs = 0; timeMs < 10; timeMs++) {
      restarts = afterRestart(restarts, timeMs, LIMITS, false);
    }
    assert.deepEqual(restarts, at(7, 8, 9));
  });

  test('is none that is as old as the window', () => {
    assert.deepEqual(afterRestart(at(0, 1), 1000, LIMITS, false), at(1, 1000));
  });

  test('is nothing where there is no limit', () => {
    assert.equal(afterRestart(at(0), 1, { ...LIMITS, maxRestarts: 0 }, false), NO_RESTARTS);
  });
});

test('however restarts follow each other, no window has more than max_restarts of them', () => {
  const limits = { maxRestarts: 2, windowMs: 4 };
  // Each bit of a number is whether somebody asks for a restart at that time.
  for (let story = 0; story < 2 ** 12; story++) {
    let restarts = NO_RESTARTS;
    const made: number[] = [];
    for (let nowMs = 0; nowMs < 12; nowMs++) {
      const within = made.filter((timeMs) => nowMs - timeMs < limits.windowMs).length;
      const isAsked = ((story >> nowMs) & 1) === 1;
      if (isAsked && tooMany(restarts, nowMs, limits) === 0) {
        assert.ok(within < limits.maxRestarts, story.toString(2));
        restarts = afterRestart(restarts, nowMs, limits, false);
        made.push(nowMs);
      } else if (isAsked) {
        assert.equal(within, limits.maxRestarts, story.toString(2));
      }
    }
  }
});
