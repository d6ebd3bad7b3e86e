import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Look, lookAt, verify } from '../../src/restart/health_check.ts';
import type { Failure } from '../../src/restart/target.ts';
import { LeapingClock } from '../system/fake_clock.ts';
import { targetOf } from './stage.ts';

const SICK: Failure = { reason: 'exit code 1', output: [] };
const INTERRUPTED: Failure = { reason: 'interrupted', output: [] };
const never = new AbortController().signal;

/** Looks that give these results in turn, the last one ever after; each may take its time. */
function looking(results: (Failure | undefined)[], tookMs = 0) {
  const clock = new LeapingClock();
  const limits: number[] = [];
  const at: number[] = [];
  const look: Look = async (limitMs) => {
    limits.push(limitMs);
    at.push(clock.nowMs());
    clock.pass(tookMs);
    return results.length > 1 ? results.shift() : results[0];
  };
  return { clock, limits, at, look };
}

describe('a health check', () => {
  test('that passes at once is not repeated without a stable time', async () => {
    const { clock, at, look } = looking([undefined]);
    assert.equal(await verify(look, { timeoutMs: 5000, stableMs: 0 }, clock, never), undefined);
    assert.deepEqual([at, clock.pauses], [[0], []]);
  });

  test('is repeated at growing pauses up to one second until it passes', async () => {
    const { clock, look } = looking([...Array(7).fill(SICK), undefined]);
    assert.equal(await verify(look, { timeoutMs: 60_000, stableMs: 0 }, clock, never), undefined);
    assert.deepEqual(clock.pauses, [50, 100, 200, 400, 800, 1000, 1000]);
  });

  test('has the time that is left as its limit', async () => {
    const { limits, clock, look } = looking([SICK], 100);
    await verify(look, { timeoutMs: 1000, stableMs: 0 }, clock, never);
    assert.deepEqual(limits, [1000, 850, 650, 350]);
  });

  test('fails with its last reason once health_check_timeout is over', async () => {
    const other = { reason: 'exit code 2', output: ['x'] };
    const { clock, at, look } = looking([SICK, SICK, other]);
    assert.equal(await verify(look, { timeoutMs: 1000, stableMs: 0 }, clock, never), other);
    assert.deepEqual(at, [0, 50, 150, 350, 750]);
  });

  test('is made a last time a quarter of a second before health_check_timeout is over', async () => {
    for (const timeoutMs of [1000, 2000, 5000, 60_000]) {
      const { clock, at, look } = looking([SICK]);
      await verify(look, { timeoutMs, stableMs: 0 }, clock, never);
      assert.equal(at.at(-1), timeoutMs - 250);
    }
  });

  test('that takes the whole time is made once', async () => {
    const { clock, at, look } = looking([SICK], 1000);
    assert.equal(await verify(look, { timeoutMs: 1000, stableMs: 0 }, clock, never), SICK);
    assert.deepEqual(at, [0]);
  });

  test('is not repeated when the service ends at once', async () => {
    const ending = new AbortController();
    const { clock, at, look } = looking([SICK]);
    const endingLook: Look = (limitMs) => {
      ending.abort();
      return look(limitMs);
    };
    await verify(endingLook, { timeoutMs: 5000, stableMs: 0 }, clock, ending.signal);
    assert.deepEqual(at, [0]);
  });
});

describe('health_check_stable_time', () => {
  test('is waited for after the first pass, and the check made once more', async () => {
    const { clock, at, look } = looking([SICK, undefined]);
    assert.equal(await verify(look, { timeoutMs: 5000, stableMs: 3000 }, clock, never), undefined);
    assert.deepEqual(at, [0, 50, 3050]);
  });

  test('longer than the timeout is waited for all the same', async () => {
    const { clock, at, limits, look } = looking([undefined]);
    assert.equal(await verify(look, { timeoutMs: 1000, stableMs: 9000 }, clock, never), undefined);
    assert.deepEqual(
      [at, limits],
      [
        [0, 9000],
        [1000, 1000],
      ],
    );
  });

  test('makes a process that fell over meanwhile a failure', async () => {
    const { clock, look } = looking([undefined, SICK]);
    assert.equal(await verify(look, { timeoutMs: 5000, stableMs: 1000 }, clock, never), SICK);
  });

  test('is not waited for by a process that never was healthy', async () => {
    const { clock, look } = looking([SICK]);
    assert.equal(await verify(look, { timeoutMs: 10, stableMs: 1000 }, clock, never), SICK);
    assert.deepEqual(clock.pauses, []);
  });

  test('is cut short when the service ends at once', async () => {
    const ending = new AbortController();
    const { clock, at, look } = looking([undefined]);
    const endingLook: Look = (limitMs) => {
      ending.abort();
      return look(limitMs);
    };
    const patience = { timeoutMs: 5000, stableMs: 1000 };
    assert.deepEqual(await verify(endingLook, patience, clock, ending.signal), INTERRUPTED);
    assert.deepEqual(at, [0]);
  });
});

describe('the configured check', () => {
  const look = (command: string, limitMs = 5000) =>
    lookAt(
      targetOf('nginx', { health_check_command: command }),
      { kind: 'custom' },
      { signal: never },
    )(limitMs);

  test('passes with exit code 0, and gets the system name for %s', async () => {
    assert.equal(await look('test %s%s = nginxnginx'), undefined);
  });

  test('fails with what it said last', async () => {
    assert.deepEqual(await look('echo checking; echo dead >&2; exit 3'), {
      reason: 'exit code 3: dead',
      output: ['checking', 'dead'],
    });
  });

  test('is ended at its limit when it hangs', async () => {
    assert.deepEqual(await look('sleep 60', 100), {
      reason: 'timed out after 1 second',
      output: [],
    });
  });
});
