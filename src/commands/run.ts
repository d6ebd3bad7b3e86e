import { readConfiguration } from '../configuration/read.ts';
import { claimHost } from '../control/host_claim.ts';
import { Service } from '../service/service.ts';
import { Signals } from '../service/signals.ts';
import { killRunningCommands } from '../system/command.ts';
import { saveMemory } from '../system/engine.ts';
import { DEFAULT_CONFIGURATION, type OptionValues } from './command.ts';
import { EXIT } from './exit_status.ts';
import { tellProblems } from './read_settings.ts';

/** The service in the foreground; with `--once` one check of it. */
export async function run(values: OptionValues): Promise<number> {
  const signals = new Signals();
  const file = String(values.config ?? DEFAULT_CONFIGURATION);
  const { settings, problems } = readConfiguration(file, 'thorough');
  if (!settings) {
    tellProblems(file, problems);
    return EXIT.configuration;
  }
  const isDryRun = values['dry-run'] === true;
  // Before anything is opened: a second service leaves no trace in the log and the memory of the first.
  const claim = isDryRun ? undefined : claimHost(settings.monitor.control_socket);
  // For ps and pgrep, which would otherwise show Node's name for its main thread.
  process.title = ['monitor_service', ...process.argv.slice(2)].join(' ');
  const service = await Service.create({ file, settings, problems, isDryRun, claim });
  saveMemory();
  signals.tell({
    received: (signal) => service.received(signal),
    stop: () => service.stop(),
    reload: () => void service.reload(),
    checkNow: () => service.checkNow(),
    endAtOnce() {
      killRunningCommands();
      process.exit(EXIT.failed);
    },
  });
  try {
    if (values.once) {
      return (await service.runOnce()) ? EXIT.done : EXIT.failed;
    }
    await service.run();
    return EXIT.done;
  } finally {
    claim?.release();
  }
}
