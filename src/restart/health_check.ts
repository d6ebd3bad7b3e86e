import type { Clock } from '../system/clock.ts';
import { type CommandOptions, runCommand } from '../system/command.ts';
import { isCalled, processTable, type RunningProcess } from '../system/process_table.ts';
import { type Limits, programNameOf, systemdRuns } from '../system/systemd.ts';
import { failureOf } from './failure.ts';
import { processesOf } from './processes_of.ts';
import type { Strategy } from './strategy.ts';
import { type Failure, fillIn, type Target } from './target.ts';
import { lookAtUnit, lookAtUnitsOf } from './unit_look.ts';

/** One look at the process. Undefined: it is healthy. Ends by itself within the limit. */
export type Look = (limitMs: number) => Promise<Failure | undefined>;

export interface Patience {
  /** How long to wait for the first pass. */
  readonly timeoutMs: number;
  /** How much later it must pass once more; 0: no second look. */
  readonly stableMs: number;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;
/** What the last look has for itself before the timeout. */
const LAST_LOOK_MS = 250;

/** Looks at once, then at growing pauses, until the process is healthy and stays so. Undefined: it does. */
export async function verify(
  look: Look,
  patience: Patience,
  clock: Clock,
  ending: AbortSignal,
): Promise<Failure | undefined> {
  const failure = await untilHealthy(look, patience.timeoutMs, clock, ending);
  if (failure || patience.stableMs === 0) {
    return failure;
  }
  await clock.sleep(patience.stableMs, ending);
  return ending.aborted ? INTERRUPTED : await look(patience.timeoutMs);
}

/** The configured check; the default one is answered by systemd, or from the process table. */
export function lookAt(
  target: Target,
  strategy: Strategy,
  options: Pick<CommandOptions, 'signal' | 'onStart' | 'onEnd'>,
): Look {
  const { health_check_command, health_check_timeout } = target.settings;
  if (health_check_command === DEFAULT_CHECK) {
    return (timeoutMs) => lookForProcess(target, strategy, { ...options, timeoutMs });
  }
  const command = fillIn(health_check_command, target);
  return async (timeoutMs) => {
    const result = await runCommand(command, { ...options, timeoutMs, leftovers: 'end' });
    // What it had left of the time is nothing to the operator, who set the whole.
    const afterMs = health_check_timeout * 1000;
    return failureOf(
      result.ending.kind === 'timed out'
        ? { ...result, ending: { ...result.ending, afterMs } }
        : result,
    );
  };
}

const INTERRUPTED: Failure = { reason: 'interrupted', output: [] };
/** Answered by this service, and no command. */
export const DEFAULT_CHECK = 'pgrep %s';

async function untilHealthy(
  look: Look,
  timeoutMs: number,
  clock: Clock,
  ending: AbortSignal,
): Promise<Failure | undefined> {
  const deadline = clock.nowMs() + timeoutMs;
  const leftMs = () => deadline - clock.nowMs();
  let failure = await look(timeoutMs);
  for (let pauseMs = FIRST_PAUSE_MS; failure && !ending.aborted; pauseMs *= 2) {
    const pause = Math.min(pauseMs, LONGEST_PAUSE_MS, leftMs() - LAST_LOOK_MS);
    if (pause <= 0) {
      break;
    }
    await clock.sleep(pause, ending);
    failure = await look(Math.max(1, leftMs()));
  }
  return failure;
}

/** The state of the unit behind the process, where there is one; else what `pgrep NAME` would tell. */
async function lookForProcess(
  target: Target,
  strategy: Strategy,
  limits: Limits,
): Promise<Failure | undefined> {
  if (strategy.kind === 'service' && systemdRuns()) {
    return await lookAtUnit(strategy.unit, limits);
  }
  const running = lookByName(target, strategy);
  if ('reason' in running) {
    return running;
  }
  return systemdRuns() ? await lookAtUnitsOf(running, limits) : undefined;
}

/**
 * With names over 15 characters, and without zombies or the shell that asks. The `process` strategy knows the
 * program's whole name.
 */
function lookByName(target: Target, strategy: Strategy): readonly RunningProcess[] | Failure {
  const name = programNameOf(target.settings.system_name);
  const table = processTable();
  const running = table.filter((process) =>
    strategy.kind === 'process' ? isCalled(process, name) : process.name.includes(name),
  );
  const hint = strategy.kind === 'process' ? otherNames(target, table) : '';
  return running.length > 0 ? running : { reason: `no process ${name}${hint}`, output: [] };
}

const TOLD_NAMES = 3;

/** What only this service can know: that it runs, as a program of another name. */
function otherNames(target: Target, table: readonly RunningProcess[]): string {
  const names = new Set(processesOf(target, table).others.map((process) => process.name));
  const told = [...names].slice(0, TOLD_NAMES).join(', ');
  return told && ` (what was started for it is called ${told}: set health_check_command)`;
}
