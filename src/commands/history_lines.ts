import { escapeText } from '../log/escape.ts';
import type { RecordedAttempt } from '../state/history.ts';
import { localTime } from '../system/local_time.ts';
import { type Colour, coloured, type Screen } from './screen.ts';
import { wrapToWidth } from './text_width.ts';

const COLOURS: Readonly<Record<string, Colour>> = {
  verified: 'green',
  failed: 'red',
  interrupted: 'yellow',
};

/** The lines that show an attempt to people; long ones go on in the next line. */
export function historyLines(attempt: RecordedAttempt, screen: Screen): string[] {
  const which = attempt.attempt === 0 ? 'before the restart' : `attempt ${attempt.attempt}`;
  const head = `${localTime(attempt.at)}  ${attempt.name}  ${attempt.strategy}, ${which}: ${endOf(attempt)}`;
  const details = [
    attempt.command,
    ...(attempt.reason === '' ? [] : [attempt.reason]),
    ...attempt.output.map((line) => `| ${line}`),
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

function endOf({ outcome, durationMs }: RecordedAttempt): string {
  return durationMs === undefined ? outcome : `${outcome} after ${timeOf(durationMs)}`;
}

function timeOf(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
