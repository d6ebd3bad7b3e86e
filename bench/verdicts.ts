/** What the figures of a row mean for its goals. Pure. */
import type { Result } from './measure.ts';
import type { Goal, Lookup, Unit } from './row.ts';
import { summaryOf } from './statistics.ts';

export interface Verdict {
  readonly says: string;
  readonly value: string;
  readonly isMet: boolean;
}

export function verdictsOf({ row, series }: Result): Verdict[] {
  const median: Lookup = (contender, figure) => {
    const found = series.find((one) => one.contender === contender && one.figure === figure);
    return found ? summaryOf(found.samples).median : Number.NaN;
  };
  return row.goals.map((goal) => verdictOf(goal, goal.value(median)));
}

function verdictOf({ says, unit, atMost, atLeast }: Goal, value: number): Verdict {
  // Said this way round, a figure that is missing meets nothing.
  const isMet =
    value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? Number.NEGATIVE_INFINITY);
  return { says, value: Number.isNaN(value) ? 'no figure' : inWords(value, unit), isMet };
}

/** A figure with three digits that count, or whole where it is larger. */
export function inWords(value: number, unit: Unit): string {
  if (unit === 'bytes') {
    return Math.abs(value) >= 1e6 ? `${digits(value / 1e6)} MB` : `${digits(value / 1e3)} KB`;
  }
  return unit === '' ? digits(value) : `${digits(value)} ${unit}`;
}

function digits(value: number): string {
  return value.toLocaleString('en-US', {
    maximumSignificantDigits: Math.max(3, String(Math.trunc(Math.abs(value))).length),
  });
}
