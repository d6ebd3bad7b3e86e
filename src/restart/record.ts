import { identityOf } from '../system/identity.ts';
import { type Failure, masked, type RestartContext, type Target } from './target.ts';

/** An attempt on record, from before it does anything. */
export interface OpenRecord {
  /** Its command runs, as this process group. */
  readonly onStart: (group: number) => void;
  readonly succeeded: (outcome: 'passed' | 'verified') => void;
  readonly failed: (failure: Failure) => void;
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
  const durationMs = () => context.clock.nowMs() - startedAtMs;
  return {
    onStart: (group) => record.running(identityOf(group)),
    succeeded: (outcome) => record.end({ outcome, durationMs: durationMs() }),
    failed: ({ reason, output }) =>
      record.end({
        outcome: context.ending.aborted ? 'interrupted' : 'failed',
        durationMs: durationMs(),
        reason: masked(reason, context),
        output: masked(output.join('\n'), context),
      }),
  };
}
