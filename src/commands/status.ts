import { escapeText } from '../log/escape.ts';
import { localTime } from '../system/local_time.ts';
import { askStatus, type StatusAnswer, type StatusSources } from './ask_status.ts';
import type { OptionValues } from './command.ts';
import { EXIT } from './exit_status.ts';
import { tellNotRunning, whyNotRunning } from './not_running.ts';
import { complain, say, sayDocument } from './output.ts';
import { readPlaces } from './read_settings.ts';
import { repaint } from './repainted.ts';
import { coloured, screen } from './screen.ts';
import { statusLines } from './status_lines.ts';
import { TableReader } from './table_reader.ts';
import { UsageError } from './usage_error.ts';

/** How the running service is, or how some processes are: what it says, and what the tables have. */
export async function status(values: OptionValues, words: readonly string[]): Promise<number> {
  if (values.watch && values.json) {
    throw new UsageError('--watch is for people, --json for programs: give one of them');
  }
  if (values.watch && !process.stdout.isTTY) {
    throw new UsageError('--watch needs a terminal');
  }
  const { places, settings } = readPlaces(values);
  const reader = settings && new TableReader(settings.database);
  const sources = { socket: places.control_socket, settings, reader };
  try {
    if (values.watch) {
      await repaint(() => watchedLines(sources, words));
      process.exit(EXIT.done); // what is still asked of a service or database that hangs is nothing to wait for
    }
    const answer = await askStatus(sources, words);
    await print(answer, values, words, sources);
    if (!answer) {
      return settings ? EXIT.notRunning : EXIT.configuration;
    }
    return answer.problems.length > 0 ? EXIT.failed : EXIT.done;
  } finally {
    await reader?.close();
  }
}

async function print(
  answer: StatusAnswer | undefined,
  { json }: OptionValues,
  words: readonly string[],
  { socket }: StatusSources,
): Promise<void> {
  if (json) {
    await sayDocument(answer?.status ?? { state: 'not_running' });
  } else if (answer) {
    const lines = statusLines(answer.status, words.length > 0, screen(), new Date());
    await say(lines.map((line) => `${line}\n`).join(''));
  } else {
    tellNotRunning(socket);
  }
  complain(...(answer?.problems ?? []));
}

/** A service that is away or does not answer is told in its place: it may be back the next time. */
async function watchedLines(sources: StatusSources, words: readonly string[]): Promise<string[]> {
  const view = screen();
  const now = new Date();
  const head = coloured(`${localTime(now)}, every 2 seconds; Ctrl-C ends it`, 'dim', view);
  try {
    const answer = await askStatus(sources, words);
    const lines = answer
      ? [
          ...statusLines(answer.status, words.length > 0, view, now),
          ...answer.problems.map(escapeText),
        ]
      : [`The service is ${whyNotRunning(sources.socket)}`];
    return [head, '', ...lines];
  } catch (error) {
    return [head, '', escapeText((error as Error).message)];
  }
}
