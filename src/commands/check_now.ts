import { checkNow as tellToCheck } from '../control/client.ts';
import type { OptionValues } from './command.ts';
import { EXIT } from './exit_status.ts';
import { tellNotRunning } from './not_running.ts';
import { readSettings } from './read_settings.ts';

/** Tells the running service to check now, and does not wait for the check. */
export async function checkNow(values: OptionValues): Promise<number> {
  const settings = readSettings(values);
  if (!settings) {
    return EXIT.configuration;
  }
  if (!(await tellToCheck(settings.monitor.control_socket))) {
    tellNotRunning();
    return EXIT.failed;
  }
  process.stdout.write('The service checks now. What it finds: monitor_service status\n');
  return EXIT.done;
}
