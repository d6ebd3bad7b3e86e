import { formatProblem, type Problem } from '../configuration/problem.ts';
import { type Places, readConfiguration } from '../configuration/read.ts';
import type { Settings } from '../configuration/settings.ts';
import { oneLine } from '../log/escape.ts';
import { DEFAULT_CONFIGURATION, type OptionValues } from './command.ts';
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
 * which is told; it must not be out of reach of an operator then.
 */
export function readPlaces(values: OptionValues): {
  places: Places;
  settings: Settings | undefined;
  isValid: boolean;
} {
  const file = fileOf(values);
  const { settings, places, problems } = readConfiguration(file);
  if (!settings) {
    tellProblems(file, problems);
    complain(
      `${file} can't be used; a service that runs goes on with the settings that it read before`,
    );
  }
  return { places, settings, isValid: settings !== undefined };
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
