import { nearest } from '../configuration/nearest.ts';
import { MAX_PROCESSES } from './status_report.ts';

/** What is told of a name that is none of these. */
export function nothingKnown(name: string, known: ReadonlySet<string>): string {
  const near = nearest(name, [...known].slice(0, MAX_PROCESSES));
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return `nothing is known of ${name}: no alarm, no failure, no restart${hint}`;
}
