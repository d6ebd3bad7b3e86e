import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Breaker } from '../../src/breaker/breaker.ts';
import { BOOT, FAILED, type Stage, stateStage, TRY } from './stage.ts';

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

describe('restarts that count', () => {
  const RESTARTS = { timesMs: [5, 7_000_000.25], isFlapping: true };

  test('survive a restart of the service, by name', () => {
    const state = stage.start();
    state.saveRestarts('nginx', RESTARTS);
    state.saveRestarts('sshd', { timesMs: [], isFlapping: false });
    state.saveRestarts('cron', RESTARTS);
    state.saveRestarts('cron', undefined);
    assert.deepEqual(stage.start().loadRestarts(), [
      ['nginx', RESTARTS],
      ['sshd', { timesMs: [], isFlapping: false }],
    ]);
  });

  test('survive a reboot, as made when it ended', () => {
    stage.start().saveRestarts('nginx', RESTARTS);
    assert.deepEqual(stage.start({ bootId: 'second boot' }).loadRestarts(), [
      ['nginx', { timesMs: [0, 0], isFlapping: true }],
    ]);
  });

  test('are forgotten with the breakers', () => {
    const state = stage.start();
    state.saveRestarts('nginx', RESTARTS);
    state.saveBreaker('nginx', OPEN);
    state.forgetBreakers();
    assert.deepEqual([state.loadRestarts(), state.loadBreakers()], [[], []]);
  });

  test('are none where the file says no such thing', () => {
    const state = stage.start();
    for (const text of ['', 'null', '{}', '["a", null]', '[1']) {
      state.saveRestarts('nginx', RESTARTS);
      stage.look(`UPDATE restarts SET times_ms = '${text}'`);
      assert.deepEqual(state.loadRestarts(), [['nginx', { timesMs: [], isFlapping: true }]], text);
    }
  });
});

describe('state.db of version 1.0.0', () => {
  const OF_1_0_0 = `
    CREATE TABLE breaker (name TEXT PRIMARY KEY, failures INTEGER NOT NULL, opened_at_ms INTEGER,
      boot_id TEXT NOT NULL) STRICT;
    INSERT INTO breaker VALUES ('nginx', 3, 7000000, '${BOOT}'), ('sshd', 2, NULL, '${BOOT}');`;

  test('keeps its breakers, and counts restarts from then on', () => {
    stage.start();
    stage.stop();
    rmSync(stage.space.path('state', 'state.db'));
    const old = new DatabaseSync(stage.space.path('state', 'state.db'));
    old.exec(OF_1_0_0);
    old.close();
    const breakers = [
      ['nginx', OPEN],
      ['sshd', { state: 'closed', failures: 2 }],
    ];
    const state = stage.start();
    assert.deepEqual(
      [stage.troubles, state.loadBreakers(), state.loadRestarts()],
      [[], breakers, []],
    );
    state.saveRestarts('nginx', { timesMs: [1], isFlapping: false });
    assert.deepEqual(stage.start().loadRestarts().length, 1);
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
