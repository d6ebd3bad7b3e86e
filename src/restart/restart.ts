import { runCommand } from '../system/command.ts';

import { type Limits, systemdRuns } from '../system/systemd.ts';
import { type KnownUnit, unitState } from '../system/unit_state.ts';
import { wasStopped } from '../system/unit_verdict.ts';

import { startOf } from './by_service.ts';

import { commandOptions, restartOptions } from './command_options.ts';
import { toldLook } from './debug_log.ts';
import { examine } from './examine.ts';
import { failureOf } from './failure.ts';
import { lookAt, verify } from './health_check.ts';
import { beginRecord } from './record.ts';
import { RestartLog } from './restart_log.ts';
import { chooseStrategy, commandOf, restartBy, type Strategy } from './strategy.ts';
import { type Failure, fillIn, type RestartContext, type Target } from './target.ts';
import { type UnitStart, withCause } from './unit_story.ts';

/**
 * How a restart ended. Interrupted, by the end of the service, and stopped, by somebody who stopped the unit while it
 * was verified, say nothing about the process.
 */
export type Outcome = 'verified' | 'failed' | 'interrupted' | 'stopped';

/** `unfinished`: systemd still works on it. */
type Attempted = 'verified' | 'failed' | 'stopped' | 'unfinished';

/**
 * One restart: pre_restart_command, then up to so many attempts, until one is verified. `onRestart` is called
 * before the first of them.
 */
export async function restart(
  target: Target,
  attempts: number,
  context: RestartContext,
  onRestart?: () => void,
): Promise<Outcome> {
  if (context.stopping.aborted) {
    return 'interrupted';
  }
  const lines = new RestartLog(target, context);
  lines.beginning(target.settings.restart_strategy);
  if (!(await preRestart(target, lines, context))) {
    return context.ending.aborted ? 'interrupted' : 'failed';
  }
  let last: Attempted | undefined;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) {
      await context.clock.sleep(target.settings.restart_delay * 1000, context.stopping);
    }
    if (context.stopping.aborted) {
      return 'interrupted';
    }
    lines.attempt(attempt, attempts);
    if (attempt === 1) {
      onRestart?.();
    }
    last = await tryOnce(target, attempt, last === 'unfinished', lines, context);
    if (last === 'verified' || last === 'stopped') {
      return last;
    }
    if (context.ending.aborted) {
      return 'interrupted';
    }
  }
  lines.allFailed();
  return 'failed';
}

/** Is a process that was restarted for this alarm before healthy still? */
export async function isHealthy(target: Target, context: RestartContext): Promise<boolean> {
  return (await examine(target, context)).failure === undefined;
}

async function preRestart(
  target: Target,
  lines: RestartLog,
  context: RestartContext,
): Promise<boolean> {
  const { pre_restart_command, restart_strategy } = target.settings;
  if (pre_restart_command === '') {
    return true;
  }
  const command = fillIn(pre_restart_command, target);
  const record = beginRecord(target, { strategy: restart_strategy, number: 0, command }, context);
  const limits = { ...restartOptions(target, context), onStart: record.onStart };
  const failure = failureOf(await runCommand(command, { ...limits, leftovers: 'end' }));
  if (failure) {
    lines.preRestartFailed(failure);
    record.failed(failure);
    return false;
  }
  record.succeeded('passed');
  return true;
}

async function tryOnce(
  target: Target,
  number: number,
  isFollowUp: boolean,
  lines: RestartLog,
  context: RestartContext,
): Promise<Attempted> {
  const limits = restartOptions(target, context);
  const strategy = await chooseStrategy(target, limits, context.recipes, isFollowUp);
  if (target.settings.restart_strategy === 'auto') {
    lines.choice(strategy);
  }
  const begun = 'state' in strategy && strategy.state ? startOf(strategy.state) : undefined;
  const command = commandOf(strategy, target);
  const record = beginRecord(target, { strategy: strategy.kind, number, command }, context);
  const failure = await restartBy(
    strategy,
    target,
    { ...limits, onStart: record.onStart },
    context,
  ).catch(failureOfHost);
  if (failure) {
    lines.restartFailed(strategy, failure);
    record.failed(failure);
    return failure.isUnfinished ? 'unfinished' : 'failed';
  }
  const unhealthy = await checkHealth(target, strategy, begun, context, record.onStart).catch(
    failureOfHost,
  );
  if (unhealthy) {
    lines.unhealthy(strategy, unhealthy);
    record.failed({ ...unhealthy, reason: `health check: ${unhealthy.reason}` });
    if (strategy.kind === 'service' && (await isStopped(strategy.unit, limits))) {
      lines.stopped(strategy.unit);
      return 'stopped';
    }
    return 'failed';
  }
  lines.verified(strategy);
  record.succeeded('verified');
  return 'verified';
}

/** Did somebody stop a unit since it was restarted? */
async function isStopped(unit: string, limits: Limits): Promise<boolean> {
  const state = systemdRuns() && (await unitState(unit, limits));
  return state && state.kind === 'known' && isDown(state) && wasStopped(state);
}

function isDown({ active }: KnownUnit): boolean {
  return active === 'inactive' || active === 'failed';
}

/** The host could not do it, having no descriptor left say: an attempt that failed like others, and is told as one. */
function failureOfHost(error: Error): Failure {
  return { reason: error.message, output: [] };
}

async function checkHealth(
  target: Target,
  strategy: Strategy,
  begun: UnitStart | undefined,
  context: RestartContext,
  onStart: (group: number) => void,
): Promise<Failure | undefined> {
  const { health_check_timeout, health_check_stable_time } = target.settings;
  const patience = {
    timeoutMs: health_check_timeout * 1000,
    stableMs: health_check_stable_time * 1000,
  };
  const look = lookAt(target, strategy, { ...commandOptions(target, context), onStart });
  const { clock, ending } = context;
  const failure = await verify(toldLook(look, target, context), patience, clock, ending);
  return failure?.unit ? await withCause(failure, failure.unit, begun, ending) : failure;
}
