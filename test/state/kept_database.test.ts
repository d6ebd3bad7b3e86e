import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Breaker } from '../../src/breaker/breaker.ts';
import type { State } from '../../src/state/state.ts';
import { FAILED, type Stage, stateStage, TRY } from './stage.ts';

const OPEN: Breaker = { state: 'open', failures: 3, openedAtMs: 70 };
const RESTARTS = { timesMs: [5, 60], isFlapping: true };

let stage: Stage;
let state: State;
beforeEach(async () => {
  stage = await stateStage();
  state = stage.start();
  state.saveBreaker('nginx', OPEN);
  state.saveRestarts('nginx', RESTARTS);
});
afterEach(() => stage.end());

const file = () => stage.space.path('state', 'state.db');
const asides = () => fs.readdirSync(stage.directory).filter((name) => name.includes('.broken-'));

/** What was known before, and what is told now, is there after the next start. */
function assertKept(): void {
  assert.deepEqual(stage.start().loadBreakers(), [
    ['nginx', OPEN],
    ['sshd', OPEN],
  ]);
  assert.deepEqual(stage.start().loadRestarts(), [['nginx', RESTARTS]]);
  assert.deepEqual(stage.troubles, []);
}

describe('state.db that goes while the service uses it', () => {
  for (const [what, remove] of [
    ['alone', () => fs.rmSync(file())],
    ['with its directory', () => fs.rmSync(stage.directory, { recursive: true })],
    ['by another name', () => fs.renameSync(file(), `${file()}.old`)],
  ] as const) {
    test(`${what}, is said and written again with all that it held`, () => {
      remove();
      state.saveBreaker('sshd', OPEN);
      assert.deepEqual(stage.troubles, [
        `State file ${file()} was removed or replaced; what it held is written again`,
      ]);
      assertKept();
    });
  }

  test('just before the service ends, is written again all the same', () => {
    state.saveBreaker('sshd', OPEN);
    fs.rmSync(stage.directory, { recursive: true });
    assertKept();
  });

  test('with what no new one has room for, is not said to be written again', () => {
    stage.look('ALTER TABLE breaker ADD COLUMN other TEXT');
    state = stage.start();
    fs.rmSync(file());
    state.saveBreaker('sshd', OPEN);
    assert.deepEqual(stage.troubles, [
      `State file ${file()} is begun anew, and what it held cannot be written: table breaker has no column named other`,
    ]);
    assert.deepEqual(stage.start().loadBreakers(), [['sshd', OPEN]]);
  });

  test('in the middle of an attempt, has that attempt with its end', () => {
    const record = state.begin(TRY);
    fs.rmSync(stage.directory, { recursive: true });
    record.end(FAILED);
    assert.deepEqual(
      stage.look('SELECT name, outcome FROM attempt').map((row) => ({ ...row })),
      [{ name: TRY.name, outcome: 'failed' }],
    );
  });

  test('and has a directory in its place, leaves the state in memory, and nothing is said to be written', () => {
    fs.rmSync(file());
    fs.mkdirSync(file());
    state.saveBreaker('sshd', OPEN);
    assert.equal(stage.troubles.length, 1, stage.troubles.join('\n'));
    assert.match(stage.troubles[0] ?? '', /cannot be used: EISDIR.*in memory only$/);
    assert.equal(state.loadBreakers().length, 2);
  });
});

test('state.db that is damaged while the service uses it is set aside, and begun anew', () => {
  stage.look(MANY_ATTEMPTS); // more than SQLite keeps in memory, where it would not notice
  state = stage.start();
  const content = fs.readFileSync(file());
  fs.writeFileSync(file(), content.fill(0xaa, 4096));
  assert.deepEqual(state.attemptedNames(), []);
  state.saveBreaker('sshd', OPEN);
  assert.deepEqual(stage.troubles, [
    `State file ${file()} is broken; it is kept as ${stage.space.path('state', asides()[0] ?? '')}, and a new one is begun`,
  ]);
  assert.ok(new Map(stage.start().loadBreakers()).has('sshd'));
});

const MANY_ATTEMPTS = `
  INSERT INTO attempt (at_ms, name, strategy, attempt, command, outcome, reason, output, service)
  WITH RECURSIVE number (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM number WHERE value < 4000)
  SELECT 0, 'nginx' || value, 'custom', 1, '', 'failed', '', hex(zeroblob(1000)), '' FROM number`;
