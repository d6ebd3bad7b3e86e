import { checkNow as tellToCheck } from '../control/client.ts';
import type { OptionValues } from './command.ts';
import { EXIT } from './exit_status.ts';
import { tellNotRunning } from './not_running.ts';
import { readPlaces } from './read_settings.ts';

/** Tells the running service to check now, and does not wait for the check. */
export async function checkNow(values: OptionValues): Promise<number> {
  const { places, isValid } = readPlaces(values);
  if (!(await tellToCheck(places.control_socket))) {
    tellNotRunning(places.control_socket);
    return isValid ? EXIT.failed : EXIT.configuration;
  }
  process.stdout.write('The service checks now. What it finds: monitor_service status\n');
  return EXIT.done;
}
