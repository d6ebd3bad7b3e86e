import { runCommand } from '../system/command.ts';
import { ALL_SERVICES, serviceUnits } from '../system/service_units.ts';
import { type Limits, programNameOf, systemdRuns, unitNameOf } from '../system/systemd.ts';
import { serviceUnitOf } from '../system/unit_of_process.ts';
import { unitState } from '../system/unit_state.ts';
import { processCommand, restartByProcess } from './by_process.ts';
import { restartByService, serviceCommand, type UnitToRestart } from './by_service.ts';
import { failureOf, failureOfAny } from './failure.ts';
import { warnOfHeldOutput } from './held_output.ts';
import { stillKnown } from './kept_units.ts';
import { processesOf } from './processes_of.ts';
import { RecipeBook } from './recipe_book.ts';
import { type Failure, fillIn, type RestartContext, type Target } from './target.ts';
import { tooManyUnits, unitsOfProgram } from './unit_of_program.ts';
import { chooseOwner } from './unit_share.ts';
import { unitsOf } from './units_of.ts';

/** What is done in the end; `auto` has become one of these. */
export type Strategy =
  | (UnitToRestart & { readonly kind: 'service'; readonly why?: string })
  | { readonly kind: 'process'; readonly why?: string }
  | { readonly kind: 'custom' }
  /** systemd did not tell by which unit; to start the process directly might make a second copy beside one. */
  | { readonly kind: 'unknown'; readonly question: string; readonly failure: Failure };

/**
 * Settles the strategy; for `auto` systemd is asked. `book`: by which unit a dead process ran before. `isFollowUp`:
 * systemd had not done with the attempt before.
 */
export async function chooseStrategy(
  target: Target,
  limits: Limits,
  book = new RecipeBook(),
  isFollowUp = false,
): Promise<Strategy> {
  const { restart_strategy, system_name } = target.settings;
  switch (restart_strategy) {
    case 'service': {
      const unit = { kind: 'service', unit: unitNameOf(system_name) } as const;
      return await withState(unit, isFollowUp, limits);
    }
    case 'auto':
      return systemdRuns()
        ? await withState(await chooseForHost(target, limits, book), isFollowUp, limits)
        : { kind: 'process' };
    default:
      return { kind: restart_strategy };
  }
}

/** What is run depends on how the unit is now. */
async function withState(
  strategy: Strategy,
  isFollowUp: boolean,
  limits: Limits,
): Promise<Strategy> {
  if (strategy.kind !== 'service' || !systemdRuns()) {
    return strategy;
  }
  const state = strategy.state ?? (await unitState(strategy.unit, limits));
  return state.kind === 'unknown'
    ? unknown(strategy.unit, failureOfAny(state.result))
    : { ...strategy, state, isFollowUp };
}

/** How the strategy's restart is told to an operator; not masked yet. */
export function commandOf(strategy: Strategy, target: Target): string {
  switch (strategy.kind) {
    case 'service':
      return serviceCommand(target, strategy);
    case 'process':
      return processCommand(target);
    case 'custom':
      return fillIn(target.settings.restart_command, target);
    case 'unknown':
      return strategy.question;
  }
}

/** Restarts. Undefined: the restart command succeeded, which is not yet a verified restart. */
export async function restartBy(
  strategy: Strategy,
  target: Target,
  limits: Limits,
  context: RestartContext,
): Promise<Failure | undefined> {
  switch (strategy.kind) {
    case 'service':
      if (strategy.why !== undefined) {
        // A program that it starts by way of a script can't be told from it afterwards.
        const units = [strategy.unit];
        context.recipes.rememberKeepers(programNameOf(target.settings.system_name), {
          units,
          supervisors: [],
        });
      }
      return await restartByService(target, strategy, limits, context);
    case 'process':
      return await restartByProcess(target, context);
    case 'custom': {
      const command = fillIn(target.settings.restart_command, target);
      const result = await runCommand(command, { ...limits, leftovers: 'keep' });
      warnOfHeldOutput(target.name, result, context.log);
      return failureOf(result);
    }
    case 'unknown':
      return strategy.failure;
  }
}

/** A unit that systemd knows, or that the running process is all of; every other process is handled directly. */
async function chooseForHost(target: Target, limits: Limits, book: RecipeBook): Promise<Strategy> {
  const { system_name } = target.settings;
  const unit = unitNameOf(system_name);
  const state = await unitState(unit, limits);
  if (state.kind === 'unknown') {
    return unknown(unit, failureOfAny(state.result));
  }
  if (state.load !== 'not-found') {
    return { kind: 'service', unit, state };
  }
  const { named, others } = processesOf(target);
  if (named.length + others.length === 0) {
    return await chooseForDead(programNameOf(system_name), limits, book);
  }
  const units = await unitsOf(named, limits);
  if (units.kind === 'unknown') {
    return unknown(units.unit, failureOfAny(units.result));
  }
  return chooseOwner(programNameOf(system_name), units.units);
}

/** No process tells its unit, which may have another name: so the units tell their programs. */
async function chooseForDead(program: string, limits: Limits, book: RecipeBook): Promise<Strategy> {
  const [former, ...formers] = await stillKnown(book.recallKeepers(program).units, limits);
  if (former !== undefined) {
    return formers.length > 0
      ? { kind: 'process' }
      : { kind: 'service', unit: former, why: `${program} ran in it before` };
  }
  const answer = await serviceUnits(limits);
  switch (answer.kind) {
    case 'unknown':
      return unknown(ALL_SERVICES, failureOfAny(answer.result));
    case 'cut':
      return unknown(ALL_SERVICES, { reason: LIST_CUT, output: [] });
  }
  const [unit, ...others] = unitsOfProgram(program, answer.units, serviceUnitOf(process.pid));
  if (unit === undefined) {
    return { kind: 'process' };
  }
  return others.length > 0
    ? unknown(ALL_SERVICES, { reason: tooManyUnits(program, [unit, ...others]), output: [] })
    : { kind: 'service', unit };
}

const LIST_CUT = "systemd's list of services was cut short; set system_name to the unit";

/** `units`: whom systemd was asked about. */
function unknown(units: string, failure: Failure): Strategy {
  return { kind: 'unknown', question: `systemctl show ${units}`, failure };
}
