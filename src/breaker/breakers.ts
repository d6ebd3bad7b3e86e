import {
  type Admission,
  admit,
  afterFailure,
  afterSuccess,
  type Breaker,
  type BreakerLimits,
  CLOSED,
} from './breaker.ts';

/** Where breakers are kept over a restart of the service. */
export interface BreakerStore {
  loadBreakers(): Iterable<readonly [name: string, breaker: Breaker]>;
  /** Undefined: nothing is to be remembered of it. */
  saveBreaker(name: string, breaker: Breaker | undefined): void;
  forgetBreakers(): void;
}

/** What a change of a breaker means to an operator. */
export type Change = 'none' | 'opened' | 'closed';

/** Names come from the database, so their number has a bound; the one that changed longest ago goes first. */
const MAX_KEPT = 10_000;

/** The breakers of all processes. A closed one without failures is not kept: it is as good as new. */
export class Breakers {
  readonly #breakers: Map<string, Breaker>;
  readonly #store: BreakerStore;
  readonly #nowMs: () => number;

  constructor(store: BreakerStore, nowMs: () => number) {
    this.#store = store;
    this.#nowMs = nowMs;
    this.#breakers = new Map(
      [...store.loadBreakers()].map(([name, breaker]) => [name, openedBy(nowMs(), breaker)]),
    );
  }

  of(name: string): Breaker {
    return this.#breakers.get(name) ?? CLOSED;
  }

  /** Asks for a restart without changing anything. */
  admit(name: string, limits: BreakerLimits): Admission {
    return admit(this.of(name), this.#nowMs(), limits);
  }

  /**
   * A restart that was let through begins. Not stored: if the service dies meanwhile, it was not tried. While it
   * waited for its turn, an operator may have reset the breaker; the failures do not come back then.
   */
  begin(name: string, breaker: Breaker): void {
    if (breaker.state === 'half-open' && this.of(name).state === 'open') {
      this.#breakers.set(name, breaker);
    }
  }

  /** A restart that was let through ended without telling anything: the next check tries again. */
  abandon(name: string): void {
    const breaker = this.of(name);
    if (breaker.state === 'half-open') {
      this.#breakers.set(name, { ...breaker, state: 'open' });
    }
  }

  succeeded(name: string): Change {
    const before = this.of(name);
    this.#change(name, afterSuccess());
    return before.state === 'closed' ? 'none' : 'closed';
  }

  failed(name: string, limits: BreakerLimits): Change {
    const after = afterFailure(this.of(name), this.#nowMs(), limits);
    this.#change(name, after);
    return after.state === 'open' ? 'opened' : 'none';
  }

  /** Forgets the failures of a process, as an operator asks; returns what there was to forget. */
  reset(name: string): Breaker {
    const before = this.of(name);
    this.#change(name, CLOSED);
    return before;
  }

  /** The same for every process that has any. */
  resetAll(): [name: string, before: Breaker][] {
    const before = [...this.#breakers];
    this.#breakers.clear();
    this.#store.forgetBreakers();
    return before;
  }

  /** Of those that are open or have failures. */
  names(): string[] {
    return [...this.#breakers.keys()];
  }

  #change(name: string, breaker: Breaker): void {
    const isNew = breaker.state === 'closed' && breaker.failures === 0;
    const isKept = this.#breakers.delete(name);
    if (!isNew) {
      this.#breakers.set(name, breaker);
    }
    if (!isNew || isKept) {
      this.#store.saveBreaker(name, isNew ? undefined : breaker);
    }
    this.#dropOldest();
  }

  #dropOldest(): void {
    for (const name of this.#breakers.keys()) {
      if (this.#breakers.size <= MAX_KEPT) {
        return;
      }
      this.#breakers.delete(name);
      this.#store.saveBreaker(name, undefined);
    }
  }
}

/** Nothing opened later than now: what a damaged file says must not hold a process back for years. */
function openedBy(nowMs: number, breaker: Breaker): Breaker {
  return breaker.state === 'closed'
    ? breaker
    : { ...breaker, openedAtMs: Math.min(breaker.openedAtMs, nowMs) };
}
