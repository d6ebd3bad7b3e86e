import type { Log } from '../log/logger.ts';
import { runProgram } from '../system/command.ts';
import {
  type Limits,
  programNameOf,
  systemctl,
  systemdRuns,
  unitState,
} from '../system/systemd.ts';
import { failureOf, failureOfAny } from './failure.ts';
import { warnOfHeldOutput } from './held_output.ts';
import type { Failure, Target } from './target.ts';

/** Strategy `service`. Undefined: the restart command succeeded. */
export async function restartByService(
  target: Target,
  unit: string,
  limits: Limits,
  log: Log,
): Promise<Failure | undefined> {
  if (!systemdRuns()) {
    const args = [programNameOf(target.settings.system_name), 'restart'];
    const result = await runProgram('service', args, { ...limits, leftovers: 'keep' });
    warnOfHeldOutput(target.name, result, log);
    return failureOf(result);
  }
  const state = await unitState(unit, limits);
  if (state.kind === 'unknown') {
    return failureOfAny(state.result);
  }
  const refusal = whyNot(unit, state.load);
  if (refusal !== undefined) {
    return { reason: refusal, output: [] };
  }
  if (state.result === 'start-limit-hit') {
    log.info(`RESTART LOG: ${unit} was stopped by its start limit, resetting it`);
    await systemctl('reset-failed', unit, limits);
  }
  return failureOf(await systemctl('restart', unit, limits));
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
