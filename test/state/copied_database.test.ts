/** What a dry run knows of state.db, and leaves of it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { copiedDatabase } from '../../src/state/copied_database.ts';
import { State } from '../../src/state/state.ts';
import { type Stage, stateStage, TRY } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await stateStage();
});
afterEach(() => stage.end());

const file = () => stage.space.path('state', 'state.db');
const copy = () =>
  new State(copiedDatabase(stage.directory), {
    bootId: 'boot',
    service: 'copy',
    now: () => new Date(),
    onTrouble: (message) => assert.fail(message),
  });

describe('a copy of state.db', () => {
  test('knows what is remembered, and not the attempts', () => {
    const state = stage.start();
    state.saveBreaker('web', { state: 'closed', failures: 2 });
    state.rememberHealed('4', 'seen');
    state.begin(TRY);
    const copied = copy();
    assert.deepEqual(copied.loadBreakers(), state.loadBreakers());
    assert.deepEqual(copied.loadHealed(), [['4', 'seen']]);
    assert.deepEqual(
      copied.takeInterrupted(() => false),
      [],
    );
  });

  test('keeps to itself what is written to it', () => {
    const state = stage.start();
    state.saveBreaker('web', { state: 'closed', failures: 2 });
    const copied = copy();
    copied.forgetBreakers();
    assert.deepEqual(copied.loadBreakers(), []);
    assert.equal(state.loadBreakers().length, 1);
  });

  test('adds no file beside one that nobody uses', () => {
    const state = stage.start();
    state.saveBreaker('web', { state: 'closed', failures: 2 });
    stage.stop();
    const before = readdirSync(stage.directory);
    assert.equal(copy().loadBreakers().length, 1);
    assert.deepEqual(readdirSync(stage.directory), before);
  });

  test('is empty where there is no state.db, or none that can be read', () => {
    assert.deepEqual(copy().loadBreakers(), []);
    stage.start();
    stage.stop();
    writeFileSync(file(), 'no database at all'.repeat(100));
    assert.deepEqual(copy().loadBreakers(), []);
    assert.match(readFileSync(file(), 'utf8'), /^no database/);
  });
});
