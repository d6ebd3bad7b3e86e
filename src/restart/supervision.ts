import { ownUser } from '../system/guarded.ts';
import { isAlive } from '../system/proc.ts';
import type { RunningProcess } from '../system/process_table.ts';
import { type Recipe, realUserOf } from '../system/recipe.ts';
import { recipesOf } from './recipes_of.ts';
import { type Supervised, type Supervisor, supervisedOf } from './supervisors.ts';
import type { Target } from './target.ts';

/** Which starts wait, as a supervisor may make them. */
export interface Supervision {
  readonly supervisors: readonly Supervisor[];
  readonly isAwaited: (recipe: Recipe) => boolean;
}

/**
 * `free`: what no unit starts again. Of a start_command nobody knows as which user its program runs, so it waits for
 * every supervisor; so does the start of what is dead, for those that it had (`remembered`).
 */
export function supervisionOf(
  { settings }: Target,
  free: readonly RunningProcess[],
  ended: readonly RunningProcess[],
  remembered: readonly Supervisor[],
): Supervision {
  if (ended.length === 0) {
    const supervisors = remembered.filter(isAlive);
    return { supervisors, isAwaited: () => supervisors.length > 0 };
  }
  const supervised = supervisedOf(free, ended);
  const supervisors = supervised.flatMap((one) => one.supervisors);
  const isAwaited = settings.start_command
    ? () => supervised.length > 0
    : awaitedOf(supervised, free, ended);
  return { supervisors, isAwaited };
}

/** A copy that nobody supervises does not come back with those of its user that somebody does. */
function awaitedOf(
  supervised: readonly Supervised[],
  free: readonly RunningProcess[],
  ended: readonly RunningProcess[],
): (recipe: Recipe) => boolean {
  const users = new Set(supervised.map(({ process }) => realUserOf(process.pid)));
  const isKin = (process: RunningProcess) => supervised.some((one) => one.process === process);
  const pids = new Set(ended.map(({ pid }) => pid));
  const bare = free.filter((process) => !pids.has(process.parent) && !isKin(process));
  const told = supervised.length > 0 ? [...recipesOf(bare).values()].flat() : [];
  const keys = new Set(told.map((recipe) => JSON.stringify(recipe)));
  return (recipe) => users.has(userOf(recipe)) && !keys.has(JSON.stringify(recipe));
}

/** Who runs what is started by it. */
export function userOf({ user }: Recipe): number {
  return user?.uid ?? ownUser().uid;
}
