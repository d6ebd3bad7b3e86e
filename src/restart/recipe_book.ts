import { ownUser } from '../system/guarded.ts';
import type { Recipe } from '../system/recipe.ts';
import type { RecipesByUser } from './recipes_of.ts';

const MAX_KEPT = 1000;

/**
 * How the processes that were ended had been started: for the next attempt, or the next alarm, when
 * nothing runs any more that could tell. Each user's on its own, so that nobody's take the place of
 * another's. Kept in memory alone, as environments hold secrets.
 */
export class RecipeBook {
  readonly #recipes = new Map<string, RecipesByUser>();

  remember(name: string, recipes: RecipesByUser): void {
    const all = new Map([...(this.#recipes.get(name) ?? []), ...recipes]);
    this.#recipes.delete(name);
    this.#recipes.set(name, all);
    const [oldest] = this.#recipes.keys();
    if (this.#recipes.size > MAX_KEPT && oldest !== undefined) {
      this.#recipes.delete(oldest);
    }
  }

  /** Those of this service's own user come first. */
  recall(name: string): readonly Recipe[] {
    const others = new Map(this.#recipes.get(name));
    const ours = others.get(ownUser().uid) ?? [];
    others.delete(ownUser().uid);
    return [...ours, ...[...others.values()].flat()];
  }
}
