import type { Limits } from '../system/systemd.ts';
import { commandTeller } from './debug_log.ts';
import type { RestartContext, Target } from './target.ts';

/** Of every command that is run for a process. */
export function commandOptions(
  target: Target,
  context: Pick<RestartContext, 'ending' | 'log' | 'secrets'>,
): Omit<Limits, 'timeoutMs'> {
  return { signal: context.ending, onEnd: commandTeller(target, context) };
}

/** The same within `restart_timeout`. */
export function restartOptions(
  target: Target,
  context: Pick<RestartContext, 'ending' | 'log' | 'secrets'>,
): Limits {
  const timeoutMs = target.settings.restart_timeout * 1000;
  return { ...commandOptions(target, context), timeoutMs };
}
