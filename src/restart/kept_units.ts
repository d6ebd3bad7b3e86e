import type { CommandResult } from '../system/command.ts';
import { startedTooLate } from '../system/launch.ts';
import { ALL_SERVICES, serviceUnits } from '../system/service_units.ts';
import { type Limits, programNameOf, systemdRuns, unitNameOf } from '../system/systemd.ts';
import { serviceUnitOf } from '../system/unit_of_process.ts';
import { unitState } from '../system/unit_state.ts';
import { failureOfAny } from './failure.ts';
import type { ProcessesOf } from './processes_of.ts';
import type { Failure, Target } from './target.ts';
import { tooManyUnits, unitsOfProgram } from './unit_of_program.ts';
import { shareOf } from './unit_share.ts';
import { unitsOf } from './units_of.ts';

/** A systemd that takes longer starts nothing either. */
const ANSWER_MS = 10_000;

/** A unit by which processes come back that the strategy `process` ends. */
export interface KeptUnit {
  readonly unit: string;
  /** Those that run in it; none where all are dead. */
  readonly pids: readonly number[];
}

/**
 * The units that the processes are the main process or all of. For processes that do not run: those that they were
 * when they last ran (`remembered`), or else the unit of their program, if that was started.
 */
export async function keptUnitsOf(
  target: Target,
  { named, others }: ProcessesOf,
  remembered: readonly string[],
  { timeoutMs, signal }: Limits,
): Promise<readonly KeptUnit[] | Failure> {
  if (!systemdRuns()) {
    return [];
  }
  const limits = { timeoutMs: Math.min(timeoutMs, ANSWER_MS), ...(signal && { signal }) };
  if (named.length + others.length === 0) {
    const units = await stillKnown(remembered, limits);
    return units.length > 0
      ? units.map((unit) => ({ unit, pids: [] }))
      : await keptUnitOfDead(target, limits);
  }
  const found = await unitsOf(named, limits);
  return found.kind === 'unknown'
    ? unanswered(found.unit, found.result)
    : found.units
        .filter((unit) => shareOf(unit).kind === 'whole')
        .map(({ unit, targets }) => ({ unit, pids: targets }));
}

/** Of units that are remembered, those that systemd has still; where it does not answer, the restart itself reports it. */
export async function stillKnown(units: readonly string[], limits: Limits): Promise<string[]> {
  const states = await Promise.all(units.map((unit) => unitState(unit, limits)));
  return units.filter((_, index) => {
    const state = states[index];
    return state?.kind !== 'known' || state.load !== 'not-found';
  });
}

/** For `auto` the strategy itself has asked already. */
async function keptUnitOfDead(
  { settings }: Target,
  limits: Limits,
): Promise<readonly KeptUnit[] | Failure> {
  const { restart_strategy, system_name } = settings;
  if (restart_strategy === 'auto') {
    return [];
  }
  const answer = await serviceUnits(limits);
  if (answer.kind !== 'known') {
    return answer.kind === 'unknown'
      ? unanswered(ALL_SERVICES, answer.result)
      : { reason: `systemctl show ${ALL_SERVICES}: the list was cut short`, output: [] };
  }
  const program = programNameOf(system_name);
  const named = unitNameOf(system_name);
  const started = answer.units
    .filter(({ wasStarted }) => wasStarted)
    // What a unit of that name runs by way of a script counts too.
    .map((unit) => (unit.unit === named ? { ...unit, programs: [program] } : unit));
  const [unit, ...more] = unitsOfProgram(program, started, serviceUnitOf(process.pid));
  if (more.length > 0) {
    return { reason: tooManyUnits(program, [unit as string, ...more]), output: [] };
  }
  return unit === undefined ? [] : [{ unit, pids: [] }];
}

/** To start the process itself might make a second copy beside a unit's. */
function unanswered(units: string, result: CommandResult): Failure {
  if (result.ending.kind === 'timed out') {
    return { reason: startedTooLate(ANSWER_MS), output: [] };
  }
  const { reason, output } = failureOfAny(result);
  return { reason: `systemctl show ${units}: ${reason}`, output };
}
