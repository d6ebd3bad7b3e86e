/** The restarts of one process lately, verified or not. Times in milliseconds of a clock that no time change moves. */
export interface Restarts {
  /** The newest, oldest first. */
  readonly timesMs: readonly number[];
  /** Its breaker opened because restarts did not last; true until a restart lasts for the whole window. */
  readonly isFlapping: boolean;
}

export interface RestartLimits {
  /** Restarts within the window after which no further one is made; 0: no limit. */
  readonly maxRestarts: number;
  readonly windowMs: number;
}

export const NO_RESTARTS: Restarts = Object.freeze({ timesMs: [], isFlapping: false });

/**
 * How many restarts within the window forbid another one; 0: it may be made. For a process that flaps one is
 * enough: the restart that closed its breaker did not last either.
 */
export function tooMany(restarts: Restarts, nowMs: number, limits: RestartLimits): number {
  const { maxRestarts } = limits;
  const count = recent(restarts, nowMs, limits).length;
  const limit = restarts.isFlapping ? Math.min(1, maxRestarts) : maxRestarts;
  return limit > 0 && count >= limit ? count : 0;
}

/** After another restart. `isTrial`: it is the one restart of a half-open breaker. */
export function afterRestart(
  restarts: Restarts,
  nowMs: number,
  limits: RestartLimits,
  isTrial: boolean,
): Restarts {
  if (limits.maxRestarts === 0) {
    return NO_RESTARTS;
  }
  const timesMs = [...recent(restarts, nowMs, limits), nowMs].slice(-limits.maxRestarts);
  return { timesMs, isFlapping: restarts.isFlapping && isTrial };
}

function recent({ timesMs }: Restarts, nowMs: number, { windowMs }: RestartLimits) {
  return timesMs.filter((timeMs) => nowMs - timeMs < windowMs);
}
