import type { Recipe } from '../system/recipe.ts';

/** Starts one. Undefined: it runs, else the reason why not. */
type Start = (recipe: Recipe) => Promise<string | undefined>;

/**
 * Starts all of them, whatever becomes of one: those of this service's own user in turn, then the others' at
 * once, as each may take its time. Why another user's did not start is told; it is the reason of a
 * failure only where there is none of ours, and none of them started.
 */
export async function startAll(
  recipes: readonly Recipe[],
  start: Start,
  tell: (message: string) => void,
): Promise<string | undefined> {
  const ours: (string | undefined)[] = [];
  for (const recipe of recipes.filter(isOurs)) {
    ours.push(await start(recipe));
  }
  const strangers = recipes.filter((recipe) => !isOurs(recipe));
  const others = await Promise.all(strangers.map(start));
  for (const [index, reason] of others.entries()) {
    if (reason !== undefined) {
      tell(`that of user ${strangers[index]?.user?.uid} was not started: ${reason}`);
    }
  }
  const isOneRunning = others.includes(undefined);
  return ours.length > 0 || isOneRunning
    ? ours.find((reason) => reason !== undefined)
    : others.find((reason) => reason !== undefined);
}

function isOurs({ user }: Recipe): boolean {
  return user === undefined;
}
