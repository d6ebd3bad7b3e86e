/** Whether a unit has failed for good, and whether it failed because it was stopped. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KnownUnit, UnitState, UnitTimes } from '../../src/system/unit_state.ts';
import { verdictOn, wasStopped } from '../../src/system/unit_verdict.ts';
import { unitWith } from '../restart/units.ts';
import { FakeClock } from './fake_clock.ts';

const FAILED = unitWith({ active: 'failed', sub: 'failed', result: 'exit-code' });
const AUTO_RESTART = unitWith({ active: 'activating', sub: 'auto-restart', result: 'signal' });
const QUEUED = unitWith({ active: 'activating', sub: 'auto-restart-queued', hasJob: true });
const TO_BE_STARTED = unitWith({ ...FAILED, hasJob: true });
const RUNNING = unitWith({ active: 'active', sub: 'running' });

/** Looks at a unit that is in these states one after the other, the last one for ever. */
async function follow(...states: UnitState[]) {
  const clock = new FakeClock();
  const looks: number[] = [];
  const look = async () => {
    looks.push(clock.nowMs());
    return (states.length > 1 ? states.shift() : states[0]) as UnitState;
  };
  let isOver = false;
  const verdict = verdictOn(look, clock).finally(() => {
    isOver = true;
  });
  for (let turn = 0; turn < 2000 && !isOver; turn++) {
    await clock.advance(100);
  }
  return { ...(await verdict), looks };
}

describe('a unit', () => {
  test('that has failed is told at the first look', async () => {
    const { kind, looks } = await follow(FAILED, RUNNING);
    assert.deepEqual([kind, looks], ['failed', [0]]);
  });

  test('that systemd is about to restart is looked at every 100 ms, until it has failed', async () => {
    const { kind, looks } = await follow(AUTO_RESTART, QUEUED, AUTO_RESTART, FAILED);
    assert.deepEqual([kind, looks], ['failed', [0, 100, 200, 300]]);
  });

  test('that systemd has restarted has not failed', async () => {
    const verdict = await follow(AUTO_RESTART, RUNNING);
    assert.deepEqual([verdict.kind, 'healed' in verdict && verdict.healed], ['not failed', true]);
    assert.deepEqual(verdict.looks, [0, 100, 200]);
  });

  test('that runs between two failures is not taken for a healthy one', async () => {
    const { kind } = await follow(AUTO_RESTART, RUNNING, AUTO_RESTART, RUNNING, FAILED);
    assert.equal(kind, 'failed');
  });

  test('that has failed and is about to be started by a job has not failed', async () => {
    assert.equal((await follow(TO_BE_STARTED, RUNNING)).kind, 'not failed');
    assert.equal((await follow(TO_BE_STARTED, FAILED)).kind, 'failed');
  });

  for (const [active, sub] of [
    ['active', 'running'],
    ['active', 'exited'],
    ['activating', 'start'],
    ['activating', 'start-pre'],
    ['deactivating', 'stop-sigterm'],
    ['reloading', 'reload'],
    ['inactive', 'dead'],
    ['maintenance', 'x'],
  ] as const) {
    test(`that is ${active} (${sub}) has not failed`, async () => {
      const verdict = await follow(unitWith({ active, sub, result: 'exit-code' }));
      assert.deepEqual([verdict.kind, verdict.looks], ['not failed', [0, 100]]);
    });
  }

  test('that waits for hours is not looked at for hours, and less and less often', async () => {
    const { kind, looks } = await follow(AUTO_RESTART);
    assert.equal(kind, 'not failed');
    assert.ok(looks.length < 200, `${looks.length} looks`);
    assert.ok((looks.at(-1) as number) < 125_000);
    const { kind: stuck } = await follow(TO_BE_STARTED);
    assert.equal(stuck, 'failed');
  });

  test('about which systemd does not answer is one that nobody knows about', async () => {
    const ending = { kind: 'exited', code: 1 } as const;
    const result = { ok: false, isHeld: false, ending, errorLines: [], outputLines: [] };
    const { kind } = await follow(AUTO_RESTART, { kind: 'unknown', result });
    assert.equal(kind, 'unknown');
  });

  test('that failed as it was stopped is told from one that failed', async () => {
    const times = { inactiveExit: 1, activeEnter: 1, activeExit: 5, mainStart: 1, mainExit: 9 };
    assert.equal((await follow({ ...FAILED, times })).kind, 'stopped');
  });
});

