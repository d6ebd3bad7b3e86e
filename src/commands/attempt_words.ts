import type { AttemptReport } from '../control/reports.ts';
import { duration } from './time_words.ts';

/** Which attempt it was and what came of it: `service, attempt 2: failed after 41 ms`. */
export function attemptWords({ strategy, attempt, outcome, duration_ms }: AttemptReport): string {
  const which = attempt === 0 ? 'pre_restart_command' : `attempt ${attempt}`;
  const took = duration_ms === null ? '' : ` after ${duration(duration_ms)}`;
  return `${strategy}, ${which}: ${outcome}${took}`;
}

/** What it printed before the line that its reason ends with. */
export function furtherOutput({
  reason,
  output,
}: Pick<AttemptReport, 'reason' | 'output'>): readonly string[] {
  const last = output.at(-1);
  return last !== undefined && reason.endsWith(`: ${last}`) ? output.slice(0, -1) : output;
}
