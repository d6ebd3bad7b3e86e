import { listed } from '../log/listed.ts';
import type { ServiceUnit } from '../system/service_units.ts';
import { programNameOf } from '../system/systemd.ts';
import { isTransientUnit } from '../system/transient_unit.ts';
import { isHarmful } from './harmful.ts';

/**
 * The units that a program which does not run may belong to. One that was started goes before those that only
 * stand by; no more than one is *the* unit. `own` is this service's.
 */
export function unitsOfProgram(
  program: string,
  units: readonly ServiceUnit[],
  own: string | undefined,
): string[] {
  const candidates = units.filter(
    ({ unit, programs, isOneshot }) =>
      programs.includes(program) &&
      !isOneshot &&
      unit !== own &&
      !isTransientUnit(unit) &&
      !isHarmful(programNameOf(unit)),
  );
  const started = candidates.filter(({ wasStarted }) => wasStarted);
  return (started.length > 0 ? started : candidates).map(({ unit }) => unit);
}

/** Why none of several units is restarted. systemd lists them in another order after each boot. */
export function tooManyUnits(program: string, units: readonly string[]): string {
  return `several units run ${program}: ${listed(units.toSorted())}; set system_name to the one that is meant`;
}
