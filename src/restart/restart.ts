import { runCommand } from '../system/command.ts';
import { identityOf } from '../system/identity.ts';
import type { AttemptEnd } from './attempts.ts';
import { failureOf } from './failure.ts';
import { lookAt, verify } from './health_check.ts';
import { chooseStrategy, commandOf, restartBy, type Strategy } from './strategy.ts';
import { type Failure, fillIn, masked, type RestartContext, type Target } from './target.ts';

/** How a restart ended. Interrupted: it says nothing about the process. */
export type Outcome = 'verified' | 'failed' | 'interrupted';

/** One restart: pre_restart_command, then up to so many attempts, until one is verified. */
export async function restart(
  target: Target,
  attempts: number,
  context: RestartContext,
): Promise<Outcome> {
  const { name, settings } = target;
  const { log, clock, stopping } = context;
  log.info(
    `RESTART LOG: Beginning restart procedure for ${name} (strategy: ${settings.restart_strategy})`,
  );
  if (!(await preRestart(target, context))) {
    return stopping.aborted ? 'interrupted' : 'failed';
  }
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) {
      await clock.sleep(settings.restart_delay * 1000, stopping);
    }
    if (stopping.aborted) {
      return 'interrupted';
    }
    log.info(`RESTART LOG: Attempt ${attempt} of ${attempts} for ${name}`);
    if (await tryOnce(target, attempt, context)) {
      return 'verified';
    }
    if (context.ending.aborted) {
      return 'interrupted';
    }
  }
  log.error(`RESTART LOG: All restart attempts failed for ${name}`);
  return 'failed';
}

/** Is a process that was restarted for this alarm before healthy still? */
export async function isHealthy(target: Target, context: RestartContext): Promise<boolean> {
  const strategy = await chooseStrategy(target, limitsOf(target, context));
  return !('reason' in strategy) && (await checkHealth(target, strategy, context)) === undefined;
}

async function preRestart(target: Target, context: RestartContext): Promise<boolean> {
  const { name, settings } = target;
  if (settings.pre_restart_command === '') {
    return true;
  }
  const command = fillIn(settings.pre_restart_command, target);
  const record = beginRecord(target, settings.restart_strategy, 0, command, context);
  const limits = { ...limitsOf(target, context), onStart: record.onStart };
  const failure = failureOf(await runCommand(command, { ...limits, leftovers: 'end' }));
  record.end('passed', failure);
  if (failure) {
    context.log.error(
      masked(`RESTART LOG: Pre-restart command failed for ${name}: ${failure.reason}`, context),
    );
    logOutput(failure, target, context);
  }
  return failure === undefined;
}

async function tryOnce(target: Target, attempt: number, context: RestartContext): Promise<boolean> {
  const { name, settings } = target;
  const limits = limitsOf(target, context);
  const chosen = await chooseStrategy(target, limits);
  if ('reason' in chosen) {
    logRestartFailure('Service', chosen, target, context);
    return false;
  }
  if (settings.restart_strategy === 'auto') {
    context.log.info(`RESTART LOG: Strategy for ${name}: ${describe(chosen)}`);
  }
  const record = beginRecord(target, chosen.kind, attempt, commandOf(chosen, target), context);
  const failure = await restartBy(chosen, target, { ...limits, onStart: record.onStart }, context);
  if (failure) {
    logRestartFailure(NOUNS[chosen.kind], failure, target, context);
    record.end('verified', failure);
    return false;
  }
  const unhealthy = await checkHealth(target, chosen, context);
  if (unhealthy) {
    context.log.error(
      `RESTART LOG: ${NOUNS[chosen.kind]} restart command succeeded but health check failed for: ${name}`,
    );
    logOutput(unhealthy, target, context);
  } else {
    const what = chosen.kind === 'service' ? 'service' : 'process';
    context.log.info(`RESTART LOG: Successfully restarted and verified ${what}: ${name}`);
  }
  record.end(
    'verified',
    unhealthy && { ...unhealthy, reason: `health check: ${unhealthy.reason}` },
  );
  return unhealthy === undefined;
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

const NOUNS = { service: 'Service', process: 'Process', custom: 'Custom' } as const;

function describe(strategy: Strategy): string {
  return strategy.kind === 'service' ? `service (${strategy.unit})` : strategy.kind;
}

function limitsOf(target: Target, context: RestartContext) {
  return { timeoutMs: target.settings.restart_timeout * 1000, signal: context.ending };
}

function logRestartFailure(
  noun: string,
  failure: Failure,
  target: Target,
  context: RestartContext,
): void {
  context.log.error(
    masked(
      `RESTART LOG: ${noun} restart command failed for: ${target.name}: ${failure.reason}`,
      context,
    ),
  );
  logOutput(failure, target, context);
}

const LOGGED_LINES = 5;

/** The last lines of what failed; a single one is in the reason already. */
function logOutput(failure: Failure, { name }: Target, context: RestartContext): void {
  const lines = failure.output.slice(-LOGGED_LINES);
  const isTold = lines.length === 1 && failure.reason.endsWith(lines[0] ?? '');
  for (const line of isTold ? [] : lines) {
    context.log.info(masked(`RESTART LOG: Output for ${name}: ${line}`, context));
  }
}

/** Records an attempt from before it does anything; its end once that is known. */
function beginRecord(
  target: Target,
  strategy: string,
  attempt: number,
  command: string,
  context: RestartContext,
) {
  const startedAt = context.clock.nowMs();
  const record = context.recorder.begin({
    name: target.name,
    strategy,
    attempt,
    command: masked(command, context),
  });
  return {
    onStart: (group: number) => record.running(identityOf(group)),
    end: (success: AttemptEnd['outcome'], failure: Failure | undefined) => {
      const failed = context.ending.aborted ? 'interrupted' : 'failed';
      record.end({
        outcome: failure ? failed : success,
        reason: masked(failure?.reason ?? '', context),
        durationMs: context.clock.nowMs() - startedAt,
        output: masked((failure?.output ?? []).join('\n'), context),
      });
    },
  };
}
