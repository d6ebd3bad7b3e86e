import type { KnownUnit } from '../system/unit_state.ts';

/** What systemctl is asked to do. */
export type UnitVerb = 'start' | 'restart';

type Decisive = Pick<
  KnownUnit,
  'active' | 'sub' | 'type' | 'hasJob' | 'startLimitMs' | 'refusesManualStop'
>;

/**
 * Starts what does not run, restarts what does. A start that systemd works on is joined where it comes to an end by
 * itself. `isFollowUp`: systemd had not done with the start of the attempt before, and what that got up stays.
 */
export function verbFor(unit: Decisive, isFollowUp: boolean): UnitVerb {
  switch (unit.active) {
    case 'active':
    case 'reloading':
    case 'refreshing':
      return isFollowUp ? 'start' : 'restart';
    case 'activating':
      return whileStarting(unit, isFollowUp);
    case 'deactivating':
      // A start would wait until RestartSec= is over where the unit starts itself again.
      return unit.refusesManualStop || (isFollowUp && unit.hasJob) ? 'start' : 'restart';
    default:
      return 'start';
  }
}

function whileStarting(unit: Decisive, isFollowUp: boolean): UnitVerb {
  if (unit.refusesManualStop) {
    return 'start';
  }
  if (unit.sub.startsWith('auto-restart')) {
    return 'restart'; // a start would wait until RestartSec= is over
  }
  const endsItself = unit.type === 'oneshot' || Number.isFinite(unit.startLimitMs);
  return endsItself || isFollowUp ? 'start' : 'restart';
}
