import type { Breaker } from '../breaker/breaker.ts';
import type { Reason } from '../breaker/breakers.ts';
import type { AttemptReport, ProcessReport, ProcessState } from '../control/reports.ts';
import type { Sighting } from '../monitor/overview.ts';
import type { RecordedAttempt } from '../state/recorded_attempt.ts';
import { attemptReport } from './attempt_report.ts';

/** What is known of one process. */
export interface ProcessFacts {
  readonly name: string;
  readonly sighting: Sighting | undefined;
  readonly restart: 'running' | 'waiting' | undefined;
  readonly breaker: Breaker;
  /** Why it is open. */
  readonly reason: Reason | undefined;
  readonly lastAttempt: RecordedAttempt | undefined;
}

/** Turns milliseconds since the boot into a time of day. */
export type TimeOf = (ms: number) => string;

const TEXT_LENGTH = 500;
const OUTPUT_LINES = 5;

/** In the order in which a person should look at them. */
export const STATES: readonly ProcessState[] = [
  'held_off',
  'refused',
  'in_alarm',
  'restarting',
  'waiting',
  'no_alarm',
];

/** What becomes of a process, of all that is known the thing that matters most. */
export function stateOf({
  sighting,
  restart,
  breaker,
}: Omit<ProcessFacts, 'lastAttempt'>): ProcessState {
  if (restart !== undefined) {
    return restart === 'running' ? 'restarting' : 'waiting';
  }
  if (sighting === undefined) {
    return 'no_alarm';
  }
  if (sighting.refusal !== undefined) {
    return 'refused';
  }
  return breaker.state === 'open' ? 'held_off' : 'in_alarm';
}

/** All that the service tells of a process. */
export function processReport(facts: ProcessFacts, resetMs: number, timeOf: TimeOf): ProcessReport {
  const { name, sighting, breaker, lastAttempt } = facts;
  const opened = breaker.state === 'closed' ? undefined : breaker.openedAtMs;
  return {
    name,
    state: stateOf(facts),
    alarms: sighting?.alarms ?? 0,
    refusal: sighting?.refusal ?? null,
    not_cleared: sighting?.notCleared === undefined ? null : cut(sighting.notCleared),
    failures: breaker.failures,
    breaker: {
      state: breaker.state,
      since: opened === undefined ? null : timeOf(opened),
      reason: facts.reason ?? null,
      retry_at: opened === undefined ? null : timeOf(opened + resetMs),
    },
    last_attempt: lastAttempt ? shortened(attemptReport(lastAttempt)) : null,
  };
}

/** The same with a bound. */
export function shortened(attempt: AttemptReport): AttemptReport {
  return {
    ...attempt,
    command: cut(attempt.command),
    reason: cut(attempt.reason),
    output: attempt.output.slice(-OUTPUT_LINES).map(cut),
  };
}

/** An answer has a bound, whatever a command or a server says. */
export function cut(text: string): string {
  return text.length > TEXT_LENGTH ? `${text.slice(0, TEXT_LENGTH)}…` : text;
}
