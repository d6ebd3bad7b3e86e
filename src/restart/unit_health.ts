import type { KnownUnit } from '../system/unit_state.ts';

/** What decides whether a unit is healthy. */
export interface UnitFacts
  extends Pick<KnownUnit, 'type' | 'active' | 'sub' | 'result' | 'mainEnd' | 'unmet'> {
  readonly main: 'none' | 'alive' | 'dead';
  /** Something runs in its cgroup. Asked only of a unit without a main process. */
  readonly isPopulated: boolean;
}

/** Why a unit is not healthy. */
export type Ill = 'not active' | 'main process is dead' | 'nothing runs in it';

/**
 * Is the unit healthy? Undefined: it is.
 *
 * | ActiveState                    | healthy                                                        |
 * |--------------------------------|----------------------------------------------------------------|
 * | active, reloading, refreshing  | `exited`: yes, whatever runs; else if its main process lives,  |
 * |                                | or if it has none and something runs in it                     |
 * | inactive                       | only a `Type=oneshot` that nothing kept from starting, and     |
 * |                                | that exited with success                                       |
 * | all others                     | no: failed, activating, deactivating, maintenance              |
 *
 * systemd forgets an inactive unit that no other one refers to, so of a oneshot at rest it may know no exit: a
 * failure it would remember.
 */
export function illnessOf(unit: UnitFacts): Ill | undefined {
  switch (unit.active) {
    case 'active':
    case 'reloading':
    case 'refreshing':
      return unit.sub === 'exited' ? undefined : illnessOfRunning(unit);
    case 'inactive':
      return hasEndedWell(unit) ? undefined : 'not active';
    default:
      return 'not active';
  }
}

function illnessOfRunning({ main, isPopulated }: UnitFacts): Ill | undefined {
  switch (main) {
    case 'alive':
      return undefined;
    case 'dead':
      return 'main process is dead';
    case 'none':
      return isPopulated ? undefined : 'nothing runs in it';
  }
}

function hasEndedWell({ type, sub, result, mainEnd, unmet }: UnitFacts): boolean {
  return (
    type === 'oneshot' &&
    sub === 'dead' && // not about to start once more
    result === 'success' &&
    unmet === undefined &&
    mainEnd?.kind !== 'killed' // somebody stopped it
  );
}
