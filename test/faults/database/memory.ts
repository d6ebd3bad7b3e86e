import assert from 'node:assert/strict';
import { vitalsOf } from '../../support/vitals.ts';

/** Whatever was done to it: the largest answer that it takes, on top of what it runs with. */
const MOST_MB = 512;
/** Until then it has met most of what there is, and its collector of garbage knows the pace. */
const WARM = 100;
const MOST_GROWTH_MB = 160;

/** How much memory a service takes, fault by fault. */
export class Memory {
  readonly #pid: number;
  readonly #samples: number[] = [];

  constructor(pid: number) {
    this.#pid = pid;
  }

  look(): void {
    this.#samples.push(Math.round(vitalsOf(this.#pid).residentKb / 1024));
  }

  /** The figures in words. Throws where there is no bound to be seen. */
  verdict(): string {
    const warm = this.#samples.slice(0, WARM);
    const later = this.#samples.slice(WARM);
    const figures = `${this.#samples.length} faults, MB of memory: ${this.#samples[0]} at first, ${Math.max(...warm)} at most in the first ${WARM}, ${Math.max(0, ...later)} after those, ${this.#samples.at(-1)} at last`;
    assert.ok(Math.max(...warm, ...later) < MOST_MB, figures);
    assert.ok(Math.max(0, ...later) < Math.max(...warm) + MOST_GROWTH_MB, figures);
    return figures;
  }
}
