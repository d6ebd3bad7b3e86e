import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RestartPool } from '../../src/monitor/restart_pool.ts';
import { settled } from '../system/fake_clock.ts';

/** A pool whose restarts end when the test says so. */
function setUp(max: number) {
  const options = { max };
  const pool = new RestartPool(() => options.max);
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  const run = (name: string) =>
    pool.run(name, () => {
      begun.push(name);
      const end = Promise.withResolvers<string>();
      ends.set(name, end);
      return end.promise;
    });
  const end = async (name: string) => {
    ends.get(name)?.resolve(`${name} done`);
    await settled();
  };
  const fail = (name: string) => ends.get(name)?.reject(new Error(`${name} failed`));
  return { pool, options, begun, run, end, fail };
}

describe('restarts beside each other', () => {
  test('begin at once up to max_parallel_restarts, the others in order as turns come', async () => {
    const { run, begun, end } = setUp(2);
    const results = ['a', 'b', 'c', 'd', 'e'].map(run);
    await settled();
    assert.deepEqual(begun, ['a', 'b']);
    await end('b');
    assert.deepEqual(begun, ['a', 'b', 'c']);
    await end('a');
    await end('c');
    assert.deepEqual(begun, ['a', 'b', 'c', 'd', 'e']);
    await end('d');
    await end('e');
    assert.deepEqual(await Promise.all(results), [
      'a done',
      'b done',
      'c done',
      'd done',
      'e done',
    ]);
  });

  test('begin one by one, so that checks and answers have their turn among hundreds of starts', async () => {
    const { run, begun, end } = setUp(300);
    const names = Array.from({ length: 300 }, (_, number) => `p${number}`);
    const results = names.map(run);
    let most = 0;
    for (let before = 0; begun.length < names.length; before = begun.length) {
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, begun.length - before);
    }
    assert.ok(most <= 2, `${most} in one turn of the event loop`);
    await Promise.all(names.map(end));
    await Promise.all(results);
  });

  test('one that takes long takes one place only', async () => {
    const { run, begun, end } = setUp(2);
    const results = ['long', ...Array.from({ length: 20 }, (_, number) => `p${number}`)].map(run);
    await settled();
    for (let number = 0; number < 20; number++) {
      await end(`p${number}`);
    }
    assert.equal(begun.length, 21);
    await end('long');
    await Promise.all(results);
  });

  test('one that throws tells so and gives its place back', async () => {
    const { pool, run, begun, end, fail } = setUp(1);
    const failing = run('a');
    const next = run('b');
    await settled();
    fail('a');
    await assert.rejects(failing, /^Error: a failed$/);
    await settled();
    assert.deepEqual(begun, ['a', 'b']);
    assert.equal(pool.has('a'), false);
    await end('b');
    assert.equal(await next, 'b done');
  });
});

test('a name is known while its restart waits and while it runs, and not afterwards', async () => {
  const { pool, run, end } = setUp(1);
  assert.equal(pool.has('b'), false);
  const results = [run('a'), run('b')];
  await settled();
  assert.deepEqual([pool.has('a'), pool.has('b')], [true, true]);
  await end('a');
  assert.deepEqual([pool.has('a'), pool.has('b')], [false, true]);
  await end('b');
  assert.deepEqual([pool.has('a'), pool.has('b')], [false, false]);
  await Promise.all(results);
});

describe('a changed max_parallel_restarts', () => {
  test('that is higher lets more begin at once, and not only when one of those that run ends', async () => {
    const { pool, run, options, begun, end } = setUp(1);
    const results = ['a', 'b', 'c', 'd'].map(run);
    await settled();
    options.max = 3;
    pool.resized();
    await settled();
    assert.deepEqual(begun, ['a', 'b', 'c']);
    for (const name of ['a', 'b', 'c', 'd']) {
      await end(name);
    }
    await Promise.all(results);
  });

  test('that is lower ends nothing, and lets none begin until enough have ended', async () => {
    const { run, options, begun, end } = setUp(3);
    const results = ['a', 'b', 'c', 'd'].map(run);
    await settled();
    options.max = 1;
    await end('a');
    await end('b');
    assert.deepEqual(begun, ['a', 'b', 'c']);
    await end('c');
    assert.deepEqual(begun, ['a', 'b', 'c', 'd']);
    await end('d');
    await Promise.all(results);
  });
});

describe('a pool that is closed', () => {
  test('lets what runs finish, and what waits go undone', async () => {
    const { pool, run, begun, end } = setUp(1);
    const [running, waiting, last] = ['a', 'b', 'c'].map(run);
    await settled();
    pool.close();
    assert.deepEqual([await waiting, await last], [undefined, undefined]);
    assert.deepEqual([pool.has('a'), pool.has('b')], [true, false]);
    await end('a');
    assert.equal(await running, 'a done');
    assert.deepEqual(begun, ['a']);
  });

  test('begins nothing any more', async () => {
    const { pool, run, begun } = setUp(8);
    pool.close();
    assert.equal(await run('a'), undefined);
    assert.deepEqual(begun, []);
    assert.equal(pool.has('a'), false);
  });
});
