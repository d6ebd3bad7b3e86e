import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomFrom } from '../../support/random.ts';
import { roundsOr, SEED } from '../quick.ts';
import { Bed } from './bed.ts';
import { KINDS, randomTasks, sweepTasks } from './database_trial.ts';
import { sufferAll, type Task } from './suffering.ts';

const CUTS = 12;

test('no alarm is lost by a database that fails in any way, and none is healed twice', async (t) => {
  const beds = [await Bed.open(1), await Bed.open(2)] as const;
  t.after(() => Promise.all(beds.map((bed) => bed.close())));
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const random = randomTasks(SEED, roundsOr(KINDS.length), say);
  const cuts = someOf(await sweepTasks(beds[0], SEED, say), CUTS, SEED);
  const rows = await sufferAll(beds, [...random, ...cuts], say);
  assert.equal(
    rows.reduce((sum, { times }) => sum + times, 0),
    random.length + cuts.length,
  );
  assert.ok(
    rows.every(({ lost }) => lost === 0),
    said.join('\n'),
  );
});

function someOf(tasks: readonly Task[], count: number, seed: number): Task[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => tasks[random(tasks.length)] as Task);
}
