import type { RunningProcess } from '../system/process_table.ts';
import type { Limits } from '../system/systemd.ts';
import { isTransientUnit } from '../system/transient_unit.ts';
import { membersByUnit, serviceUnitOf } from '../system/unit_of_process.ts';
import { type KnownUnit, type Unanswered, unitState } from '../system/unit_state.ts';
import type { UnitWithTargets } from './unit_share.ts';

/** A unit, and what systemd reports of it. */
export interface UnitOf extends UnitWithTargets {
  readonly state: KnownUnit;
}

export type UnitsOf =
  | { readonly kind: 'known'; readonly units: readonly UnitOf[] }
  | (Unanswered & { readonly unit: string });

/** The units in which processes run, apart from this service's and those that it made for what it started. */
export async function unitsOf(
  running: readonly RunningProcess[],
  limits: Limits,
): Promise<UnitsOf> {
  const own = serviceUnitOf(process.pid);
  const byUnit = Map.groupBy(running, ({ pid }) => serviceUnitOf(pid) ?? '');
  const states = new Map<string, KnownUnit>();
  for (const unit of byUnit.keys()) {
    if (unit === '' || unit === own || isTransientUnit(unit)) {
      continue;
    }
    const state = await unitState(unit, limits);
    if (state.kind === 'unknown') {
      return { ...state, unit };
    }
    states.set(unit, state);
  }
  const members = states.size > 0 ? membersByUnit() : new Map();
  const units = [...states].map(([unit, state]) => ({
    unit,
    state,
    mainPid: state.mainPid,
    members: members.get(unit) ?? [],
    targets: (byUnit.get(unit) ?? []).map(({ pid }) => pid),
  }));
  return { kind: 'known', units };
}
