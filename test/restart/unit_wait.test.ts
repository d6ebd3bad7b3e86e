/** How long a job of systemd's is waited for that goes on behind restart_timeout. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jobLimitMs, waitForJob } from '../../src/restart/unit_wait.ts';
import type { UnitState } from '../../src/system/unit_state.ts';
import { LeapingClock } from '../system/fake_clock.ts';
import { unitWith } from './units.ts';

const ENDLESS = Number.POSITIVE_INFINITY;
const WORKING = unitWith({ active: 'activating', sub: 'start', hasJob: true });
const DONE = unitWith({ active: 'active', sub: 'running' });

/** The states that systemd tells one after the other, the last one for ever. */
function course(...states: UnitState[]) {
  const clock = new LeapingClock();
  const ending = new AbortController();
  const told: number[] = [];
  const look = async () => (states.length > 1 ? states.shift() : states[0]) as UnitState;
  const wait = (unit = WORKING) =>
    waitForJob(unit, look, (seconds) => told.push(seconds), clock, ending.signal);
  return { clock, ending, told, wait };
}

test('a job may take as long as systemd lets it, a oneshot without a limit an hour, and no other one', () => {
  const limit = (type: string, startLimitMs: number, stopLimitMs = 90_000) =>
    jobLimitMs({ type, startLimitMs, stopLimitMs });
  assert.equal(limit('notify', 90_000), 185_000);
  assert.equal(limit('notify', 7_200_000), 3_600_000);
  assert.equal(limit('oneshot', ENDLESS), 3_600_000);
  assert.equal(limit('notify', ENDLESS), 0);
  assert.equal(limit('forking', 90_000, ENDLESS), 0);
});

describe('a job that goes on', () => {
  test('is waited for, at pauses of a second at most', async () => {
    const { wait, clock, told } = course(
      WORKING,
      WORKING,
      WORKING,
      WORKING,
      WORKING,
      WORKING,
      DONE,
    );
    assert.deepEqual(await wait(), DONE);
    assert.deepEqual(clock.pauses, [100, 200, 400, 800, 1000, 1000]);
    assert.deepEqual(told, [185]);
  });

  test('is given up at its limit', async () => {
    const { wait, clock } = course(WORKING);
    assert.deepEqual(await wait(), WORKING);
    assert.equal(
      clock.pauses.reduce((sum, pause) => sum + pause, 0),
      185_000,
    );
  });

  test('without a limit is not waited for', async () => {
    const { wait, clock, told } = course(WORKING);
    const endless = unitWith({ ...WORKING, startLimitMs: ENDLESS });
    assert.deepEqual(await wait(endless), WORKING);
    assert.deepEqual([clock.pauses, told], [[], []]);
  });

  test('is left to itself when the service ends', async () => {
    const { wait, clock, ending } = course(WORKING);
    ending.abort();
    assert.deepEqual(await wait(), WORKING);
    assert.deepEqual(clock.pauses, []);
  });
});

test('a job that is done already is told at once, and without a word', async () => {
  const { wait, clock, told } = course(DONE);
  assert.deepEqual(await wait(), DONE);
  assert.deepEqual([clock.pauses, told], [[], []]);
});
