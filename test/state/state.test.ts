import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Breaker } from '../../src/breaker/breaker.ts';
import { FAILED, type Stage, stateStage, TRY } from './stage.ts';

const OPEN: Breaker = { state: 'open', failures: 3, openedAtMs: 7_000_000 };
const HALF_OPEN: Breaker = { ...OPEN, state: 'half-open' };
let stage: Stage;
beforeEach(async () => {
  stage = await stateStage();
});
afterEach(() => stage.end());

describe('breakers', () => {
  test('survive a restart of the service', () => {
    const state = stage.start();
    state.saveBreaker('nginx', OPEN);
    state.saveBreaker('sshd', { state: 'closed', failures: 2 });
    assert.deepEqual(stage.start().loadBreakers(), [
      ['nginx', OPEN],
      ['sshd', { state: 'closed', failures: 2 }],
    ]);
  });

  test('are none at the first start', () => {
    assert.deepEqual(stage.start().loadBreakers(), []);
  });

  test('are replaced and forgotten by name', () => {
    const state = stage.start();
    state.saveBreaker('nginx', { state: 'closed', failures: 1 });
    state.saveBreaker('nginx', OPEN);
    assert.deepEqual(state.loadBreakers(), [['nginx', OPEN]]);
    state.saveBreaker('nginx', undefined);
    state.saveBreaker('never saved', undefined);
    assert.deepEqual(stage.start().loadBreakers(), []);
  });

  test('come back in the order in which they changed last', () => {
    const state = stage.start();
    for (const name of ['a', 'b', 'c', 'a']) {
      state.saveBreaker(name, OPEN);
    }
    const names = stage.start().loadBreakers();
    assert.deepEqual(
      names.map(([name]) => name),
      ['b', 'c', 'a'],
    );
  });

  test('that were half-open are open: what was tried then did not come to its end', () => {
    stage.start().saveBreaker('nginx', HALF_OPEN);
    assert.deepEqual(stage.start().loadBreakers(), [['nginx', OPEN]]);
  });

  test('survive a reboot, and count their time from then on', () => {
    const state = stage.start();
    state.saveBreaker('nginx', OPEN);
    state.saveBreaker('sshd', { state: 'closed', failures: 2 });
    assert.deepEqual(stage.start({ bootId: 'second boot' }).loadBreakers(), [
      ['nginx', { ...OPEN, openedAtMs: 0 }],
      ['sshd', { state: 'closed', failures: 2 }],
    ]);
    assert.deepEqual(stage.start().loadBreakers()[0], ['nginx', OPEN]);
  });

  test('may have any name', () => {
    const state = stage.start();
    for (const name of ["a'b", 'é💣', '__proto__', '']) {
      state.saveBreaker(name, OPEN);
      assert.deepEqual(state.loadBreakers(), [[name, OPEN]]);
      state.saveBreaker(name, undefined);
    }
  });
});

describe('alarms that were healed but could not be cleared', () => {
  test('survive a restart of the service until they are forgotten', () => {
    const state = stage.start();
    state.rememberHealed('1', 'as it was');
    state.rememberHealed('2', 'as it was');
    state.rememberHealed('1', 'changed');
    state.forgetHealed('2');
    state.forgetHealed('3');
    assert.deepEqual(stage.start().loadHealed(), [['1', 'changed']]);
  });
});

describe('a write that fails', () => {
  const shut = (state: ReturnType<Stage['start']>) => {
    stage.look('ALTER TABLE breaker RENAME TO away');
    state.saveBreaker('nginx', OPEN);
  };

  test('is told once, and stops nothing', () => {
    const state = stage.start();
    shut(state);
    state.saveBreaker('nginx', OPEN);
    state.saveBreaker('nginx', undefined);
    assert.equal(stage.troubles.length, 1);
    assert.match(stage.troubles[0] ?? '', /^State cannot be saved: no such table: breaker$/);
  });

  test('is told again when one succeeded meanwhile', () => {
    const state = stage.start();
    shut(state);
    stage.look('ALTER TABLE away RENAME TO breaker');
    state.saveBreaker('nginx', OPEN);
    assert.deepEqual(state.loadBreakers(), [['nginx', OPEN]]);
    shut(state);
    assert.equal(stage.troubles.length, 2);
  });

  test('of an attempt leaves the others’ records alone', () => {
    const state = stage.start();
    state.begin(TRY).end(FAILED);
    stage.look('ALTER TABLE attempt RENAME TO away');
    const record = state.begin({ ...TRY, name: 'sshd' });
    stage.look('ALTER TABLE away RENAME TO attempt');
    record.running('200 6000 boot');
    record.end({ ...FAILED, outcome: 'verified' });
    const rows = stage.look('SELECT name, outcome, command_process FROM attempt');
    assert.deepEqual({ ...rows[0] }, { name: 'nginx', outcome: 'failed', command_process: null });
    assert.equal(rows.length, 1);
  });
});
