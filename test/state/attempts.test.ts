import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { BOOT, FAILED, SERVICE, type Stage, stateStage, TRY } from './stage.ts';

const NOBODY = () => false;

let stage: Stage;
beforeEach(async () => {
  stage = await stateStage();
});
afterEach(() => stage.end());

describe('attempts', () => {
  const all = () => stage.look('SELECT * FROM attempt ORDER BY id').map((row) => ({ ...row }));
  const FRESH = {
    id: 1,
    at_ms: 1_750_000_000_000,
    name: 'nginx',
    strategy: 'custom',
    attempt: 1,
    command: 'restart it',
    outcome: 'running',
    reason: '',
    duration_ms: null,
    output: '',
    service: SERVICE,
    command_process: null,
  };

  test('are on record from before they do anything', () => {
    const record = stage.start().begin(TRY);
    assert.deepEqual(all(), [FRESH]);
    record.running(`200 6000 ${BOOT}`);
    assert.deepEqual(all(), [{ ...FRESH, command_process: `200 6000 ${BOOT}` }]);
  });

  test('are asked for by a statement that is prepared once, as each one keeps memory', (t) => {
    const state = stage.start();
    const { mock } = t.mock.method(DatabaseSync.prototype, 'prepare');
    for (const name of ['nginx', 'sshd', 'crond']) {
      assert.equal(state.lastAttempt(name), undefined);
    }
    const prepared = mock.calls.map((call) => call.arguments[0]);
    assert.equal(prepared.filter((sql) => sql?.includes('FROM attempt')).length, 1);
  });

  test('are on record with how they ended', () => {
    stage.start().begin(TRY).end(FAILED);
    const end = { outcome: 'failed', reason: 'exit code 1', duration_ms: 1234, output: 'a\nb' };
    assert.deepEqual(all(), [{ ...FRESH, ...end }]);
  });

  test('that run beside each other end each on its own record', () => {
    const state = stage.start();
    const [one, two] = [state.begin(TRY), state.begin({ ...TRY, name: 'sshd' })];
    two.end({ ...FAILED, outcome: 'verified' });
    one.end(FAILED);
    assert.deepEqual(
      all().map(({ name, outcome }) => [name, outcome]),
      [
        ['nginx', 'failed'],
        ['sshd', 'verified'],
      ],
    );
  });

  test('are bounded to the newest 10,000', () => {
    stage.start();
    stage.look(`INSERT INTO attempt (at_ms, name, strategy, attempt, command, outcome, reason, output, service)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
      SELECT 0, 'p' || i, 'custom', 1, '', 'failed', '', '', '' FROM n`);
    const state = stage.start();
    state.begin(TRY);
    state.begin(TRY);
    const [counted] = stage.look(
      'SELECT count(*) AS n, min(id) AS first, max(id) AS last FROM attempt',
    );
    assert.deepEqual({ ...counted }, { n: 10_000, first: 3, last: 10_002 });
  });
});

describe('attempts that were interrupted when the service ended', () => {
  test('are told once, in the order in which they began, with the process of their command', () => {
    const state = stage.start();
    state.begin(TRY).running('200 6000 boot');
    state.begin({ ...TRY, name: 'sshd', attempt: 2 });
    state.begin({ ...TRY, name: 'crond' }).end(FAILED);
    const next = stage.start({ service: 'another' });
    assert.deepEqual(next.takeInterrupted(NOBODY), [
      { name: 'nginx', command: 'restart it', commandProcess: '200 6000 boot' },
      { name: 'sshd', command: 'restart it', commandProcess: undefined },
    ]);
    assert.deepEqual(next.takeInterrupted(NOBODY), []);
    assert.deepEqual(stage.start().takeInterrupted(NOBODY), []);
    assert.deepEqual(
      stage.look('SELECT outcome, reason FROM attempt ORDER BY id').map((row) => ({ ...row })),
      [
        { outcome: 'interrupted', reason: 'the service ended while it ran' },
        { outcome: 'interrupted', reason: 'the service ended while it ran' },
        { outcome: 'failed', reason: 'exit code 1' },
      ],
    );
  });

  test('are not those of a service that is there still', () => {
    const state = stage.start();
    state.begin(TRY);
    assert.deepEqual(
      state.takeInterrupted((service) => service === SERVICE),
      [],
    );
    assert.equal(stage.look('SELECT outcome FROM attempt')[0]?.outcome, 'running');
  });
});
