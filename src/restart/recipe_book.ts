import { ownUser } from '../system/guarded.ts';
import type { Recipe } from '../system/recipe.ts';
import type { RecipesByUser } from './recipes_of.ts';
import type { Supervisor } from './supervisors.ts';

const MAX_KEPT = 1000;

/** Who starts processes of a name again when they ended. */
export interface Keepers {
  /** The units that they belonged to. */
  readonly units: readonly string[];
  readonly supervisors: readonly Supervisor[];
}

const NOBODY: Keepers = { units: [], supervisors: [] };

/**
 * How the processes that were ended had been started, and by whom: for the next attempt, or the next alarm,
 * when nothing runs any more that could tell. Each user's on its own, so that nobody's take the place of
 * another's. Kept in memory alone, as environments hold secrets.
 */
export class RecipeBook {
  readonly #recipes = new Map<string, RecipesByUser>();
  readonly #keepers = new Map<string, Keepers>();

  remember(name: string, recipes: RecipesByUser): void {
    const all = new Map([...(this.#recipes.get(name) ?? []), ...recipes]);
    setNewest(this.#recipes, name, all);
  }

  /** Those of this service's own user come first. */
  recall(name: string): readonly Recipe[] {
    const others = new Map(this.#recipes.get(name));
    const ours = others.get(ownUser().uid) ?? [];
    others.delete(ownUser().uid);
    return [...ours, ...[...others.values()].flat()];
  }

  rememberKeepers(name: string, keepers: Keepers): void {
    setNewest(this.#keepers, name, keepers);
  }

  recallKeepers(name: string): Keepers {
    return this.#keepers.get(name) ?? NOBODY;
  }
}

function setNewest<T>(book: Map<string, T>, name: string, value: T): void {
  book.delete(name);
  book.set(name, value);
  const [oldest] = book.keys();
  if (book.size > MAX_KEPT && oldest !== undefined) {
    book.delete(oldest);
  }
}
