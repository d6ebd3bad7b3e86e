import type { Log } from '../log/logger.ts';
import { type CommandOptions, runProgram } from '../system/command.ts';
import { systemctl, systemdRuns, type UnitState, unitState } from '../system/systemd.ts';
import { failureOf } from './failure.ts';
import type { Failure, Target } from './target.ts';

type Limits = Pick<CommandOptions, 'timeoutMs' | 'signal' | 'onStart'>;

/** Strategy `service`. Undefined: the restart command succeeded. */
export async function restartByService(
  target: Target,
  unit: string,
  limits: Limits,
  log: Log,
): Promise<Failure | undefined> {
  if (!systemdRuns()) {
    const args = [target.settings.system_name, 'restart'];
    return failureOf(await runProgram('service', args, { ...limits, leftovers: 'keep' }));
  }
  const state = await unitState(unit, limits);
  if ('ok' in state) {
    return failureOf(state);
  }
  const refusal = whyNot(unit, state);
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
    : `service ${target.settings.system_name} restart`;
}

function whyNot(unit: string, { load }: UnitState): string | undefined {
  switch (load) {
    case 'masked':
      return `${unit} is masked; systemctl unmask ${unit} allows it again`;
    case 'not-found':
      return `${unit} not found`;
    default:
      return undefined;
  }
}
