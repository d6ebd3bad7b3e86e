import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  admit,
  afterFailure,
  afterSuccess,
  type Breaker,
  type BreakerLimits,
  CLOSED,
} from '../../src/breaker/breaker.ts';

const LIMITS: BreakerLimits = { maxFailures: 3, resetMs: 1_800_000 };
const OPENED_AT = 5_000;
const OVER_AT = OPENED_AT + LIMITS.resetMs;

const closed = (failures: number): Breaker => Object.freeze({ state: 'closed', failures });
const open = (failures = 3, openedAtMs = OPENED_AT): Breaker =>
  Object.freeze({ state: 'open', failures, openedAtMs });
const halfOpen = (failures = 3, openedAtMs = OPENED_AT): Breaker =>
  Object.freeze({ state: 'half-open', failures, openedAtMs });

describe('a closed breaker', () => {
  test('lets every restart through and stays as it is', () => {
    for (const breaker of [CLOSED, closed(1), closed(2)]) {
      assert.deepEqual(admit(breaker, 0, LIMITS), { kind: 'admitted', breaker });
    }
  });

  test('counts failures in a row and opens at the last one allowed', () => {
    assert.deepEqual(afterFailure(CLOSED, 10, LIMITS), closed(1));
    assert.deepEqual(afterFailure(closed(1), 20, LIMITS), closed(2));
    assert.deepEqual(afterFailure(closed(2), 30, LIMITS), open(3, 30));
  });

  test('opens at its first failure where one is the limit', () => {
    assert.deepEqual(afterFailure(CLOSED, 7, { ...LIMITS, maxFailures: 1 }), open(1, 7));
  });

  test('begins to count anew after a success', () => {
    assert.deepEqual(afterFailure(afterSuccess(), 3, LIMITS), closed(1));
  });
});

describe('an open breaker', () => {
  test('holds restarts off, from its first millisecond on', () => {
    const admission = admit(open(), OPENED_AT, LIMITS);
    assert.deepEqual(admission, { kind: 'held off', leftMs: LIMITS.resetMs });
  });

  test('holds restarts off up to its last millisecond', () => {
    assert.deepEqual(admit(open(), OVER_AT - 1, LIMITS), { kind: 'held off', leftMs: 1 });
  });

  test('is half-open at the millisecond its time is over', () => {
    assert.deepEqual(admit(open(), OVER_AT, LIMITS), { kind: 'admitted', breaker: halfOpen() });
  });

  test('is half-open however long its time is over', () => {
    const breaker = halfOpen();
    assert.deepEqual(admit(open(), OVER_AT * 1000, LIMITS), { kind: 'admitted', breaker });
  });

  test('is not changed by being asked', () => {
    const breaker = open();
    admit(breaker, OVER_AT, LIMITS);
    assert.deepEqual(breaker, open());
  });

  test('counts its time anew when a restart that began before fails too', () => {
    assert.deepEqual(afterFailure(open(), OPENED_AT + 9, LIMITS), open(4, OPENED_AT + 9));
  });

  test('closes when a restart that began before is verified', () => {
    assert.deepEqual(afterSuccess(), CLOSED);
  });
});

describe('a half-open breaker', () => {
  test('opens again at its first failure, for the whole time', () => {
    const again = afterFailure(halfOpen(), OVER_AT, LIMITS);
    assert.deepEqual(again, open(4, OVER_AT));
    assert.deepEqual(admit(again, OVER_AT + LIMITS.resetMs - 1, LIMITS), {
      kind: 'held off',
      leftMs: 1,
    });
  });

  test('opens again at its first failure even where more failures are allowed now', () => {
    const generous = { ...LIMITS, maxFailures: 1000 };
    assert.deepEqual(afterFailure(halfOpen(), 9, generous), open(4, 9));
  });

  test('closes after a success, with nothing of the failures left', () => {
    assert.deepEqual(afterSuccess(), { state: 'closed', failures: 0 });
  });

  test('stays half-open when asked, whatever the time says', () => {
    for (const nowMs of [0, OPENED_AT, OVER_AT, OVER_AT * 2]) {
      assert.deepEqual(admit(halfOpen(), nowMs, LIMITS), { kind: 'admitted', breaker: halfOpen() });
    }
  });
});

describe('limits changed by a reload', () => {
  test('a shorter circuit_reset_time ends the time of an open breaker sooner', () => {
    const shorter = { ...LIMITS, resetMs: 1000 };
    assert.deepEqual(admit(open(), OPENED_AT + 999, shorter), { kind: 'held off', leftMs: 1 });
    assert.equal(admit(open(), OPENED_AT + 1000, shorter).kind, 'admitted');
  });

  test('a longer circuit_reset_time counts for a breaker that is open', () => {
    const longer = { ...LIMITS, resetMs: LIMITS.resetMs + 1 };
    assert.deepEqual(admit(open(), OVER_AT, longer), { kind: 'held off', leftMs: 1 });
  });

  test('a lower max_restart_failures opens at the next failure and not by itself', () => {
    const lower = { ...LIMITS, maxFailures: 1 };
    assert.equal(admit(closed(2), 50, lower).kind, 'admitted');
    assert.deepEqual(afterFailure(closed(2), 50, lower), open(3, 50));
  });

  test('a higher max_restart_failures leaves an open breaker open', () => {
    const higher = { ...LIMITS, maxFailures: 100 };
    assert.equal(admit(open(), OVER_AT - 1, higher).kind, 'held off');
    assert.deepEqual(afterFailure(closed(2), 50, higher), closed(3));
  });
});

test('the breaker that all begin with can not be changed', () => {
  assert.ok(Object.isFrozen(CLOSED));
  assert.deepEqual(CLOSED, { state: 'closed', failures: 0 });
});

test('whatever happens in whatever order, no restart begins while a breaker is open', () => {
  const limits = { maxFailures: 2, resetMs: 10 };
  for (const story of storiesOf(['fail', 'succeed', 'wait 4', 'wait 10'], 7)) {
    assert.doesNotThrow(() => live(story, limits), story.join(', '));
  }
});

/** Acts out a story, keeping the books in the simplest way there is, and compares. */
function live(story: readonly string[], limits: BreakerLimits): void {
  let nowMs = 100;
  let breaker = CLOSED;
  let inARow = 0;
  let openedAtMs: number | undefined;
  for (const event of story) {
    if (event.startsWith('wait')) {
      nowMs += Number(event.slice('wait '.length));
      continue;
    }
    const admission = admit(breaker, nowMs, limits);
    const isAllowed = openedAtMs === undefined || nowMs - openedAtMs >= limits.resetMs;
    assert.equal(admission.kind, isAllowed ? 'admitted' : 'held off');
    if (admission.kind === 'held off') {
      continue;
    }
    const isFailure = event === 'fail';
    breaker = isFailure ? afterFailure(admission.breaker, nowMs, limits) : afterSuccess();
    inARow = isFailure ? inARow + 1 : 0;
    openedAtMs = inARow >= limits.maxFailures ? nowMs : undefined;
    assert.equal(breaker.failures, inARow);
    assert.equal(breaker.state, openedAtMs === undefined ? 'closed' : 'open');
  }
}

function storiesOf(events: readonly string[], length: number): string[][] {
  const shorter = length === 1 ? [[]] : storiesOf(events, length - 1);
  return shorter.flatMap((story) => events.map((event) => [...story, event]));
}
