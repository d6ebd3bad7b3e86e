import { openProcesses } from '../alarms/open_store.ts';
import type { Processes } from '../alarms/processes.ts';
import type { Settings } from '../configuration/settings.ts';
import type { OptionValues } from './command.ts';
import { EXIT } from './exit_status.ts';
import { readSettings } from './read_settings.ts';

/** Does something with the processes in the database that the configuration names; resolves to the exit status. */
export async function withProcesses(
  values: OptionValues,
  work: (processes: Processes, settings: Settings) => Promise<number>,
): Promise<number> {
  const settings = readSettings(values);
  if (!settings) {
    return EXIT.configuration;
  }
  const processes = await openProcesses(settings.database);
  try {
    return await work(processes, settings);
  } finally {
    await processes.close();
  }
}
