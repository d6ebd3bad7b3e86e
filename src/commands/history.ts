import { suggestion } from '../configuration/nearest.ts';
import { quoted } from '../configuration/problem.ts';
import { escapeJson, escapeText } from '../log/escape.ts';
import { attemptReport } from '../service/attempt_report.ts';
import { readHistory } from '../state/history.ts';
import type { OptionValues } from './command.ts';
import { EXIT } from './exit_status.ts';
import { historyLines } from './history_lines.ts';
import { say } from './output.ts';
import { readPlaces } from './read_settings.ts';
import { screen } from './screen.ts';
import { UsageError } from './usage_error.ts';

const DEFAULT_NUMBER = 20;
/** As many as are kept. */
const MAX_NUMBER = 10_000;

/** Shows the recorded restarts, newest first. */
export async function history(values: OptionValues, [name]: readonly string[]): Promise<number> {
  const limit = numberOf(values);
  const { places } = readPlaces(values);
  const { attempts: recorded, names } = readHistory(places.state_directory, name, limit);
  const attempts = recorded.map((one) => ({ name: one.name, ...attemptReport(one) }));
  if (values.json) {
    const lines = attempts.map((attempt) => escapeJson(JSON.stringify(attempt)));
    await say(`{"attempts":[${lines.length > 0 ? `\n${lines.join(',\n')}\n` : ''}]}\n`);
  } else if (attempts.length === 0) {
    const of = name === undefined ? '' : ` of ${quoted(name)}`;
    const hint = name === undefined ? '' : suggestion(name, names);
    await say(`${escapeText(`No restart${of} is recorded yet${hint}`)}\n`);
  } else {
    const view = screen();
    const lines = attempts.flatMap((attempt) => historyLines(attempt, view));
    await say(`${lines.join('\n')}\n`);
  }
  return EXIT.done;
}

function numberOf({ number = String(DEFAULT_NUMBER) }: OptionValues): number {
  const limit = /^\d{1,6}$/.test(String(number)) ? Number(number) : 0;
  if (limit < 1 || limit > MAX_NUMBER) {
    throw new UsageError(`-n needs a whole number from 1 to ${MAX_NUMBER}, got "${number}"`);
  }
  return limit;
}
