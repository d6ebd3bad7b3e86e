import { askStatus } from './ask_status.ts';
import type { OptionValues } from './command.ts';
import { EXIT } from './exit_status.ts';
import { tellNotRunning } from './not_running.ts';
import { complain, say, sayDocument } from './output.ts';
import { readPlaces } from './read_settings.ts';
import { screen } from './screen.ts';
import { statusLines } from './status_lines.ts';
import { TableReader } from './table_reader.ts';

/** How the running service is, or how some processes are: what it says, and what the tables have. */
export async function status(values: OptionValues, words: readonly string[]): Promise<number> {
  const { places, settings } = readPlaces(values);
  const reader = settings && new TableReader(settings.database);
  try {
    const answer = await askStatus({ socket: places.control_socket, settings, reader }, words);
    if (values.json) {
      await sayDocument(answer?.status ?? { state: 'not_running' });
    } else if (answer) {
      const lines = statusLines(answer.status, words.length > 0, screen(), new Date());
      await say(lines.map((line) => `${line}\n`).join(''));
    } else {
      tellNotRunning(places.control_socket);
    }
    if (answer) {
      complain(...answer.problems);
      return answer.problems.length > 0 ? EXIT.failed : EXIT.done;
    }
    return settings ? EXIT.notRunning : EXIT.configuration;
  } finally {
    await reader?.close();
  }
}
