import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AlarmMemory } from '../../src/monitor/alarm_memory.ts';
import { alarm } from './fakes.ts';

/** A memory, and what it had kept for the next start of the service. */
function setUp(kept: Record<string, string> = {}) {
  const store = new Map(Object.entries(kept));
  const writes: string[] = [];
  const memory = new AlarmMemory({
    loadHealed: () => store,
    rememberHealed: (id, seen) => void writes.push(`remember ${id} ${seen}`),
    forgetHealed: (id) => void writes.push(`forget ${id}`),
  });
  return { memory, writes };
}

describe('alarms that were healed but could not be cleared', () => {
  const healed = alarm(1, 'nginx', 'as it was');

  test('are remembered, and kept for the next start of the service, once', () => {
    const { memory, writes } = setUp();
    assert.equal(memory.isHealed(healed), false);
    assert.equal(memory.rememberHealed(healed), true);
    assert.equal(memory.rememberHealed(healed), false);
    assert.equal(memory.isHealed(healed), true);
    assert.deepEqual(writes, ['remember 1 as it was']);
  });

  test('are known after a restart of the service', () => {
    const { memory } = setUp({ 1: 'as it was' });
    assert.equal(memory.isHealed(healed), true);
    assert.equal(memory.isHealed(alarm(2, 'nginx', 'as it was')), false);
  });

  test('are other alarms once the row was changed', () => {
    const { memory, writes } = setUp({ 1: 'as it was' });
    const changed = alarm(1, 'nginx', 'changed');
    assert.equal(memory.isHealed(changed), false);
    memory.keepOnly([changed]);
    assert.equal(memory.isHealed(healed), false);
    assert.deepEqual(writes, ['forget 1']);
  });

  test('are forgotten when somebody cleared them, and kept while they stand', () => {
    const { memory, writes } = setUp({ 1: 'as it was', 2: 'too' });
    memory.keepOnly([healed]);
    assert.deepEqual(writes, ['forget 2']);
    assert.equal(memory.isHealed(healed), true);
  });

  test('are forgotten when they could be cleared after all', () => {
    const { memory, writes } = setUp({ 1: 'as it was' });
    memory.forgetHealed(healed);
    memory.forgetHealed(healed);
    assert.equal(memory.isHealed(healed), false);
    assert.deepEqual(writes, ['forget 1']);
  });

  test('that are forgotten can be remembered again', () => {
    const { memory, writes } = setUp({ 1: 'as it was' });
    memory.keepOnly([]);
    assert.equal(memory.rememberHealed(healed), true);
    assert.deepEqual(writes, ['forget 1', 'remember 1 as it was']);
  });
});

describe('alarms that an operator was told of', () => {
  test('are new once', () => {
    const { memory } = setUp();
    const [one, two] = [alarm(1, undefined), alarm(2, '$(id)')];
    assert.deepEqual([memory.isNew(one), memory.isNew(one)], [true, false]);
    assert.deepEqual([memory.isNew(two), memory.isNew(two)], [true, false]);
  });

  test('stay told while they stand, whatever happens to their notes', () => {
    const { memory } = setUp();
    memory.isNew(alarm(1, undefined, 'before'));
    const later = alarm(1, undefined, 'after');
    memory.keepOnly([later]);
    assert.equal(memory.isNew(later), false);
  });

  test('are new again when they were gone meanwhile', () => {
    const { memory } = setUp();
    memory.isNew(alarm(1, undefined));
    memory.keepOnly([]);
    assert.equal(memory.isNew(alarm(1, undefined)), true);
  });

  test('are new when they name another process now', () => {
    const { memory } = setUp();
    memory.isNew(alarm(1, undefined));
    for (const name of ['', 'a b', 'null']) {
      assert.equal(memory.isNew(alarm(1, name)), true);
    }
  });
});
