import { runCommand } from '../system/command.ts';
import { type Limits, systemdRuns } from '../system/systemd.ts';
import { type KnownUnit, unitState } from '../system/unit_state.ts';
import { wasStopped } from '../system/unit_verdict.ts';
import { startOf } from './by_service.ts';
import { restartOptions } from './command_options.ts';
import { examine } from './examine.ts';
import { failureOf } from './failure.ts';
import { joinOthers, shareOut } from './joined.ts';
import { beginRecord } from './record.ts';
import { RestartLog } from './restart_log.ts';
import { chooseStrategy, commandOf, restartBy, type Strategy } from './strategy.ts';
import { fillIn, type Outcome, type RestartContext, type Target } from './target.ts';
import { failureOfHost, isVerified } from './verification.ts';

/** `unfinished`: systemd still works on it. */
type Attempted = 'verified' | 'failed' | 'stopped' | 'unfinished';

/** What a restart is made for. */
export interface Occasion {
  /** Since when it is wanted, by the restarts' clock: a restart of the same unit that began later is as good. */
  readonly sinceMs?: number;
  /** Called before the first attempt, where the restart is not shared. */
  readonly onRestart?: () => void;
}

/** One restart: pre_restart_command, then up to so many attempts, until one is verified. */
export async function restart(
  target: Target,
  attempts: number,
  context: RestartContext,
  { sinceMs = context.clock.nowMs(), onRestart }: Occasion = {},
): Promise<Outcome> {
  if (context.stopping.aborted) {
    return 'interrupted';
  }
  const lines = new RestartLog(target, context);
  lines.beginning(target.settings.restart_strategy);
  if (!(await preRestart(target, lines, context))) {
    return context.ending.aborted ? 'interrupted' : 'failed';
  }
  if (context.stopping.aborted) {
    return 'interrupted';
  }
  const first = await joinOthers(target, sinceMs, lines, context);
  if (typeof first === 'string') {
    return first;
  }
  onRestart?.();
  return await shareOut(first, target, context, () =>
    attemptAll(target, attempts, first, lines, context),
  );
}

async function attemptAll(
  target: Target,
  attempts: number,
  first: Strategy,
  lines: RestartLog,
  context: RestartContext,
): Promise<Outcome> {
  const limits = restartOptions(target, context);
  let last: Attempted | undefined;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) {
      await context.clock.sleep(target.settings.restart_delay * 1000, context.stopping);
      if (context.stopping.aborted) {
        return 'interrupted';
      }
    }
    lines.attempt(attempt, attempts);
    const strategy =
      attempt === 1
        ? first
        : await chooseStrategy(target, limits, context.recipes, last === 'unfinished');
    last = await tryOnce(target, attempt, strategy, lines, context);
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
  strategy: Strategy,
  lines: RestartLog,
  context: RestartContext,
): Promise<Attempted> {
  const limits = restartOptions(target, context);
  lines.choice(strategy);
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
  if (await isVerified(target, strategy, begun, record, lines, context)) {
    return 'verified';
  }
  if (strategy.kind === 'service' && (await isStopped(strategy.unit, limits))) {
    lines.stopped(strategy.unit);
    return 'stopped';
  }
  return 'failed';
}

/** Did somebody stop a unit since it was restarted? */
async function isStopped(unit: string, limits: Limits): Promise<boolean> {
  const state = systemdRuns() && (await unitState(unit, limits));
  return state && state.kind === 'known' && isDown(state) && wasStopped(state);
}

function isDown({ active }: KnownUnit): boolean {
  return active === 'inactive' || active === 'failed';
}
