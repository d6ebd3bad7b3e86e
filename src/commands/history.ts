import { quoted } from '../configuration/problem.ts';
import { secondsIn } from '../configuration/time_span.ts';
import { escapeJson, escapeText } from '../log/escape.ts';
import { attemptReport } from '../service/attempt_report.ts';
import { type HistoryQuery, readHistory, recordedNames } from '../state/history.ts';
import type { OptionValues } from './command.ts';
import { EXIT } from './exit_status.ts';
import { historyLines, type NamedAttempt } from './history_lines.ts';
import { complain, say } from './output.ts';
import { readPlaces } from './read_settings.ts';
import { resolveNames } from './resolve_names.ts';
import { screen } from './screen.ts';
import { UsageError } from './usage_error.ts';

const DEFAULT_NUMBER = 20;
/** As many as are kept. */
const MAX_NUMBER = 10_000;

/** Shows the recorded restarts, newest first. */
export async function history(values: OptionValues, words: readonly string[]): Promise<number> {
  const limits = {
    limit: numberOf(values),
    since: sinceOf(values, new Date()),
    onlyFailed: values.failed === true,
  };
  const { places, settings } = readPlaces(values);
  const directory = places.state_directory;
  const recorded = words.length === 0 ? new Set<string>() : recordedNames(directory);
  const isKnown = (name: string) => recorded.has(name) || settings?.processes.has(name) === true;
  const { names, problems, warnings } = await resolveNames(words, settings, isKnown);
  complain(...warnings, ...problems);
  if (words.length === 0 || names.length > 0) {
    const query = { names: words.length === 0 ? undefined : names, ...limits };
    const attempts = readHistory(directory, query).map((one) => ({
      name: one.name,
      ...attemptReport(one),
    }));
    values.json ? await printJson(attempts) : await printText(attempts, values, query);
  }
  return problems.length === 0 ? EXIT.done : EXIT.failed;
}

async function printJson(attempts: readonly NamedAttempt[]): Promise<void> {
  const lines = attempts.map((attempt) => escapeJson(JSON.stringify(attempt)));
  await say(`{"attempts":[${lines.length > 0 ? `\n${lines.join(',\n')}\n` : ''}]}\n`);
}

async function printText(
  attempts: readonly NamedAttempt[],
  { since }: OptionValues,
  { names, onlyFailed }: HistoryQuery,
): Promise<void> {
  if (attempts.length === 0) {
    const what = `No ${onlyFailed ? 'failed ' : ''}restart`;
    const whose = names === undefined ? '' : ` of ${names.map(quoted).join(', ')}`;
    const when = since === undefined ? ' yet' : ` in the last ${since}`;
    await say(`${escapeText(`${what}${whose} is recorded${when}`)}\n`);
    return;
  }
  const view = screen();
  const lines = attempts.flatMap((attempt) => historyLines(attempt, view));
  await say(`${lines.join('\n')}\n`);
}

function numberOf({ number = String(DEFAULT_NUMBER) }: OptionValues): number {
  const limit = /^\d{1,6}$/.test(String(number)) ? Number(number) : 0;
  if (limit < 1 || limit > MAX_NUMBER) {
    throw new UsageError(`-n needs a whole number from 1 to ${MAX_NUMBER}, got "${number}"`);
  }
  return limit;
}

function sinceOf({ since }: OptionValues, now: Date): Date {
  if (since === undefined) {
    return new Date(0);
  }
  const seconds = secondsIn(String(since));
  if (seconds === undefined) {
    throw new UsageError(`--since needs a time such as 90s, 15m, 2h or 3d, got "${since}"`);
  }
  return new Date(Math.max(0, now.getTime() - seconds * 1000));
}
