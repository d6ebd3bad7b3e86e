import type { Clock } from '../system/clock.ts';
import { isAlive } from '../system/proc.ts';
import type { RunningProcess } from '../system/process_table.ts';

const POLL_MS = 25;
/** How long the kernel may take to end a process after SIGKILL. */
const KILL_MS = 5000;

/**
 * Ends them, with SIGKILL after the timeout; what is alive even then is returned. A service that ends meanwhile cuts
 * the patience short.
 */
export async function endAll(
  running: readonly RunningProcess[],
  timeoutMs: number,
  clock: Clock,
  ending: AbortSignal,
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
