import { searchPath } from '../system/environment.ts';
import { launch, recipeOfCommand, recipeOfProgram } from '../system/launch.ts';
import { isAlive } from '../system/proc.ts';
import { processTable, type RunningProcess } from '../system/process_table.ts';
import { findProgram } from '../system/programs.ts';
import { isSameRecipe, type Recipe, recipeOf } from '../system/recipe.ts';
import { type Failure, fillIn, type RestartContext, type Target } from './target.ts';

const POLL_MS = 25;
/** How long the kernel may take to end a process after SIGKILL. */
const KILL_MS = 5000;

type Waiting = Pick<RestartContext, 'clock' | 'ending'>;

/** Strategy `process`. Undefined: all of that name ended, and it was started. */
export async function restartByProcess(
  target: Target,
  waiting: Waiting,
): Promise<Failure | undefined> {
  const running = processesNamed(target.settings.system_name);
  // Told before anything is ended: a process that could not be started again is left alone.
  const recipes = recipesFor(target, running);
  if (typeof recipes === 'string') {
    return failure(recipes);
  }
  const alive = await endAll(running, target.settings.stop_timeout * 1000, waiting);
  if (alive.length > 0) {
    const pids = alive.map(({ pid }) => pid).join(', ');
    return failure(waiting.ending.aborted ? 'interrupted' : `process ${pids} does not end`);
  }
  if (processesNamed(target.settings.system_name).length > 0) {
    return undefined; // somebody else started it again: a second copy would be one too many
  }
  for (const recipe of recipes) {
    const reason = await launch(recipe);
    if (reason !== undefined) {
      return failure(reason);
    }
  }
  return undefined;
}

/** How the restart is told to an operator. */
export function processCommand(target: Target): string {
  const { start_command, system_name } = target.settings;
  return start_command
    ? `end ${system_name}; ${fillIn(start_command, target)}`
    : `end ${system_name} and start it again`;
}

export function processesNamed(name: string): RunningProcess[] {
  return processTable().filter((process) => process.name === name);
}

/** What to start afterwards, or why nothing can be. */
function recipesFor(target: Target, running: readonly RunningProcess[]): Recipe[] | string {
  const { start_command, system_name } = target.settings;
  if (start_command) {
    return [recipeOfCommand(fillIn(start_command, target))];
  }
  if (running.length > 0) {
    return (
      ownRecipes(running) ?? `the command line of ${system_name} can't be told; set start_command`
    );
  }
  const program = findProgram(system_name, searchPath());
  return program === undefined
    ? `${system_name} does not run and is not in PATH; set start_command`
    : [recipeOfProgram([program])];
}

/** Workers are started by their parent; of copies started alike, each is started again. */
function ownRecipes(running: readonly RunningProcess[]): Recipe[] | undefined {
  const pids = new Set(running.map(({ pid }) => pid));
  const recipes = running.filter(({ parent }) => !pids.has(parent)).map(({ pid }) => recipeOf(pid));
  const known = recipes.filter((recipe) => recipe !== undefined);
  return known.length === recipes.length ? distinct(known) : undefined;
}

function distinct(recipes: readonly Recipe[]): Recipe[] {
  return recipes.filter(
    (recipe, index) => recipes.findIndex((other) => isSameRecipe(other, recipe)) === index,
  );
}

/** Ends them, with SIGKILL after the timeout; what is alive even then is returned. */
async function endAll(
  running: readonly RunningProcess[],
  timeoutMs: number,
  waiting: Waiting,
): Promise<RunningProcess[]> {
  const stubborn = await endWith('SIGTERM', running, timeoutMs, waiting);
  return waiting.ending.aborted ? stubborn : await endWith('SIGKILL', stubborn, KILL_MS, waiting);
}

async function endWith(
  signal: NodeJS.Signals,
  running: readonly RunningProcess[],
  timeoutMs: number,
  { clock, ending }: Waiting,
): Promise<RunningProcess[]> {
  let alive = running.filter(isAlive);
  for (const { pid } of alive) {
    send(signal, pid);
  }
  const deadline = clock.nowMs() + timeoutMs;
  alive = alive.filter(isAlive);
  while (alive.length > 0 && clock.nowMs() < deadline && !ending.aborted) {
    await clock.sleep(POLL_MS, ending);
    alive = alive.filter(isAlive);
  }
  return alive;
}

function send(signal: NodeJS.Signals, pid: number): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone, or not ours to end: whether it is alive afterwards tells which.
  }
}

function failure(reason: string): Failure {
  return { reason, output: [] };
}
