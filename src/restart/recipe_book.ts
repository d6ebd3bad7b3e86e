import type { Recipe } from '../system/recipe.ts';

const MAX_KEPT = 1000;

/**
 * How the processes that were ended had been started: for the next attempt, or the next alarm, when
 * nothing runs any more that could tell. Kept in memory alone, as environments hold secrets.
 */
export class RecipeBook {
  readonly #recipes = new Map<string, readonly Recipe[]>();

  remember(name: string, recipes: readonly Recipe[]): void {
    this.#recipes.delete(name);
    this.#recipes.set(name, recipes);
    const [oldest] = this.#recipes.keys();
    if (this.#recipes.size > MAX_KEPT && oldest !== undefined) {
      this.#recipes.delete(oldest);
    }
  }

  recall(name: string): readonly Recipe[] | undefined {
    return this.#recipes.get(name);
  }
}
