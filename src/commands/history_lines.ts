import type { AttemptReport } from '../control/reports.ts';
import { escapeText } from '../log/escape.ts';
import { localTime } from '../system/local_time.ts';
import { attemptWords, furtherOutput } from './attempt_words.ts';
import { type Colour, coloured, type Screen } from './screen.ts';
import { wrapToWidth } from './text_width.ts';

const COLOURS: Readonly<Record<string, Colour>> = {
  verified: 'green',
  failed: 'red',
  interrupted: 'yellow',
};

/** An attempt, and the process that it was made at. */
export interface NamedAttempt extends AttemptReport {
  readonly name: string;
}

/** The lines that show an attempt to people; long ones go on in the next line. */
export function historyLines(attempt: NamedAttempt, screen: Screen): string[] {
  const head = `${localTime(new Date(attempt.at))}  ${attempt.name}  ${attemptWords(attempt)}`;
  const details = [
    attempt.command,
    ...(attempt.reason === '' ? [] : [attempt.reason]),
    ...furtherOutput(attempt).map((line) => `| ${line}`),
  ];
  return [
    ...wrapToWidth(escapeText(head), screen.columns).map((line) =>
      coloured(line, COLOURS[attempt.outcome], screen),
    ),
    ...details.flatMap((text) =>
      wrapToWidth(escapeText(text), screen.columns - INDENT.length).map((line) => INDENT + line),
    ),
  ];
}

const INDENT = '    ';
