import type { ExaminationReport } from '../control/reports.ts';
import { escapeText } from '../log/escape.ts';
import { furtherOutput } from './attempt_words.ts';
import { coloured, type Screen } from './screen.ts';
import { duration } from './time_words.ts';

/** What a health check found, for people. */
export function checkLines(report: ExaminationReport, screen: Screen): string[] {
  const { name, healthy, reason, kind, asked, duration_ms } = report;
  const verdict = healthy
    ? coloured('healthy', 'green', screen)
    : coloured('not healthy', 'red', screen);
  return [
    `${escapeText(name)}: ${verdict}${escapeText(reason === '' ? '' : `: ${reason}`)}`,
    escapeText(`    asked: ${kind} ${asked}; took ${duration(duration_ms)}`),
    ...furtherOutput(report).map((line) => escapeText(`    | ${line}`)),
  ];
}
