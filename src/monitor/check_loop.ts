import type { Clock } from '../system/clock.ts';

/** Shows somebody outside that the loop goes round. */
export interface Pulse {
  /** The longest that the loop sleeps in one go. */
  readonly everyMs: number;
  beat(): void;
}

/** Starts checks on schedule: at once, then every interval, and whenever asked; never two at a time. */
export class CheckLoop {
  readonly #check: () => Promise<void>;
  readonly #intervalMs: () => number;
  readonly #clock: Clock;
  readonly #pulse: Pulse;
  #wake = new AbortController();
  #isWanted = false;
  #isStopped = false;

  /** The interval is asked for anew after each check and each wake-up, as a reload may change it. */
  constructor(check: () => Promise<void>, intervalMs: () => number, clock: Clock, pulse: Pulse) {
    this.#check = check;
    this.#intervalMs = intervalMs;
    this.#clock = clock;
    this.#pulse = pulse;
  }

  /** Runs until stopped. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      const startedAtMs = this.#clock.nowMs();
      this.#isWanted = false;
      this.#pulse.beat();
      await this.#check();
      await this.#untilDue(startedAtMs);
    }
  }

  /** Starts a check at once, or right after the one that runs. */
  checkNow(): void {
    this.#isWanted = true;
    this.#wake.abort();
  }

  /** Looks at the interval again. */
  reschedule(): void {
    this.#wake.abort();
  }

  stop(): void {
    this.#isStopped = true;
    this.#wake.abort();
  }

  async #untilDue(startedAtMs: number): Promise<void> {
    while (!this.#isWanted && !this.#isStopped) {
      const leftMs = startedAtMs + this.#intervalMs() - this.#clock.nowMs();
      if (leftMs <= 0) {
        return;
      }
      this.#pulse.beat();
      this.#wake = new AbortController();
      await this.#clock.sleep(Math.min(leftMs, this.#pulse.everyMs), this.#wake.signal);
    }
  }
}
