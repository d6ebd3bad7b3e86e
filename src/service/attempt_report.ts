import type { AttemptReport } from '../control/reports.ts';
import type { RecordedAttempt } from '../state/recorded_attempt.ts';

/** An attempt on record in the fields that programs read. */
export function attemptReport(attempt: RecordedAttempt): AttemptReport {
  return {
    at: attempt.at.toISOString(),
    strategy: attempt.strategy,
    attempt: attempt.attempt,
    command: attempt.command,
    outcome: attempt.outcome,
    reason: attempt.reason,
    duration_ms: attempt.durationMs === undefined ? null : Math.round(attempt.durationMs),
    output: attempt.output,
  };
}
