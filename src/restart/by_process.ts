import { searchPath } from '../system/environment.ts';
import { ownUser } from '../system/guarded.ts';
import { recipeOfCommand, recipeOfProgram } from '../system/new_recipe.ts';
import type { RunningProcess } from '../system/process_table.ts';
import { findProgram } from '../system/programs.ts';
import { type Recipe, realUserOf } from '../system/recipe.ts';
import { programNameOf } from '../system/systemd.ts';
import { bringBack } from './by_kept_unit.ts';
import { endAll } from './end_processes.ts';
import { keptUnitsOf } from './kept_units.ts';
import { processesOf } from './processes_of.ts';
import type { RecipeBook } from './recipe_book.ts';
import { recipesOf } from './recipes_of.ts';
import { startOthers } from './start_others.ts';
import { supervisionOf, userOf } from './supervision.ts';
import { type Failure, fillIn, type RestartContext, type Target } from './target.ts';

type Waiting = Pick<RestartContext, 'clock' | 'ending' | 'log' | 'recipes'>;

/**
 * Strategy `process`. Undefined: all of that name, or started for it, ended, and it was started again: by its unit, by
 * its supervisor, or else by this service.
 */
export async function restartByProcess(
  target: Target,
  waiting: Waiting,
): Promise<Failure | undefined> {
  const { clock, ending, log, recipes: book } = waiting;
  const name = nameOf(target);
  const running = processesOf(target);
  const remembered = book.recallKeepers(name);
  const limits = { timeoutMs: target.settings.restart_timeout * 1000, signal: ending };
  const kept = await keptUnitsOf(target, running, remembered.units, limits);
  if ('reason' in kept) {
    return kept;
  }
  const inUnits = new Set(kept.flatMap(({ pids }) => pids));
  const free = running.named.filter(({ pid }) => !inUnits.has(pid));
  // Told before anything is ended: a process that could not be started again is left alone.
  const recipes = kept.length > 0 && free.length === 0 ? [] : recipesFor(target, free, book);
  if (typeof recipes === 'string') {
    return failure(recipes);
  }
  const ended = [...running.named, ...running.others];
  const supervision = supervisionOf(target, free, ended, remembered.supervisors);
  if (ended.length > 0) {
    const units = kept.map(({ unit }) => unit);
    book.rememberKeepers(name, { units, supervisors: supervision.supervisors });
  }
  const alive = await endAll(ended, target.settings.stop_timeout * 1000, clock, ending);
  const stuck = `process ${alive.map(({ pid }) => pid).join(', ')} does not end`;
  const tell = (message: string) =>
    log.warning(`${target.name}: ${message}`, {
      event: 'restart_incomplete',
      process: target.name,
    });
  const units = kept.filter(({ pids }) => !alive.some(({ pid }) => pids.includes(pid)));
  const startable = withoutStuck(recipes, alive);
  if (alive.length > 0 && startable.length + units.length === 0) {
    return failure(stuck);
  }
  if (alive.length > 0) {
    tell(stuck);
  }
  const others = startOthers(target, startable, { supervision, ended, units }, waiting, tell);
  const byUnits = await Promise.all(units.map((unit) => bringBack(target, unit, ended, waiting)));
  const reason = await others;
  return byUnits.find(Boolean) ?? (reason === undefined ? undefined : failure(reason));
}

/** How the restart is told to an operator. */
export function processCommand(target: Target): string {
  const { start_command } = target.settings;
  return start_command
    ? `end ${nameOf(target)}; ${fillIn(start_command, target)}`
    : `end ${nameOf(target)} and start it again`;
}

function nameOf({ settings }: Target): string {
  return programNameOf(settings.system_name);
}

/** What to start afterwards, or why nothing can be. */
function recipesFor(
  target: Target,
  running: readonly RunningProcess[],
  book: RecipeBook,
): readonly Recipe[] | string {
  const { start_command } = target.settings;
  const name = nameOf(target);
  if (start_command) {
    return [recipeOfCommand(fillIn(start_command, target))];
  }
  if (running.length > 0) {
    const told = recipesOf(running);
    book.remember(name, told);
    const isUntold = told.get(ownUser().uid)?.length === 0;
    const recipes = isUntold ? [] : book.recall(name);
    return recipes.length > 0
      ? recipes
      : `the command line of ${name} can't be told; set start_command`;
  }
  const remembered = book.recall(name);
  if (remembered.length > 0) {
    return remembered;
  }
  const program = findProgram(name, searchPath());
  return program === undefined
    ? `${name} does not run and is not in PATH; set system_name or start_command`
    : [recipeOfProgram([program])];
}

/** What can't be ended keeps its own user's from being started beside it, and no other user's. */
function withoutStuck(recipes: readonly Recipe[], alive: readonly RunningProcess[]): Recipe[] {
  const users = new Set(alive.map(({ pid }) => realUserOf(pid)));
  return users.has(ownUser().uid) ? [] : recipes.filter((recipe) => !users.has(userOf(recipe)));
}

function failure(reason: string): Failure {
  return { reason, output: [] };
}
