import type { Clock } from '../system/clock.ts';
import type { RunningProcess } from '../system/process_table.ts';
import { realUserOf } from '../system/recipe.ts';
import { wasStartedFor } from '../system/started.ts';
import { programNameOf } from '../system/systemd.ts';
import { serviceUnitOf } from '../system/unit_of_process.ts';
import { processesNamed } from './processes_of.ts';
import type { Target } from './target.ts';

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 250;

/** A process of the name that somebody else started after the others were ended. */
export interface Newcomer {
  readonly parent: number;
  readonly user: number | undefined;
  /** The system service that it runs in. */
  readonly unit: string | undefined;
}

/** Those that run and are neither among the ended nor started by this service. */
export function newcomersOf(
  { name, settings }: Target,
  ended: readonly RunningProcess[],
): Newcomer[] {
  const isEnded = (process: RunningProcess) =>
    ended.some(({ pid, startTime }) => pid === process.pid && startTime === process.startTime);
  return processesNamed(programNameOf(settings.system_name))
    .filter((process) => !isEnded(process) && !wasStartedFor(name, process.pid))
    .map(({ pid, parent }) => ({ parent, user: realUserOf(pid), unit: serviceUnitOf(pid) }));
}

/** Looks until there is something, or the time is over, or the service ends. */
export async function lookFor<T>(
  look: () => T | undefined | Promise<T | undefined>,
  timeoutMs: number,
  clock: Clock,
  ending: AbortSignal,
): Promise<T | undefined> {
  const deadline = clock.nowMs() + timeoutMs;
  let found = await look();
  for (
    let pauseMs = FIRST_PAUSE_MS;
    found === undefined && clock.nowMs() < deadline && !ending.aborted;
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
  ) {
    await clock.sleep(Math.min(pauseMs, deadline - clock.nowMs()), ending);
    found = await look();
  }
  return found;
}
