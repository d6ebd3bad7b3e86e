import { runCommand } from '../system/command.ts';
import { failureOf } from './failure.ts';
import { lookAt, verify } from './health_check.ts';
import { beginRecord } from './record.ts';
import { chooseStrategy, commandOf, restartBy, type Strategy } from './strategy.ts';
import { type Failure, fillIn, type RestartContext, type Target } from './target.ts';
import { Telling } from './telling.ts';

/** How a restart ended. Interrupted: it says nothing about the process. */
export type Outcome = 'verified' | 'failed' | 'interrupted';

/** One restart: pre_restart_command, then up to so many attempts, until one is verified. */
export async function restart(
  target: Target,
  attempts: number,
  context: RestartContext,
): Promise<Outcome> {
  const telling = new Telling(target, context);
  telling.beginning(target.settings.restart_strategy);
  if (!(await preRestart(target, telling, context))) {
    return context.stopping.aborted ? 'interrupted' : 'failed';
  }
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) {
      await context.clock.sleep(target.settings.restart_delay * 1000, context.stopping);
    }
    if (context.stopping.aborted) {
      return 'interrupted';
    }
    telling.attempt(attempt, attempts);
    if (await tryOnce(target, attempt, telling, context)) {
      return 'verified';
    }
    if (context.ending.aborted) {
      return 'interrupted';
    }
  }
  telling.allFailed();
  return 'failed';
}

/** Is a process that was restarted for this alarm before healthy still? */
export async function isHealthy(target: Target, context: RestartContext): Promise<boolean> {
  const strategy = await chooseStrategy(target, limitsOf(target, context));
  return !('reason' in strategy) && (await checkHealth(target, strategy, context)) === undefined;
}

async function preRestart(
  target: Target,
  telling: Telling,
  context: RestartContext,
): Promise<boolean> {
  const { pre_restart_command, restart_strategy } = target.settings;
  if (pre_restart_command === '') {
    return true;
  }
  const command = fillIn(pre_restart_command, target);
  const record = beginRecord(target, { strategy: restart_strategy, number: 0, command }, context);
  const limits = { ...limitsOf(target, context), onStart: record.onStart };
  const failure = failureOf(await runCommand(command, { ...limits, leftovers: 'end' }));
  record.end('passed', failure);
  if (failure) {
    telling.preRestartFailed(failure);
  }
  return failure === undefined;
}

async function tryOnce(
  target: Target,
  number: number,
  telling: Telling,
  context: RestartContext,
): Promise<boolean> {
  const limits = limitsOf(target, context);
  const strategy = await chooseStrategy(target, limits);
  if ('reason' in strategy) {
    telling.restartFailed('service', strategy); // it was systemd that could not be asked
    return false;
  }
  if (target.settings.restart_strategy === 'auto') {
    telling.choice(strategy);
  }
  const { kind } = strategy;
  const attempt = { strategy: kind, number, command: commandOf(strategy, target) };
  const record = beginRecord(target, attempt, context);
  const failure = await restartBy(
    strategy,
    target,
    { ...limits, onStart: record.onStart },
    context,
  );
  if (failure) {
    telling.restartFailed(kind, failure);
    record.end('verified', failure);
    return false;
  }
  const unhealthy = await checkHealth(target, strategy, context);
  if (unhealthy) {
    telling.unhealthy(kind, unhealthy);
    record.end('verified', { ...unhealthy, reason: `health check: ${unhealthy.reason}` });
    return false;
  }
  telling.verified(kind);
  record.end('verified', undefined);
  return true;
}

function checkHealth(
  target: Target,
  strategy: Strategy,
  { clock, ending }: RestartContext,
): Promise<Failure | undefined> {
  const { health_check_timeout, health_check_stable_time } = target.settings;
  const patience = {
    timeoutMs: health_check_timeout * 1000,
    stableMs: health_check_stable_time * 1000,
  };
  return verify(lookAt(target, strategy, ending), patience, clock, ending);
}

function limitsOf(target: Target, context: RestartContext) {
  return { timeoutMs: target.settings.restart_timeout * 1000, signal: context.ending };
}
