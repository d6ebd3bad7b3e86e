import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Time as decisions need it; tests hand in their own. */
export interface Clock {
  /** Milliseconds of a clock that no time change moves. */
  nowMs(): number;
  /** Waits; an aborted signal ends the wait early, without an error. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The host's: milliseconds since it booted, the same in every process. */
export const hostClock: Clock = {
  nowMs: () => Number(process.hrtime.bigint() / 1_000_000n),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal ? { signal } : {}).catch(() => {});
  },
};

/** The time of day of an instant of the host's clock. */
export function dateOf(ms: number): Date {
  return new Date(Date.now() + ms - hostClock.nowMs());
}

/** Tells one boot of the host from another, so that monotonic times of different boots are not compared. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
