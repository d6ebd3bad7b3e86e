import { commandOptions } from './command_options.ts';
import { toldLook } from './debug_log.ts';
import { lookAt, verify } from './health_check.ts';
import type { OpenRecord } from './record.ts';
import type { RestartLog } from './restart_log.ts';
import type { Strategy } from './strategy.ts';
import type { Failure, RestartContext, Target } from './target.ts';
import { type UnitStart, withCause } from './unit_story.ts';

/** Has a process that was restarted become healthy, and stayed so? Logged and recorded. */
export async function isVerified(
  target: Target,
  strategy: Strategy,
  begun: UnitStart | undefined,
  record: OpenRecord,
  lines: RestartLog,
  context: RestartContext,
): Promise<boolean> {
  const unhealthy = await checkHealth(target, strategy, begun, context, record.onStart).catch(
    failureOfHost,
  );
  if (unhealthy) {
    lines.unhealthy(strategy, unhealthy);
    record.failed({ ...unhealthy, reason: `health check: ${unhealthy.reason}` });
    return false;
  }
  lines.verified(strategy);
  record.succeeded('verified');
  return true;
}

/** The host could not do it, having no descriptor left say: an attempt that failed like others, and is told as one. */
export function failureOfHost(error: Error): Failure {
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
