import { setTimeout as sleep } from 'node:timers/promises';
import type { Fleet } from '../fleet.ts';

const LOOK_MS = 200;
/** Two looks at one check differ by the rounding of the clocks. */
const SAME_MS = 20;

/** Asks the service how it is, again and again: when its checks began, and how long it took to answer. */
export class Watch {
  readonly #fleet: Fleet;
  readonly #intervalMs: number;
  readonly #checks: number[] = [];
  readonly #watching: Promise<void>;
  #slowestMs = 0;
  #isOver = false;

  constructor(fleet: Fleet, intervalMs: number) {
    this.#fleet = fleet;
    this.#intervalMs = intervalMs;
    this.#watching = this.#watch();
    this.#watching.catch(() => {}); // for end() to throw
  }

  /** How late the latest check began, after the interval since the one before; a check that was left out counts. */
  async end(): Promise<{ readonly mostLateMs: number; readonly slowestMs: number }> {
    this.#isOver = true;
    await this.#watching;
    const gaps = this.#checks.slice(1).map((at, index) => at - (this.#checks[index] as number));
    if (gaps.length === 0) {
      throw new Error('there was no second check');
    }
    return {
      mostLateMs: Math.round(Math.max(...gaps) - this.#intervalMs),
      slowestMs: Math.round(this.#slowestMs),
    };
  }

  async #watch(): Promise<void> {
    while (!this.#isOver) {
      const asked = performance.now();
      const { checks } = await this.#fleet.status();
      this.#slowestMs = Math.max(this.#slowestMs, performance.now() - asked);
      const at = Date.parse(checks.last_at ?? '');
      if (at > (this.#checks.at(-1) ?? 0) + SAME_MS) {
        this.#checks.push(at);
      }
      await sleep(LOOK_MS);
    }
  }
}
