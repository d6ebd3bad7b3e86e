import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startAll } from '../../src/restart/start_all.ts';
import { recipeOfProgram } from '../../src/system/new_recipe.ts';
import type { Recipe } from '../../src/system/recipe.ts';

const ours = (program: string): Recipe => recipeOfProgram([program]);
const theirs = (program: string, uid = 5): Recipe => ({
  ...ours(program),
  user: { uid, gid: uid, groups: [] },
});

/** Starts all but those called `bad`; gives the reason, what was started and what was told. */
async function start(recipes: Recipe[]) {
  const started: string[] = [];
  const told: string[] = [];
  const reason = await startAll(
    recipes,
    async ({ argv: [program = ''] }) => {
      started.push(program);
      return program.startsWith('bad') ? `${program} fails` : undefined;
    },
    (message) => told.push(message),
  );
  return { reason, started, told };
}

describe('of several command lines', () => {
  test('those of the service’s own user are started first', async () => {
    const { started } = await start([theirs('b'), ours('a'), theirs('c', 6), ours('d')]);
    assert.deepEqual(started, ['a', 'd', 'b', 'c']);
  });

  test('every one is started, and the first reason of ours told', async () => {
    const { reason, started } = await start([ours('bad 1'), ours('bad 2'), ours('c')]);
    assert.equal(reason, 'bad 1 fails');
    assert.equal(started.length, 3);
  });

  test('another user’s that fails is told, and is no failure', async () => {
    const { reason, told } = await start([theirs('bad'), ours('a')]);
    assert.equal(reason, undefined);
    assert.deepEqual(told, ['that of user 5 was not started: bad fails']);
  });

  test('another user’s that runs does not cover that ours failed', async () => {
    assert.equal((await start([theirs('b'), ours('bad')])).reason, 'bad fails');
  });

  test('without one of ours, it is a failure where none started', async () => {
    assert.equal((await start([theirs('bad 1'), theirs('bad 2', 6)])).reason, 'bad 1 fails');
    assert.equal((await start([theirs('bad'), theirs('b', 6)])).reason, undefined);
  });

  test('none is no failure', async () => {
    assert.equal((await start([])).reason, undefined);
  });
});
