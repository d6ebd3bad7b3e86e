/** What a failed health check says of a unit, for somebody who has to find out why. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unitFailure } from '../../src/restart/unit_failure.ts';
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
  [{ active: 'activating', sub: 'auto-restart' }, 'activating (auto-restart, exit-code, status 1)'],
  [{ active: 'inactive', sub: 'dead', result: 'success', mainEnd: undefined }, 'inactive'],
] as [Partial<KnownUnit>, string][]) {
  test(`a unit that is ${told} is told so, and where its output is`, () => {
    assert.equal(
      unitFailure('web.service', { ...FAILED, ...state }),
      `web.service is ${told}; journalctl -u web.service has what it printed`,
    );
  });
}

test('a unit that is active without a main process needs a health check of its own', () => {
  const routes = { active: 'active', sub: 'exited', result: 'success', mainEnd: undefined };
  assert.equal(
    unitFailure('routes.service', { ...FAILED, ...routes }),
    'routes.service is active (exited), without a main process; a health_check_command can tell more',
  );
});
