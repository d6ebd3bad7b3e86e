import { existsSync } from 'node:fs';
import { formatProblem, type Problem } from '../configuration/problem.ts';
import { MISSING, type Places, readConfiguration } from '../configuration/read.ts';
import type { Settings } from '../configuration/settings.ts';
import { oneLine } from '../log/escape.ts';
import { DEFAULT_CONFIGURATION, type OptionValues } from './command.ts';
import { ConfigurationError } from './configuration_error.ts';
import { complain } from './output.ts';

/** The settings that a command works with; undefined, and told, where they are not valid. */
export function readSettings(values: OptionValues): Settings | undefined {
  const file = fileOf(values);
  const { settings, problems } = readConfiguration(file);
  if (!settings) {
    tellProblems(file, problems);
  }
  return settings;
}

/**
 * Where a running service is to be found. It goes on with what it read before where the file is not valid now,
 * which is told; it must not be out of reach of an operator then. The default file's is the default service, but a
 * file that was named may mean another one.
 * @throws ConfigurationError if the named file does not tell which one it means
 */
export function readPlaces(values: OptionValues): {
  places: Places;
  settings: Settings | undefined;
} {
  const file = fileOf(values);
  const { settings, places, isPlaceTold, problems } = readConfiguration(file);
  if (!settings) {
    tellProblems(file, problems);
    if (values.config !== undefined && !isPlaceTold) {
      complain(`nothing was done, as ${file} does not tell which service it means`);
      throw new ConfigurationError();
    }
    complain(
      `${file} can't be used; a service that runs goes on with the settings that it read before`,
    );
  }
  return { places, settings };
}

/**
 * For what would be done without the configuration.
 * @throws ConfigurationError if a file was named that is not there
 */
export function requireNamedFile({ config }: OptionValues): void {
  if (config !== undefined && !existsSync(String(config))) {
    tellProblems(String(config), [MISSING]);
    throw new ConfigurationError();
  }
}

function fileOf(values: OptionValues): string {
  return String(values.config ?? DEFAULT_CONFIGURATION);
}

/** Tells what is wrong with a configuration, on standard error. */
export function tellProblems(file: string, problems: readonly Problem[]): void {
  for (const problem of problems) {
    process.stderr.write(`${oneLine(formatProblem(file, problem))}\n`);
  }
}
