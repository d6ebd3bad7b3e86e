import type { Clock } from '../system/clock.ts';
import { searchPath } from '../system/environment.ts';
import { launch } from '../system/launch.ts';
import { recipeOfCommand, recipeOfProgram } from '../system/new_recipe.ts';
import { isAlive } from '../system/proc.ts';
import type { RunningProcess } from '../system/process_table.ts';
import { findProgram } from '../system/programs.ts';
import { distinctRecipes, type Recipe, realUserOf, recipeOf } from '../system/recipe.ts';
import { programNameOf } from '../system/systemd.ts';
import { processesNamed, processesOf } from './processes_of.ts';
import type { RecipeBook } from './recipe_book.ts';
import { type Failure, fillIn, type RestartContext, type Target } from './target.ts';

const POLL_MS = 25;
/** More different command lines of one name are not a service's, but somebody's who wants to hold up the others. */
const MAX_RECIPES = 16;
/** How long the kernel may take to end a process after SIGKILL. */
const KILL_MS = 5000;

type Waiting = Pick<RestartContext, 'clock' | 'ending' | 'recipes'>;

/** Strategy `process`. Undefined: all of that name, or started for it, ended, and it was started. */
export async function restartByProcess(
  target: Target,
  waiting: Waiting,
): Promise<Failure | undefined> {
  const { named, others } = processesOf(target);
  // Told before anything is ended: a process that could not be started again is left alone.
  const recipes = recipesFor(target, named, waiting.recipes);
  if (typeof recipes === 'string') {
    return failure(recipes);
  }
  const alive = await endAll([...named, ...others], target.settings.stop_timeout * 1000, waiting);
  if (alive.length > 0) {
    return failure(`process ${alive.map(({ pid }) => pid).join(', ')} does not end`);
  }
  for (const recipe of withoutStartedAgain(recipes, target)) {
    const reason = await launch(recipe, nameOf(target), target.name);
    if (reason !== undefined) {
      return failure(reason);
    }
  }
  return undefined;
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
    const own = ownRecipes(running);
    book.remember(name, own ?? []);
    return own ?? `the command line of ${name} can't be told; set start_command`;
  }
  const remembered = book.recall(name) ?? [];
  if (remembered.length > 0) {
    return remembered;
  }
  const program = findProgram(name, searchPath());
  return program === undefined
    ? `${name} does not run and is not in PATH; set system_name or start_command`
    : [recipeOfProgram([program])];
}

/**
 * Workers are started by their parent, and copies that were started alike are started once. A process of
 * another user that can't be told is left out where the others can, and so are those of others where there
 * are too many: a stranger's must not stand in the way.
 */
function ownRecipes(running: readonly RunningProcess[]): readonly Recipe[] | undefined {
  const pids = new Set(running.map(({ pid }) => pid));
  const first = running.filter(({ parent }) => !pids.has(parent));
  const told = first.map((process) => ({ process, recipe: recipeOf(process) }));
  const untold = told.filter(({ recipe }) => recipe === undefined);
  const isAmiss = untold.some(({ process }) => realUserOf(process.pid) === ownUser());
  const recipes = distinctRecipes(told.flatMap(({ recipe }) => recipe ?? []));
  const ours = recipes.filter(({ user }) => user === undefined);
  const chosen = recipes.length > MAX_RECIPES ? ours : recipes;
  return isAmiss || chosen.length === 0 || chosen.length > MAX_RECIPES ? undefined : chosen;
}

/** Where somebody else, as a supervisor, started it again for that user, a second copy would be one too many. */
function withoutStartedAgain(recipes: readonly Recipe[], target: Target): Recipe[] {
  const users = new Set(processesNamed(nameOf(target)).map(({ pid }) => realUserOf(pid)));
  return recipes.filter(({ user }) => !users.has(user?.uid ?? ownUser()));
}

function ownUser(): number {
  return process.getuid?.() ?? 0;
}

/**
 * Ends them, with SIGKILL after the timeout; what is alive even then is returned. The first signal is the
 * point of no return: a service that ends meanwhile cuts the patience short, and starts them all the same.
 */
async function endAll(
  running: readonly RunningProcess[],
  timeoutMs: number,
  { clock, ending }: Waiting,
): Promise<RunningProcess[]> {
  const stubborn = await endWith('SIGTERM', running, timeoutMs, clock, ending);
  return await endWith('SIGKILL', stubborn, KILL_MS, clock);
}

async function endWith(
  signal: NodeJS.Signals,
  running: readonly RunningProcess[],
  timeoutMs: number,
  clock: Clock,
  ending?: AbortSignal,
): Promise<RunningProcess[]> {
  const deadline = clock.nowMs() + timeoutMs;
  for (const process of running) {
    send(signal, process);
  }
  let alive = running.filter(isAlive);
  while (alive.length > 0 && clock.nowMs() < deadline && !ending?.aborted) {
    await clock.sleep(POLL_MS, ending);
    alive = alive.filter(isAlive);
  }
  return alive;
}

function send(signal: NodeJS.Signals, running: RunningProcess): void {
  try {
    if (isAlive(running)) {
      process.kill(running.pid, signal);
    }
  } catch {
    // It is gone, or not ours to end: whether it is alive afterwards tells which.
  }
}

function failure(reason: string): Failure {
  return { reason, output: [] };
}
