import { formatProblem } from '../configuration/problem.ts';
import { readConfiguration } from '../configuration/read.ts';
import { Service } from '../service/service.ts';
import { killRunningCommands } from '../system/command.ts';
import { DEFAULT_CONFIGURATION, type OptionValues } from './command.ts';
import { EXIT } from './exit_status.ts';

/** The service in the foreground; with `--once` one check of it. */
export async function run(values: OptionValues): Promise<number> {
  const file = String(values.config ?? DEFAULT_CONFIGURATION);
  const { settings, problems } = readConfiguration(file);
  if (!settings) {
    for (const problem of problems) {
      process.stderr.write(`${formatProblem(file, problem)}\n`);
    }
    return EXIT.configuration;
  }
  const service = await Service.create({ file, settings, isDryRun: values['dry-run'] === true });
  service.tellProblems(problems);
  obeySignals(service);
  // For ps and pgrep, which would otherwise show Node's name for its main thread.
  process.title = ['monitor_service', ...process.argv.slice(2)].join(' ');
  if (values.once) {
    return (await service.runOnce()) ? EXIT.done : EXIT.failed;
  }
  await service.run();
  return EXIT.done;
}

function obeySignals(service: Service): void {
  let isStopping = false;
  const stop = () => {
    if (isStopping) {
      killRunningCommands();
      process.exit(EXIT.failed);
    }
    isStopping = true;
    service.stop();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => void service.reload());
  process.on('SIGUSR1', () => service.checkNow());
}
