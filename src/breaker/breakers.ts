import { BoundedMemory } from './bounded_memory.ts';
import {
  type Admission,
  admit,
  afterFailure,
  afterSuccess,
  type Breaker,
  type BreakerLimits,
  CLOSED,
} from './breaker.ts';
import {
  afterRestart,
  NO_RESTARTS,
  type RestartLimits,
  type Restarts,
  tooMany,
} from './restarts.ts';

/** Where breakers, and the restarts that they count, are kept over a restart of the service. */
export interface BreakerStore {
  loadBreakers(): Iterable<readonly [name: string, breaker: Breaker]>;
  /** Undefined: nothing is to be remembered of it. */
  saveBreaker(name: string, breaker: Breaker | undefined): void;
  loadRestarts(): Iterable<readonly [name: string, restarts: Restarts]>;
  saveRestarts(name: string, restarts: Restarts | undefined): void;
  /** With the restarts. */
  forgetBreakers(): void;
}

/** What a change of a breaker means to an operator. */
export type Change = 'none' | 'opened' | 'closed';

/** Why a breaker is open: restarts that failed, or restarts that did not last. */
export type Reason = 'failures' | 'restarts';

/** What a reset forgets. */
export interface Forgotten {
  readonly breaker: Breaker;
  /** Restarts that counted. */
  readonly restarts: number;
}

/** The breakers of all processes. A closed one without failures is not kept: it is as good as new. */
export class Breakers {
  readonly #breakers: BoundedMemory<Breaker>;
  readonly #restarts: BoundedMemory<Restarts>;
  readonly #store: BreakerStore;
  readonly #nowMs: () => number;

  constructor(store: BreakerStore, nowMs: () => number) {
    this.#store = store;
    this.#nowMs = nowMs;
    const atMs = nowMs();
    this.#breakers = new BoundedMemory(
      [...store.loadBreakers()].map(([name, breaker]) => [name, openedBy(atMs, breaker)]),
      (name, breaker) => store.saveBreaker(name, breaker),
    );
    this.#restarts = new BoundedMemory(
      [...store.loadRestarts()].map(([name, restarts]) => [name, madeBy(atMs, restarts)]),
      (name, restarts) => store.saveRestarts(name, restarts),
    );
  }

  of(name: string): Breaker {
    return this.#breakers.get(name) ?? CLOSED;
  }

  /** Undefined: it is closed. */
  reasonOf(name: string): Reason | undefined {
    if (this.of(name).state === 'closed') {
      return undefined;
    }
    return this.#restartsOf(name).isFlapping ? 'restarts' : 'failures';
  }

  /** Asks for a restart without changing anything. */
  admit(name: string, limits: BreakerLimits): Admission {
    return admit(this.of(name), this.#nowMs(), limits);
  }

  /**
   * Opens a closed breaker where another restart would be one too many. Returns how many there were within the
   * window; 0: it may be made.
   */
  limit(name: string, limits: RestartLimits): number {
    const breaker = this.of(name);
    const restarts = this.#restartsOf(name);
    const count = breaker.state === 'closed' ? tooMany(restarts, this.#nowMs(), limits) : 0;
    if (count > 0) {
      this.#restarts.set(name, { ...restarts, isFlapping: true });
      this.#change(name, { ...breaker, state: 'open', openedAtMs: this.#nowMs() });
    }
    return count;
  }

  /**
   * A restart that was let through begins. Not stored: if the service dies meanwhile, it was not tried. While it
   * waited for its turn, an operator may have reset the breaker; the failures do not come back then.
   */
  begin(name: string, breaker: Breaker): void {
    if (breaker.state === 'half-open' && this.of(name).state === 'open') {
      this.#breakers.setForNow(name, breaker);
    }
  }

  /** The process is restarted now, however that ends. Stored at once: it may end the service. */
  restarted(name: string, limits: RestartLimits): void {
    const isTrial = this.of(name).state === 'half-open';
    const after = afterRestart(this.#restartsOf(name), this.#nowMs(), limits, isTrial);
    this.#restarts.set(name, after === NO_RESTARTS ? undefined : after);
  }

  /** A restart that was let through ended without telling anything: the next check tries again. */
  abandon(name: string): void {
    const breaker = this.of(name);
    if (breaker.state === 'half-open') {
      this.#breakers.setForNow(name, { ...breaker, state: 'open' });
    }
  }

  succeeded(name: string): Change {
    const before = this.of(name);
    this.#change(name, afterSuccess());
    return before.state === 'closed' ? 'none' : 'closed';
  }

  failed(name: string, limits: BreakerLimits): Change {
    const after = afterFailure(this.of(name), this.#nowMs(), limits);
    const restarts = this.#restartsOf(name);
    if (restarts.isFlapping) {
      this.#restarts.set(name, { ...restarts, isFlapping: false });
    }
    this.#change(name, after);
    return after.state === 'open' ? 'opened' : 'none';
  }

  /** Forgets the failures and restarts of a process, as an operator asks. */
  reset(name: string): Forgotten {
    const forgotten = this.#before(name);
    this.#change(name, CLOSED);
    this.#restarts.set(name, undefined);
    return forgotten;
  }

  /** The same for all; returns those that were open or had failures. */
  resetAll(): [name: string, Forgotten][] {
    const forgotten = this.names().map((name): [string, Forgotten] => [name, this.#before(name)]);
    this.#breakers.clear();
    this.#restarts.clear();
    this.#store.forgetBreakers();
    return forgotten;
  }

  /** Of those that are open or have failures. */
  names(): string[] {
    return this.#breakers.names();
  }

  #before(name: string): Forgotten {
    return { breaker: this.of(name), restarts: this.#restartsOf(name).timesMs.length };
  }

  #restartsOf(name: string): Restarts {
    return this.#restarts.get(name) ?? NO_RESTARTS;
  }

  #change(name: string, breaker: Breaker): void {
    const isNew = breaker.state === 'closed' && breaker.failures === 0;
    this.#breakers.set(name, isNew ? undefined : breaker);
  }
}

/** Nothing opened later than now: what a damaged file says must not hold a process back for years. */
function openedBy(nowMs: number, breaker: Breaker): Breaker {
  return breaker.state === 'closed'
    ? breaker
    : { ...breaker, openedAtMs: Math.min(breaker.openedAtMs, nowMs) };
}

function madeBy(nowMs: number, restarts: Restarts): Restarts {
  return { ...restarts, timesMs: restarts.timesMs.map((timeMs) => Math.min(timeMs, nowMs)) };
}
