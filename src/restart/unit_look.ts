import { allStats, statOf } from '../system/proc.ts';
import type { RunningProcess } from '../system/process_table.ts';
import type { Limits } from '../system/systemd.ts';
import { serviceUnitOf } from '../system/unit_of_process.ts';
import { type KnownUnit, unitState } from '../system/unit_state.ts';
import { failureOfAny } from './failure.ts';
import type { Failure } from './target.ts';
import { unitFailure } from './unit_failure.ts';
import { type Ill, illnessOf } from './unit_health.ts';
import { shareOf } from './unit_share.ts';
import { unitsOf } from './units_of.ts';

/** The default health check where a unit stands behind the process. Undefined: it is healthy. */
export async function lookAtUnit(unit: string, limits: Limits): Promise<Failure | undefined> {
  const state = await unitState(unit, limits);
  if (state.kind === 'unknown') {
    const { reason, output } = failureOfAny(state.result);
    return { reason: `systemctl show ${unit}: ${reason}`, output };
  }
  return failureOfState(unit, state);
}

/** Processes that are all of their units are as healthy as these; one that no unit has for itself runs, and that is all. */
export async function lookAtUnitsOf(
  running: readonly RunningProcess[],
  limits: Limits,
): Promise<Failure | undefined> {
  const found = await unitsOf(running, limits);
  if (found.kind === 'unknown') {
    return undefined;
  }
  const own = found.units.filter((unit) => shareOf(unit).kind === 'whole');
  const inUnits = new Set(own.flatMap(({ targets }) => targets));
  const failures = own.map(({ unit, state }) => failureOfState(unit, state));
  const isAnyHealthy = failures.includes(undefined) || running.some(({ pid }) => !inUnits.has(pid));
  return isAnyHealthy ? undefined : failures[0];
}

function failureOfState(unit: string, state: KnownUnit): Failure | undefined {
  const illness = illnessOfUnit(state);
  return illness && { reason: unitFailure(unit, state, illness), output: [], unit: state };
}

/** Why a unit in this state is not healthy; undefined: it is. */
export function illnessOfUnit(state: KnownUnit): Ill | undefined {
  const { mainPid, id } = state;
  const life = (statOf(mainPid)?.isZombie ?? true) ? 'dead' : 'alive';
  return illnessOf({
    ...state,
    main: mainPid === 0 ? 'none' : life,
    isPopulated: mainPid === 0 && runsAnything(id),
  });
}

function runsAnything(unit: string): boolean {
  return allStats().some(({ pid, isZombie }) => !isZombie && serviceUnitOf(pid) === unit);
}
