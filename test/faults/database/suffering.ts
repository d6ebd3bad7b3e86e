import { type Random, randomFrom } from '../../support/random.ts';
import { Belongings } from '../belongings.ts';
import type { Row, Say } from '../trial.ts';
import type { Bed } from './bed.ts';
import type { Fault } from './fault.ts';
import { Memory } from './memory.ts';
import { undergo } from './ordeal.ts';

/** A fault to come; from its seed it is made again. */
export interface Task {
  readonly what: string;
  readonly seed: number;
  make(random: Random): Fault;
}

/** So often, a kind of fault that no service notices is none. */
const ENOUGH = 10;

/** What became of a kind of fault. */
interface Count {
  times: number;
  lost: number;
  noticed: number;
}

/**
 * Each bed takes the next task, and the last bed one from the end, so that those that wait and those that work
 * are together. A bed on which something was lost goes no further: what came next would tell nothing.
 */
export async function sufferAll(
  beds: readonly Bed[],
  tasks: readonly Task[],
  say: Say,
): Promise<Row[]> {
  const counts = new Map<string, Count>();
  for (const { what } of tasks) {
    counts.set(what, { times: 0, lost: 0, noticed: 0 });
  }
  const left = [...tasks];
  const suffer = async (bed: Bed, index: number) => {
    const next = () => (index === beds.length - 1 ? left.pop() : left.shift());
    const belongings = await Belongings.of(bed.service.pid);
    const memory = new Memory(bed.service.pid);
    for (let task = next(); task; task = next()) {
      if (!(await sufferOne(bed, task, counts.get(task.what) as Count, belongings, say))) {
        return;
      }
      memory.look();
    }
    say(`service ${index + 1}: ${memory.verdict()}`);
  };
  await Promise.all(beds.map(suffer));
  tellNoticed(counts, say);
  return [...counts].map(([what, { times, lost }]) => ({ what, times, lost }));
}

async function sufferOne(
  bed: Bed,
  { what, seed, make }: Task,
  count: Count,
  belongings: Belongings,
  say: Say,
): Promise<boolean> {
  const random = randomFrom(seed);
  count.times++;
  try {
    const isNoticed = await undergo(bed, make(random), random, belongings);
    count.noticed += isNoticed ? 1 : 0;
    return true;
  } catch (error) {
    count.lost++;
    say(`LOST with seed ${seed} by: ${what}: ${(error as Error).message}`);
    return false;
  }
}

function tellNoticed(counts: ReadonlyMap<string, Count>, say: Say): void {
  for (const [what, { times, noticed }] of counts) {
    say(`${what}: noticed ${noticed} times of ${times}`);
    if (times >= ENOUGH && noticed === 0) {
      throw new Error(`${what}: not noticed once, so it is no fault`);
    }
  }
}
