/** The breakers of a few processes, against what an operator is promised of them. */
import assert from 'node:assert/strict';
import type { BreakerLimits } from '../../../src/breaker/breaker.ts';
import { Breakers } from '../../../src/breaker/breakers.ts';
import type { RestartLimits } from '../../../src/breaker/restarts.ts';
import { pick, type Random } from '../../support/random.ts';
import type { Property, Tally } from '../property.ts';
import { emptyState } from './remembered.ts';

type Step =
  | { do: 'try'; name: string; end: 'failed' | 'succeeded' | 'abandoned' | 'service killed' }
  | { do: 'reset'; name: string }
  | { do: 'reset all' }
  | { do: 'reload'; limits: Limits }
  | { do: 'wait'; ms: number }
  | { do: 'restart the service' }
  | { do: 'reboot'; upMs: number };

type Limits = BreakerLimits & RestartLimits;

const NAMES = ['nginx', 'sshd', '__proto__'];
const WAITS = [0, 1, 999, 1000, 59_999, 60_000, 60_001, 3_600_000];

/** What is known of one process: failures since the last good sign, and since when it is held back. */
interface Known {
  failures: number;
  heldSinceMs: number | undefined;
}

/** All restarts of one process since it was forgotten. */
interface Made {
  timesMs: number[];
  /** They opened its breaker, and none has lasted since. */
  doNotLast: boolean;
}

export const breakersFollowTheModel: Property<Step> = {
  title: 'breakers count, hold back, try once and forget as promised, over restarts and reboots',
  quick: 5000,
  long: 100_000,
  expected: [
    'held back',
    'let in',
    'one trial let in',
    'opened',
    'reboot',
    'service killed',
    'one restart too many',
  ],
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
  const limits = () => ({
    maxFailures: 1 + random(4),
    resetMs: pick(random, [1000, 60_000]),
    maxRestarts: random(5),
    windowMs: pick(random, [1000, 60_000]),
  });
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
  readonly #made = new Map<string, Made>();
  #limits: Limits = { maxFailures: 3, resetMs: 60_000, maxRestarts: 3, windowMs: 60_000 };
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
        this.#reset(step.name);
        break;
      case 'reset all':
        assert.equal(this.#breakers.resetAll().length, this.#known.size);
        this.#known.clear();
        this.#made.clear();
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
      const why = this.#madeOf(name).doNotLast ? 'restarts' : 'failures';
      assert.equal(this.#breakers.reasonOf(name), heldSinceMs === undefined ? undefined : why);
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
    if (this.#isOneTooMany(name, known)) {
      return;
    }
    this.#breakers.begin(name, admission.breaker);
    this.#restart(name, isHeld);
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

  #isOneTooMany(name: string, { failures, heldSinceMs }: Known): boolean {
    const { maxRestarts, windowMs } = this.#limits;
    const made = this.#madeOf(name);
    const count = made.timesMs.filter((timeMs) => this.#nowMs - timeMs < windowMs).length;
    const most = made.doNotLast ? Math.min(1, maxRestarts) : maxRestarts;
    const isOne = heldSinceMs === undefined && maxRestarts > 0 && count >= most;
    const told = this.#breakers.limit(name, this.#limits);
    assert.equal(told > 0, isOne, `${told} of ${count} restarts`);
    if (isOne) {
      this.#tally('one restart too many');
      made.doNotLast = true;
      this.#known.set(name, { failures, heldSinceMs: this.#nowMs });
    }
    return isOne;
  }

  #restart(name: string, isTrial: boolean): void {
    this.#breakers.restarted(name, this.#limits);
    const { maxRestarts, windowMs } = this.#limits;
    const made = this.#madeOf(name);
    const times = made.timesMs.filter((timeMs) => this.#nowMs - timeMs < windowMs);
    // What a lower limit or a shorter window forgot is not known again when they are raised.
    made.timesMs = maxRestarts === 0 ? [] : [...times, this.#nowMs].slice(-maxRestarts);
    made.doNotLast &&= isTrial && maxRestarts > 0;
  }

  #reset(name: string): void {
    const { breaker, restarts } = this.#breakers.reset(name);
    assert.equal(breaker.failures, this.#of(name).failures);
    assert.equal(restarts, this.#madeOf(name).timesMs.length);
    this.#known.delete(name);
    this.#made.delete(name);
  }

  #fail(name: string, { failures, heldSinceMs }: Known): void {
    const opens = heldSinceMs !== undefined || failures + 1 >= this.#limits.maxFailures;
    this.#tally(opens ? 'opened' : 'failure counted');
    assert.equal(this.#breakers.failed(name, this.#limits), opens ? 'opened' : 'none');
    this.#madeOf(name).doNotLast = false;
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
    for (const made of this.#made.values()) {
      made.timesMs = made.timesMs.map(() => 0);
    }
    this.#breakers = this.#start();
  }

  #madeOf(name: string): Made {
    const made = this.#made.get(name) ?? { timesMs: [], doNotLast: false };
    this.#made.set(name, made);
    return made;
  }

  #start(): Breakers {
    return new Breakers(this.#remembered.open(), () => this.#nowMs);
  }

  #of(name: string): Known {
    return this.#known.get(name) ?? { failures: 0, heldSinceMs: undefined };
  }
}
