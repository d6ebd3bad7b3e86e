/**
 * The circuit breaker of one process: a pure state machine. Time is handed in, in milliseconds of a clock
 * that no time change moves.
 */
export type Breaker =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly failures: number; readonly openedAtMs: number }
  | { readonly state: 'half-open'; readonly failures: number; readonly openedAtMs: number };

export interface BreakerLimits {
  /** Failures in a row that open it. */
  readonly maxFailures: number;
  /** How long it stays open. */
  readonly resetMs: number;
}

/** Whether a restart may begin, and the breaker as it is then. */
export type Admission =
  | { readonly kind: 'admitted'; readonly breaker: Breaker }
  | { readonly kind: 'held off'; readonly leftMs: number };

export const CLOSED: Breaker = Object.freeze({ state: 'closed', failures: 0 });

/** Asks for one restart. An open breaker whose time is over lets one through, and is half-open until that ends. */
export function admit(breaker: Breaker, nowMs: number, limits: BreakerLimits): Admission {
  if (breaker.state === 'closed') {
    return { kind: 'admitted', breaker };
  }
  const leftMs = breaker.openedAtMs + limits.resetMs - nowMs;
  if (breaker.state === 'open' && leftMs > 0) {
    return { kind: 'held off', leftMs };
  }
  return { kind: 'admitted', breaker: { ...breaker, state: 'half-open' } };
}

/** After a failed restart: closed until there are too many in a row; a half-open one opens again at once. */
export function afterFailure(breaker: Breaker, nowMs: number, limits: BreakerLimits): Breaker {
  const failures = breaker.failures + 1;
  if (breaker.state === 'closed' && failures < limits.maxFailures) {
    return { state: 'closed', failures };
  }
  return { state: 'open', failures, openedAtMs: nowMs };
}

/** After a verified restart nothing of the failures is left. */
export function afterSuccess(): Breaker {
  return CLOSED;
}
