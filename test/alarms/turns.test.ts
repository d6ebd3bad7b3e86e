import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Turns } from '../../src/alarms/turns.ts';
import { settled } from '../system/fake_clock.ts';

/** Work that notes its start, and ends when it is told to. */
function makeWork(notes: string[]) {
  const ends = new Map<string, () => void>();
  const work = (name: string) => () =>
    new Promise<string>((resolve) => {
      notes.push(name);
      ends.set(name, () => resolve(name));
    });
  return { work, end: (name: string) => ends.get(name)?.() };
}

describe('turns', () => {
  test('come one at a time, in the order of asking', async () => {
    const notes: string[] = [];
    const { work, end } = makeWork(notes);
    const turns = new Turns();
    const first = turns.take(work('first'));
    const second = turns.take(work('second'));
    assert.deepEqual(notes, ['first']);
    end('first');
    assert.equal(await first, 'first');
    await settled();
    assert.deepEqual(notes, ['first', 'second']);
    end('second');
    assert.equal(await second, 'second');
  });

  test('who may go ahead waits for the one that runs, and for no other', async () => {
    const notes: string[] = [];
    const { work, end } = makeWork(notes);
    const turns = new Turns();
    const first = turns.take(work('first'));
    void turns.take(work('second'));
    void turns.take(work('check'), { ahead: true });
    end('first');
    await first;
    await settled();
    assert.deepEqual(notes, ['first', 'check']);
  });

  test('a failure reaches who asked, and the next one has its turn', async () => {
    const turns = new Turns();
    const failing = turns.take(async () => assert.fail('broken'));
    const next = turns.take(async () => 'next');
    await assert.rejects(failing, /broken/);
    assert.equal(await next, 'next');
  });

  test('idle means that nothing runs or waits, not even what is asked for meanwhile', async () => {
    const notes: string[] = [];
    const turns = new Turns();
    void turns.take(async () => {
      notes.push('first');
      void turns.take(async () => void notes.push('second'));
    });
    await turns.idle();
    assert.deepEqual(notes, ['first', 'second']);
    await turns.idle();
  });
});
