import type { Clock } from '../system/clock.ts';
import { searchPath } from '../system/environment.ts';
import { ownUser } from '../system/guarded.ts';
import { launch } from '../system/launch.ts';
import { recipeOfCommand, recipeOfProgram } from '../system/new_recipe.ts';
import { isAlive } from '../system/proc.ts';
import type { RunningProcess } from '../system/process_table.ts';
import { findProgram } from '../system/programs.ts';
import { type Recipe, realUserOf } from '../system/recipe.ts';
import { programNameOf } from '../system/systemd.ts';
import { processesNamed, processesOf } from './processes_of.ts';
import type { RecipeBook } from './recipe_book.ts';
import { recipesOf } from './recipes_of.ts';
import { startAll } from './start_all.ts';
import { type Failure, fillIn, type RestartContext, type Target } from './target.ts';

const POLL_MS = 25;
/** How long the kernel may take to end a process after SIGKILL. */
const KILL_MS = 5000;

type Waiting = Pick<RestartContext, 'clock' | 'ending' | 'log' | 'recipes'>;

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
  const free = withoutStuck(recipes, alive);
  const stuck = `process ${alive.map(({ pid }) => pid).join(', ')} does not end`;
  const tell = (message: string) =>
    waiting.log.warning(`${target.name}: ${message}`, {
      event: 'restart_incomplete',
      process: target.name,
    });
  if (alive.length > 0 && free.length === 0) {
    return failure(stuck);
  }
  if (alive.length > 0) {
    tell(stuck);
  }
  const isStartedAgain = startedAgain(target);
  const start = async (recipe: Recipe) =>
    isStartedAgain(recipe) ? undefined : await launch(recipe, nameOf(target), target.name);
  const reason = await startAll(free, start, tell);
  return reason === undefined ? undefined : failure(reason);
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

/** Where somebody else, as a supervisor, started it again for that user, a second copy would be one too many. */
function startedAgain(target: Target): (recipe: Recipe) => boolean {
  const users = new Set(processesNamed(nameOf(target)).map(({ pid }) => realUserOf(pid)));
  return (recipe) => users.has(userOf(recipe));
}

function userOf({ user }: Recipe): number {
  return user?.uid ?? ownUser().uid;
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
    send('SIGCONT', process); // a stopped one acts on SIGTERM only once it goes on
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
