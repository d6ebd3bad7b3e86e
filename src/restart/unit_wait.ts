import type { Clock } from '../system/clock.ts';
import type { KnownUnit, UnitState } from '../system/unit_state.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1000;
/** Beyond its own limits systemd needs a moment to end what is left. */
const GRACE_MS = 5000;
const LONGEST_MS = 3600 * 1000;

/**
 * How long a job of systemd's is waited for that goes on behind restart_timeout: as long as systemd lets it, up to
 * an hour. A oneshot may run for hours by default; of other units an infinite limit is somebody's
 * decision, and leaves restart_timeout as the only one.
 */
export function jobLimitMs({
  type,
  startLimitMs,
  stopLimitMs,
}: Pick<KnownUnit, 'type' | 'startLimitMs' | 'stopLimitMs'>): number {
  const limitMs = startLimitMs + stopLimitMs + GRACE_MS;
  if (Number.isFinite(limitMs)) {
    return Math.min(limitMs, LONGEST_MS);
  }
  return type === 'oneshot' ? LONGEST_MS : 0;
}

/**
 * Waits until systemd has no job for the unit. Resolves to its state then, or when the limit is over; undefined:
 * systemd does not answer. `onWait` is told the limit in seconds, where there is anything to wait for.
 */
export async function waitForJob(
  unit: KnownUnit,
  look: () => Promise<UnitState>,
  onWait: (seconds: number) => void,
  clock: Clock,
  ending: AbortSignal,
): Promise<KnownUnit | undefined> {
  const limitMs = jobLimitMs(unit);
  const deadline = clock.nowMs() + limitMs;
  let state = await look();
  if (state.kind === 'known' && state.hasJob && limitMs > 0) {
    onWait(limitMs / 1000);
  }
  for (let pauseMs = FIRST_PAUSE_MS; isPending(state) && !ending.aborted; pauseMs *= 2) {
    const leftMs = deadline - clock.nowMs();
    if (leftMs <= 0) {
      break;
    }
    await clock.sleep(Math.min(pauseMs, LONGEST_PAUSE_MS, leftMs), ending);
    state = await look();
  }
  return state.kind === 'known' ? state : undefined;
}

function isPending(state: UnitState): boolean {
  return state.kind === 'known' && state.hasJob;
}
