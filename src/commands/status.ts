import { ask } from '../control/client.ts';
import { isStatusReport } from '../control/shapes.ts';
import type { OptionValues } from './command.ts';
import { EXIT } from './exit_status.ts';
import { tellNotRunning } from './not_running.ts';
import { say, sayDocument } from './output.ts';
import { readPlaces } from './read_settings.ts';
import { screen } from './screen.ts';
import { statusLines } from './status_lines.ts';

/** How the running service is, or how one process is. */
export async function status(values: OptionValues, [name]: readonly string[]): Promise<number> {
  const { places, isValid } = readPlaces(values);
  const path = name === undefined ? '/status' : `/status?name=${encodeURIComponent(name)}`;
  const socket = places.control_socket;
  const report = await ask(socket, { method: 'GET', path }, isStatusReport);
  if (values.json) {
    await sayDocument(report ?? { state: 'not_running' });
  } else if (report) {
    const lines = statusLines(report, name !== undefined, screen(), new Date());
    await say(lines.map((line) => `${line}\n`).join(''));
  } else {
    tellNotRunning(socket);
  }
  if (report) {
    return EXIT.done;
  }
  return isValid ? EXIT.notRunning : EXIT.configuration;
}
