/** What a failed health check says of a unit, for somebody who has to find out why. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unitFailure } from '../../src/restart/unit_failure.ts';
import type { Ill } from '../../src/restart/unit_health.ts';
import type { KnownUnit } from '../../src/system/unit_state.ts';
import { unitWith } from './units.ts';

const FAILED = unitWith({
  result: 'exit-code',
  active: 'failed',
  sub: 'failed',
  mainEnd: { kind: 'exited', status: 1 },
});

for (const [state, told] of [
  [{}, 'failed (exit-code, status 1)'],
  [{ result: 'signal', mainEnd: { kind: 'killed', signal: 9 } }, 'failed (signal, SIGKILL)'],
  [{ result: 'signal', mainEnd: { kind: 'killed', signal: 40 } }, 'failed (signal, signal 40)'],
  [{ result: 'start-limit-hit', mainEnd: undefined }, 'failed (start-limit-hit)'],
  [
    { active: 'inactive', sub: 'dead', result: 'success', mainEnd: { kind: 'exited', status: 0 } },
    'inactive (status 0)',
  ],
  [
    { active: 'inactive', sub: 'dead', result: 'success', mainEnd: undefined, unmet: 'condition' },
    'inactive (condition not met)',
  ],
  [{ active: 'activating', sub: 'auto-restart' }, 'activating (auto-restart, exit-code, status 1)'],
  [{ active: 'inactive', sub: 'dead', result: 'success', mainEnd: undefined }, 'inactive'],
] as [Partial<KnownUnit>, string][]) {
  test(`a unit that is ${told} is told so`, () => {
    assert.equal(
      unitFailure('web.service', { ...FAILED, ...state }, 'not active'),
      `web.service is ${told}`,
    );
  });
}

test('a unit that is active, and not healthy all the same, is told with what it lacks', () => {
  const running = { active: 'active', sub: 'running', result: 'success', mainEnd: undefined };
  const told = (illness: Ill, state: Partial<KnownUnit> = {}) =>
    unitFailure('web.service', { ...FAILED, ...running, ...state }, illness);
  assert.equal(
    told('main process is dead', { mainPid: 7 }),
    'web.service is active (running), but its main process 7 is dead',
  );
  assert.equal(
    told('nothing runs in it'),
    'web.service is active (running), but nothing runs in it',
  );
});
