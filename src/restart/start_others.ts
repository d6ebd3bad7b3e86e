import { launch } from '../system/launch.ts';
import { allStats } from '../system/proc.ts';
import type { RunningProcess } from '../system/process_table.ts';
import type { Recipe } from '../system/recipe.ts';
import { programNameOf } from '../system/systemd.ts';
import { lookFor, type Newcomer, newcomersOf } from './comeback.ts';
import type { KeptUnit } from './kept_units.ts';
import { startAll } from './start_all.ts';
import { type Supervision, userOf } from './supervision.ts';
import { anyAlive, supervisorsOf } from './supervisors.ts';
import { patienceMs, type RestartContext, sayer, type Target } from './target.ts';

/** What was ended, and who may start it again. */
export interface Ended {
  readonly ended: readonly RunningProcess[];
  readonly supervision: Supervision;
  /** Units that start their own processes. */
  readonly units: readonly KeptUnit[];
}

/** Starts what nobody else starts again. Undefined: all of it runs, else the reason why not. */
export async function startOthers(
  target: Target,
  recipes: readonly Recipe[],
  { ended, supervision, units }: Ended,
  context: Pick<RestartContext, 'clock' | 'ending' | 'log'>,
  tell: (message: string) => void,
): Promise<string | undefined> {
  const { clock, ending } = context;
  const say = sayer(target, context.log);
  const { supervisors, isAwaited } = supervision;
  const newcomers = () =>
    newcomersOf(target, ended).filter(({ unit }) => units.every((kept) => kept.unit !== unit));
  const isBack = (recipe: Recipe, found: readonly Newcomer[]) =>
    found.some(({ user }) => target.settings.start_command || user === userOf(recipe));
  const awaited = recipes.filter(isAwaited);

  const waitOnce = async (): Promise<void> => {
    const [first] = supervisors;
    const seconds = patienceMs(target) / 1000;
    say(
      `runs under ${first?.command} (PID ${first?.pid}): waiting up to ${seconds} seconds for it`,
    );
    await lookFor(
      () =>
        awaited.every((recipe) => isBack(recipe, newcomers())) ||
        !anyAlive(supervisors) ||
        undefined,
      patienceMs(target),
      clock,
      ending,
    );
  };
  const wait = awaited.length > 0 ? waitOnce() : undefined;

  const start = async (recipe: Recipe): Promise<string | undefined> => {
    if (!isAwaited(recipe)) {
      const found = newcomers().filter(({ parent }) => !isBelow(parent, supervision));
      return isBack(recipe, found) ? undefined : await launchIt(recipe);
    }
    await wait;
    if (isBack(recipe, newcomers())) {
      say('came back by itself');
      return undefined;
    }
    if (ending.aborted) {
      return 'interrupted';
    }
    say('did not come back by itself, starting it');
    return await launchIt(recipe);
  };
  const launchIt = (recipe: Recipe) =>
    launch(recipe, programNameOf(target.settings.system_name), target.name);

  return await startAll(
    [...recipes.filter((recipe) => !isAwaited(recipe)), ...awaited],
    start,
    tell,
  );
}

/** Is it a child of a supervisor, or further down? */
function isBelow(parent: number, { supervisors }: Supervision): boolean {
  if (supervisors.length === 0) {
    return false;
  }
  const stats = new Map(allStats().map((stat) => [stat.pid, stat]));
  const line = supervisorsOf({ parent }, stats, new Set());
  return line.some(({ pid }) => supervisors.some((supervisor) => supervisor.pid === pid));
}
