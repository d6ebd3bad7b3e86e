import { runCommand } from '../system/command.ts';
import {
  type Limits,
  owningUnit,
  programNameOf,
  systemdRuns,
  unitNameOf,
  unitState,
} from '../system/systemd.ts';
import { processCommand, processesNamed, restartByProcess } from './by_process.ts';
import { restartByService, serviceCommand } from './by_service.ts';
import { failureOf, failureOfAny } from './failure.ts';
import { warnOfHeldOutput } from './held_output.ts';
import { type Failure, fillIn, type RestartContext, type Target } from './target.ts';

/** What is done in the end; `auto` has become one of these. */
export type Strategy =
  | { readonly kind: 'service'; readonly unit: string }
  | { readonly kind: 'process' }
  | { readonly kind: 'custom' }
  /** systemd could not be asked; to start the process directly might make a second copy beside a unit. */
  | { readonly kind: 'unknown'; readonly failure: Failure };

/** Settles the strategy; for `auto` systemd is asked. */
export async function chooseStrategy(target: Target, limits: Limits): Promise<Strategy> {
  const { restart_strategy, system_name } = target.settings;
  switch (restart_strategy) {
    case 'service':
      return { kind: 'service', unit: unitNameOf(system_name) };
    case 'auto':
      return systemdRuns() ? await chooseForHost(system_name, limits) : { kind: 'process' };
    default:
      return { kind: restart_strategy };
  }
}

/** How the strategy's restart is told to an operator; not masked yet. */
export function commandOf(strategy: Strategy, target: Target): string {
  switch (strategy.kind) {
    case 'service':
      return serviceCommand(target, strategy.unit);
    case 'process':
      return processCommand(target);
    case 'custom':
      return fillIn(target.settings.restart_command, target);
    case 'unknown':
      return `systemctl show ${unitNameOf(target.settings.system_name)}`;
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
      return await restartByService(target, strategy.unit, limits, context.log);
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

/** A unit that systemd knows, or that owns the running process; only a process of neither is handled directly. */
async function chooseForHost(systemName: string, limits: Limits): Promise<Strategy> {
  const unit = unitNameOf(systemName);
  const state = await unitState(unit, limits);
  if (state.kind === 'unknown') {
    return { kind: 'unknown', failure: failureOfAny(state.result) };
  }
  if (state.load !== 'not-found') {
    return { kind: 'service', unit };
  }
  const own = owningUnit(process.pid);
  const owner = processesNamed(programNameOf(systemName))
    .map(({ pid }) => owningUnit(pid))
    .find((name) => name !== undefined && name !== own);
  return owner === undefined ? { kind: 'process' } : { kind: 'service', unit: owner };
}
