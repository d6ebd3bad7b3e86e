import { createHash } from 'node:crypto';
import { ownUser } from '../system/guarded.ts';
import type { RunningProcess } from '../system/process_table.ts';
import { type Recipe, realUserOf, recipeOf } from '../system/recipe.ts';

/** More different command lines of one name and user are not a service's, but somebody's who wants to hold it up. */
const MAX_RECIPES = 16;
/** What all of them together may take in memory. */
const MAX_BYTES = 4 * 1024 * 1024;
/** Another user's processes beyond these are not looked at: he may have as many as he likes. */
const MAX_STRANGERS = 100;

/** How each user's processes are started again, this service's user first; none: it can't be told. */
export type RecipesByUser = ReadonlyMap<number, readonly Recipe[]>;

/**
 * Workers are started by their parent, and copies that were started alike are started once. What one user
 * runs, however odd or much, never stands in the way of another's.
 */
export function recipesOf(running: readonly RunningProcess[]): RecipesByUser {
  const pids = new Set(running.map(({ pid }) => pid));
  const first = running.filter(({ parent }) => !pids.has(parent));
  const byUser = Map.groupBy(first, ({ pid }) => realUserOf(pid));
  return new Map(
    [...byUser].flatMap(([user, processes]) =>
      user === undefined ? [] : [[user, recipesOfUser(user, processes)]],
    ),
  );
}

/** All of its own user's have to be told, or none is; another's that can't be told is left out. */
function recipesOfUser(user: number, processes: readonly RunningProcess[]): readonly Recipe[] {
  const isOurs = user === ownUser().uid;
  const recipes = new Map<string, Recipe>();
  let bytes = 0;
  for (const process of isOurs ? processes : processes.slice(0, MAX_STRANGERS)) {
    const recipe = recipeOf(process);
    if (recipe === undefined && isOurs && realUserOf(process.pid) === user) {
      return [];
    }
    const text = JSON.stringify(recipe ?? null);
    const key = createHash('sha256').update(text).digest('hex');
    if (recipe !== undefined && !recipes.has(key)) {
      recipes.set(key, recipe);
      bytes += text.length;
    }
    if (recipes.size > MAX_RECIPES || bytes > MAX_BYTES) {
      return [];
    }
  }
  return [...recipes.values()];
}
