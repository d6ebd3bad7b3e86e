import { identityOf } from '../system/identity.ts';
import type { AttemptEnd } from './attempts.ts';
import { type Failure, masked, type RestartContext, type Target } from './target.ts';

/** An attempt on record, from before it does anything. */
export interface OpenRecord {
  /** Its command runs, as this process group. */
  readonly onStart: (group: number) => void;
  /** It ended: well, as told, or with a failure. */
  readonly end: (success: AttemptEnd['outcome'], failure: Failure | undefined) => void;
}

/** Records an attempt; number 0 is the pre_restart_command. Secrets are masked here. */
export function beginRecord(
  target: Target,
  attempt: { readonly strategy: string; readonly number: number; readonly command: string },
  context: RestartContext,
): OpenRecord {
  const startedAtMs = context.clock.nowMs();
  const record = context.recorder.begin({
    name: target.name,
    strategy: attempt.strategy,
    attempt: attempt.number,
    command: masked(attempt.command, context),
  });
  return {
    onStart: (group) => record.running(identityOf(group)),
    end: (success, failure) => {
      const failed = context.ending.aborted ? 'interrupted' : 'failed';
      record.end({
        outcome: failure ? failed : success,
        reason: masked(failure?.reason ?? '', context),
        durationMs: context.clock.nowMs() - startedAtMs,
        output: masked((failure?.output ?? []).join('\n'), context),
      });
    },
  };
}
