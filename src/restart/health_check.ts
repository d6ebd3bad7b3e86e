import type { Clock } from '../system/clock.ts';
import { runCommand } from '../system/command.ts';
import { processTable } from '../system/process_table.ts';
import { failureOf } from './failure.ts';
import type { Strategy } from './strategy.ts';
import { type Failure, fillIn, type Target } from './target.ts';

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

/** The configured check; the default one is answered from the process table. */
export function lookAt(target: Target, strategy: Strategy, ending: AbortSignal): Look {
  const { health_check_command, system_name } = target.settings;
  if (health_check_command === DEFAULT_CHECK) {
    return async () => lookForProgram(system_name, strategy.kind === 'process');
  }
  const command = fillIn(health_check_command, target);
  return async (limitMs) =>
    failureOf(await runCommand(command, { timeoutMs: limitMs, signal: ending, leftovers: 'end' }));
}

const INTERRUPTED: Failure = { reason: 'interrupted', output: [] };
const DEFAULT_CHECK = 'pgrep %s';

async function untilHealthy(
  look: Look,
  timeoutMs: number,
  clock: Clock,
  ending: AbortSignal,
): Promise<Failure | undefined> {
  const deadline = clock.nowMs() + timeoutMs;
  const leftMs = () => deadline - clock.nowMs();
  let failure = await look(timeoutMs);
  let pauseMs = FIRST_PAUSE_MS;
  while (failure && leftMs() > pauseMs && !ending.aborted) {
    await clock.sleep(pauseMs, ending);
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    failure = await look(Math.max(1, leftMs()));
  }
  return failure;
}

/**
 * What `pgrep NAME` would tell, with names over 15 characters, and without zombies or the shell that asks.
 * The `process` strategy knows the program's whole name; a unit's program may be called a little otherwise.
 */
function lookForProgram(name: string, isWholeName: boolean): Failure | undefined {
  const isRunning = processTable().some((process) =>
    isWholeName ? process.name === name : process.name.includes(name),
  );
  return isRunning ? undefined : { reason: `no process ${name}`, output: [] };
}
