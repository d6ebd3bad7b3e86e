/** The breakers of a few processes, against what an operator is promised of them. */
import assert from 'node:assert/strict';
import type { BreakerLimits } from '../../../src/breaker/breaker.ts';
import { Breakers } from '../../../src/breaker/breakers.ts';
import { pick, type Random } from '../../support/random.ts';
import type { Property, Tally } from '../property.ts';
import { emptyState } from './remembered.ts';

type Step =
  | { do: 'try'; name: string; end: 'failed' | 'succeeded' | 'abandoned' | 'service killed' }
  | { do: 'reset'; name: string }
  | { do: 'reset all' }
  | { do: 'reload'; limits: BreakerLimits }
  | { do: 'wait'; ms: number }
  | { do: 'restart the service' }
  | { do: 'reboot'; upMs: number };

const NAMES = ['nginx', 'sshd', '__proto__'];
const WAITS = [0, 1, 999, 1000, 59_999, 60_000, 60_001, 3_600_000];

/** What is known of one process: failures since the last good sign, and since when it is held back. */
interface Known {
  failures: number;
  heldSinceMs: number | undefined;
}

export const breakersFollowTheModel: Property<Step> = {
  title: 'breakers count, hold back, try once and forget as promised, over restarts and reboots',
  quick: 5000,
  long: 100_000,
  expected: ['held back', 'let in', 'one trial let in', 'opened', 'reboot', 'service killed'],
  generate: (random) => Array.from({ length: 1 + random(40) }, () => step(random)),
  check(steps, tally) {
    const world = new World(tally);
    for (const each of steps) {
      world.take(each);
      world.compare();
    }
  },
};

function step(random: Random): Step {
  const name = pick(random, NAMES);
  const limits = () => ({ maxFailures: 1 + random(4), resetMs: pick(random, [1000, 60_000]) });
  switch (random(12)) {
    case 0:
      return { do: 'reload', limits: limits() };
    case 1:
      return { do: 'restart the service' };
    case 2:
      return { do: 'reboot', upMs: pick(random, WAITS) };
    case 3:
      return random(3) === 0 ? { do: 'reset all' } : { do: 'reset', name };
    case 4:
    case 5:
      return { do: 'wait', ms: pick(random, WAITS) };
    default: {
      const ends = ['failed', 'failed', 'failed', 'succeeded', 'abandoned', 'service killed'];
      return { do: 'try', name, end: pick(random, ends as ['failed']) };
    }
  }
}

class World {
  readonly #tally: Tally;
  readonly #known = new Map<string, Known>();
  readonly #remembered = emptyState();
  #limits: BreakerLimits = { maxFailures: 3, resetMs: 60_000 };
  #nowMs = 1_000_000;
  #breakers = this.#start();

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  take(step: Step): void {
    switch (step.do) {
      case 'try':
        this.#try(step.name, step.end);
        break;
      case 'reset':
        assert.equal(this.#breakers.reset(step.name).failures, this.#of(step.name).failures);
        this.#known.delete(step.name);
        break;
      case 'reset all':
        assert.equal(this.#breakers.resetAll().length, this.#known.size);
        this.#known.clear();
        break;
      case 'reload':
        this.#limits = step.limits;
        break;
      case 'wait':
        this.#nowMs += step.ms;
        break;
      case 'restart the service':
        this.#breakers = this.#start();
        break;
      case 'reboot':
        this.#reboot(step.upMs);
    }
  }

  compare(): void {
    assert.deepEqual(this.#breakers.names().sort(), [...this.#known.keys()].sort());
    for (const name of NAMES) {
      const { failures, heldSinceMs } = this.#of(name);
      const breaker = this.#breakers.of(name);
      assert.equal(breaker.failures, failures, name);
      assert.equal(breaker.state, heldSinceMs === undefined ? 'closed' : 'open', name);
    }
  }

  #try(name: string, end: 'failed' | 'succeeded' | 'abandoned' | 'service killed'): void {
    const known = this.#of(name);
    const isHeld = known.heldSinceMs !== undefined;
    const leftMs = isHeld ? Number(known.heldSinceMs) + this.#limits.resetMs - this.#nowMs : 0;
    const admission = this.#breakers.admit(name, this.#limits);
    if (leftMs > 0) {
      this.#tally('held back');
      assert.deepEqual(admission, { kind: 'held off', leftMs });
      return;
    }
    this.#tally(isHeld ? 'one trial let in' : 'let in');
    assert.ok(admission.kind === 'admitted');
    assert.equal(admission.breaker.state, isHeld ? 'half-open' : 'closed');
    this.#breakers.begin(name, admission.breaker);
    if (end === 'failed') {
      this.#fail(name, known);
    } else if (end === 'succeeded') {
      assert.equal(this.#breakers.succeeded(name), isHeld ? 'closed' : 'none');
      this.#known.delete(name);
    } else if (end === 'abandoned') {
      this.#breakers.abandon(name);
    } else {
      this.#tally('service killed');
      this.#breakers = this.#start();
    }
  }

  #fail(name: string, { failures, heldSinceMs }: Known): void {
    const opens = heldSinceMs !== undefined || failures + 1 >= this.#limits.maxFailures;
    this.#tally(opens ? 'opened' : 'failure counted');
    assert.equal(this.#breakers.failed(name, this.#limits), opens ? 'opened' : 'none');
    this.#known.set(name, {
      failures: failures + 1,
      heldSinceMs: opens ? this.#nowMs : undefined,
    });
  }

  /** The time a process was held back in another boot is unknown: it begins anew with this one. */
  #reboot(upMs: number): void {
    this.#tally('reboot');
    this.#nowMs = upMs;
    this.#remembered.reboot();
    for (const known of this.#known.values()) {
      known.heldSinceMs = known.heldSinceMs === undefined ? undefined : 0;
    }
    this.#breakers = this.#start();
  }

  #start(): Breakers {
    return new Breakers(this.#remembered.open(), () => this.#nowMs);
  }

  #of(name: string): Known {
    return this.#known.get(name) ?? { failures: 0, heldSinceMs: undefined };
  }
}
