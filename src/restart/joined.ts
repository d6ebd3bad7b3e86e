import { programNameOf } from '../system/systemd.ts';
import { restartOptions } from './command_options.ts';
import { beginRecord } from './record.ts';
import type { RestartLog } from './restart_log.ts';
import type { SharedRestart } from './shared_restarts.ts';
import { chooseStrategy, type Strategy } from './strategy.ts';
import type { Outcome, RestartContext, Target } from './target.ts';
import { isVerified } from './verification.ts';

/**
 * Waits for restarts of the same unit or program that other names make. Resolves to what such a one came to for this
 * name, or to the strategy of a restart of its own.
 */
export async function joinOthers(
  target: Target,
  sinceMs: number,
  lines: RestartLog,
  context: RestartContext,
): Promise<Outcome | Strategy> {
  for (let wantedMs = sinceMs; ; wantedMs = context.clock.nowMs() + 1) {
    const limits = restartOptions(target, context);
    const strategy = await chooseStrategy(target, limits, context.recipes);
    const key = keyOf(strategy, target);
    const other = key === undefined ? undefined : context.shared.since(key, wantedMs);
    if (!other) {
      return strategy;
    }
    lines.choice(strategy);
    lines.shared(other.name);
    const outcome = await outcomeFor(target, strategy, other, lines, context);
    if (outcome !== undefined) {
      return outcome;
    }
    if (context.stopping.aborted) {
      return 'interrupted';
    }
  }
}

/** Lets other names take part in this restart. */
export function shareOut(
  strategy: Strategy,
  target: Target,
  { shared, clock }: RestartContext,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const key = keyOf(strategy, target);
  const who = { name: target.name, manner: mannerOf(target) };
  return key === undefined ? work() : shared.run(key, who, clock.nowMs(), work);
}

/** Two restarts with the same key would be two of the same unit, or of the same program. Undefined: nobody can tell. */
function keyOf(strategy: Strategy, { settings }: Target): string | undefined {
  switch (strategy.kind) {
    case 'service':
      return strategy.state?.id ?? strategy.unit;
    case 'process':
      return `process ${programNameOf(settings.system_name)}`;
    default:
      return undefined;
  }
}

/** Whatever may decide how a restart ends, apart from the name, which leads to the same unit. */
function mannerOf({ settings }: Target): string {
  return JSON.stringify({ ...settings, system_name: '' });
}

/**
 * What another name's restart means for this one; undefined: nothing, it needs one of its own. That the process is
 * healthy is for its own health check to say. A failure counts only where its own restart would have been the same:
 * who may write to the table opens nobody's breaker by another name.
 */
async function outcomeFor(
  target: Target,
  strategy: Strategy,
  other: SharedRestart<Outcome>,
  lines: RestartLog,
  context: RestartContext,
): Promise<Outcome | undefined> {
  const outcome = await other.ended;
  if (outcome === 'verified') {
    const command = `(the restart of ${other.name})`;
    const record = beginRecord(target, { strategy: strategy.kind, number: 1, command }, context);
    if (await isVerified(target, strategy, undefined, record, lines, context)) {
      return 'verified';
    }
  }
  if (outcome === 'interrupted' || outcome === 'stopped') {
    return outcome;
  }
  if (other.manner !== mannerOf(target)) {
    return undefined;
  }
  lines.allFailed();
  return 'failed';
}
