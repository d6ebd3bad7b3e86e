import type { AttemptReport, ProcessReport } from '../control/reports.ts';
import { escapeText } from '../log/escape.ts';
import { counted } from '../system/counted.ts';
import { attemptWords, furtherOutput } from './attempt_words.ts';
import type { MergedProcess } from './merged_status.ts';
import { coloured, type Screen } from './screen.ts';
import { future, past } from './time_words.ts';

/** What is known of one process, for somebody who was woken by it: what is wrong, why, and what to type. */
export function processDetails(process: MergedProcess, screen: Screen, now: Date): string[] {
  const { name, last_attempt } = process;
  return [
    coloured(escapeText(name), 'bold', screen),
    row('State', stateSentence(process)),
    row('Breaker', breakerSentence(process, now)),
    ...(last_attempt === null ? [] : attemptLines(last_attempt, now)),
    ...adviceLines(process, now),
  ];
}

function row(title: string, text: string): string {
  const head = title === '' ? '' : `${title}:`;
  return `  ${head.padEnd(14)} ${escapeText(text)}`;
}

/** What becomes of it. */
export function stateSentence({ state, alarms, refusal, not_cleared, ids }: MergedProcess): string {
  const inAlarm = alarms > 1 ? `in alarm (${alarms} rows)` : 'in alarm';
  switch (state) {
    case 'held_off':
      return `${inAlarm}; its open breaker keeps restarts away`;
    case 'refused':
      return `${inAlarm}; never restarted, for its name is refused: ${refusal}`;
    case 'in_alarm':
      return not_cleared === null
        ? `${inAlarm}; the next check sees to it`
        : `restarted and verified, but ${inAlarm} still: it could not be cleared: ${not_cleared}`;
    case 'restarting':
      return `${inAlarm}; being restarted`;
    case 'waiting':
      return `${inAlarm}; waiting for other restarts to end`;
    case 'no_alarm':
      return ids?.length === 0 ? 'not in the database' : 'not in alarm';
  }
}

function breakerSentence({ breaker, failures }: ProcessReport, now: Date): string {
  const failed = `${counted(failures, 'failed restart')} in a row`;
  if (breaker.since === null) {
    return failures === 0 ? 'closed, no failures' : `closed, after ${failed}`;
  }
  const trial = breaker.state === 'half-open' ? '; one restart is tried now' : '';
  const why = breaker.reason === 'restarts' ? 'as its restarts do not last' : `after ${failed}`;
  return `open since ${past(breaker.since, now)}, ${why}${trial}`;
}

function attemptLines(attempt: AttemptReport, now: Date): string[] {
  const { at, command, reason } = attempt;
  return [
    row('Last restart', `${past(at, now)}, ${attemptWords(attempt)}`),
    row('Command', command),
    ...(reason === '' ? [] : [row('Why it failed', reason)]),
    ...furtherOutput(attempt).map((line, index) => row(index === 0 ? 'Output' : '', line)),
  ];
}

function adviceLines({ name, state, breaker }: ProcessReport, now: Date): string[] {
  if (state === 'refused') {
    return [
      row('What to do', 'rename it in PROCESE, or: monitor_service alarm clear ID'),
      row('', 'monitor_service list has the ID'),
    ];
  }
  if (breaker.state !== 'open' || breaker.retry_at === null) {
    return [];
  }
  const isDue = new Date(breaker.retry_at) <= now;
  const when = isDue
    ? 'at the next check'
    : `at the first check after ${future(breaker.retry_at, now)}`;
  const condition = state === 'no_alarm' ? ', if it is in alarm then' : '';
  return [
    row('Next try', `${when}${condition}`),
    row('Sooner', `fix the cause, then: monitor_service restart ${name}`),
  ];
}
