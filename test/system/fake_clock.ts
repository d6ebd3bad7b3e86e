import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../src/system/clock.ts';

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/** Time that passes only when a test says so. */
export class FakeClock implements Clock {
  #nowMs: number;
  #sleepers: Sleeper[] = [];

  constructor(nowMs = 0) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const sleeper = { untilMs: this.#nowMs + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => this.#wake(sleeper), { once: true });
    });
  }

  /** When those that sleep will wake, as milliseconds from now. */
  get pendingMs(): number[] {
    return this.#sleepers.map(({ untilMs }) => untilMs - this.#nowMs).sort((a, b) => a - b);
  }

  /** Lets time pass: each sleeper wakes at its own instant, and what follows from it is done by then. */
  async advance(ms: number): Promise<void> {
    const end = this.#nowMs + ms;
    await settled();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#nowMs = next.untilMs;
      this.#wake(next);
      await settled();
    }
    this.#nowMs = end;
  }

  #next(end: number): Sleeper | undefined {
    return this.#sleepers
      .filter(({ untilMs }) => untilMs <= end)
      .sort((a, b) => a.untilMs - b.untilMs)[0];
  }

  #wake(sleeper: Sleeper): void {
    this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
    sleeper.wake();
  }
}

/** Time that passes at once whenever somebody waits for it, and keeps how long each wait was. */
export class LeapingClock implements Clock {
  readonly pauses: number[] = [];
  #nowMs = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (!signal?.aborted) {
      this.pauses.push(ms);
      this.#nowMs += ms;
    }
  }

  /** Something takes its time. */
  pass(ms: number): void {
    this.#nowMs += ms;
  }
}

/** Resolves when everything that only waits for promises has happened. */
export async function settled(): Promise<void> {
  await turn();
}