/** The states that a systemd 252 reported of real units, in microseconds since their start. */
describe('a unit went down', () => {
  const unit = (
    [inactiveExit, activeEnter, activeExit, mainStart, mainExit]: readonly number[],
    result: string,
    more: Partial<KnownUnit> = {},
  ) => {
    const times = { inactiveExit, activeEnter, activeExit, mainStart, mainExit } as UnitTimes;
    return unitWith({ active: 'failed', sub: 'failed', result, times, ...more });
  };
  const byTerm = { mainEnd: { kind: 'killed', signal: 15 } } as const;
  const byKill = { mainEnd: { kind: 'killed', signal: 9 } } as const;

  for (const [how, state] of [
    ['by itself', unit([10, 10, 504, 9, 503], 'exit-code')],
    ['by a signal', unit([10, 10, 1185, 9, 1184], 'signal', byKill)],
    ['by a signal that a stop sends too', unit([10, 10, 1185, 9, 1184], 'signal', byTerm)],
    ['by itself, as a oneshot', unit([10, 0, 0, 9, 300], 'exit-code')],
    ['by its start limit', unit([10, 0, 0, 9, 300], 'start-limit-hit')],
    ['as its start timed out', unit([10, 0, 0, 9, 2085], 'timeout', byTerm)],
    ['as its start timed out, after a run', unit([50, 20, 40, 51, 2085], 'timeout', byKill)],
    [
      'as a later start of it timed out, by RestartMode=direct',
      unit([10, 20, 40, 51, 2085], 'timeout', byTerm),
    ],
    [
      'as a later start of it failed, by RestartMode=direct',
      unit([10, 20, 40, 51, 60], 'exit-code'),
    ],
    [
      'by RuntimeMaxSec=',
      unit([10, 11, 1_000_331, 9, 1_000_930], 'timeout', { runLimitMs: 1000, ...byTerm }),
    ],
    ['by its watchdog', unit([10, 10, 1014, 9, 1015], 'watchdog')],
    ['as the kernel took its memory', unit([10, 10, 1014, 9, 1015], 'oom-kill')],
    ['as its ExecStop= did, once it had ended', unit([10, 10, 329, 9, 328], 'exit-code')],
    ['before its main process began', unit([10, 0, 0, 0, 0], 'exit-code')],
    ['as its ExecStartPost= did', unit([10, 0, 0, 9, 12], 'exit-code', byTerm)],
    ['not at all: it ended', unit([10, 10, 504, 9, 503], 'success')],
    ['not at all: it was a oneshot', unit([10, 0, 0, 9, 300], 'success')],
    ['not at all: it was never started', unit([0, 0, 0, 0, 0], 'success')],
    ['without a main process', unit([10, 11, 50, 0, 0], 'exit-code')],
  ] as const) {
    test(`${how}: it was not stopped`, () => assert.equal(wasStopped(state), false));
  }

  for (const [how, state] of [
    ['it ignored SIGTERM', unit([10, 10, 1159, 9, 2378], 'timeout', byKill)],
    ['it was told to end, with another exit status', unit([10, 10, 1159, 9, 1160], 'exit-code')],
    ['its program crashed as it ended', unit([10, 10, 1159, 9, 1160], 'core-dump')],
    ['its ExecStop= did', unit([10, 10, 980, 9, 986], 'exit-code', byTerm)],
    ['its ExecStop= did, where no process was left', unit([10, 14, 1117, 9, 13], 'exit-code')],
    ['it ignored SIGTERM, without a main process', unit([10, 11, 1104, 0, 0], 'timeout')],
    ['nothing went wrong', unit([10, 10, 1159, 9, 1160], 'success', byTerm)],
    ['it was a oneshot that ran', unit([10, 0, 0, 9, 772], 'signal', byTerm)],
    [
      'it ignored SIGTERM, long before its RuntimeMaxSec=',
      unit([10, 10, 1159, 9, 2378], 'timeout', { runLimitMs: 3_600_000 }),
    ],
  ] as const) {
    test(`as it was stopped and ${how}`, () => assert.equal(wasStopped(state), true));
  }
});
