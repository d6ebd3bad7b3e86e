import type { Log } from '../log/logger.ts';
import { runProgram } from '../system/command.ts';
import { type Limits, programNameOf, systemctl, systemdRuns } from '../system/systemd.ts';
import { type KnownUnit, unitState } from '../system/unit_state.ts';
import { failureOf, failureOfAny } from './failure.ts';
import { warnOfHeldOutput } from './held_output.ts';
import type { Failure, Target } from './target.ts';

export interface UnitToRestart {
  readonly unit: string;
  /** Where systemd has told it already. */
  readonly state?: KnownUnit;
}

/** Strategy `service`. Undefined: the restart command succeeded. */
export async function restartByService(
  target: Target,
  { unit, state: told }: UnitToRestart,
  limits: Limits,
  log: Log,
): Promise<Failure | undefined> {
  if (!systemdRuns()) {
    const args = [programNameOf(target.settings.system_name), 'restart'];
    const result = await runProgram('service', args, { ...limits, leftovers: 'keep' });
    warnOfHeldOutput(target.name, result, log);
    return failureOf(result);
  }
  const { onStart: _, ...asking } = limits; // a question is no part of the restart, and needs no record
  const state = told ?? (await unitState(unit, asking));
  if (state.kind === 'unknown') {
    return failureOfAny(state.result);
  }
  const refusal = whyNot(unit, state.load);
  if (refusal !== undefined) {
    return { reason: refusal, output: [] };
  }
  if (state.result === START_LIMIT_HIT) {
    await resetStartLimit(target.name, unit, limits, log);
  } else if (state.active === 'failed') {
    // Perhaps by its start limit: of a unit that had failed before, systemd keeps telling that first failure.
    await systemctl('reset-failed', unit, limits);
  }
  const result = await systemctl('restart', unit, limits);
  if (result.ok || !(await hitStartLimit(unit, limits))) {
    return failureOf(result);
  }
  // It ran, and this restart was one too many for the limit, which took it down.
  await resetStartLimit(target.name, unit, limits, log);
  return failureOf(await systemctl('restart', unit, limits));
}

const START_LIMIT_HIT = 'start-limit-hit';

async function hitStartLimit(unit: string, limits: Limits): Promise<boolean> {
  const state = await unitState(unit, limits);
  return state.kind === 'known' && state.result === START_LIMIT_HIT;
}

/** systemd counts restarts on demand too, and an administrator did not ask for fewer of these. */
async function resetStartLimit(
  name: string,
  unit: string,
  limits: Limits,
  log: Log,
): Promise<void> {
  log.info(`RESTART LOG: ${unit} was stopped by its start limit, resetting it`, {
    event: 'start_limit_reset',
    process: name,
  });
  await systemctl('reset-failed', unit, limits);
}

/** How the restart is told to an operator. */
export function serviceCommand(target: Target, unit: string): string {
  return systemdRuns()
    ? `systemctl restart ${unit}`
    : `service ${programNameOf(target.settings.system_name)} restart`;
}

function whyNot(unit: string, load: string): string | undefined {
  switch (load) {
    case 'masked':
      return `${unit} is masked; systemctl unmask ${unit} allows it again`;
    case 'not-found':
      return `${unit} not found`;
    default:
      return undefined;
  }
}
