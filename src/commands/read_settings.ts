import { formatProblem, type Problem } from '../configuration/problem.ts';
import { readConfiguration } from '../configuration/read.ts';
import type { Settings } from '../configuration/settings.ts';
import { oneLine } from '../log/escape.ts';
import { DEFAULT_CONFIGURATION, type OptionValues } from './command.ts';

/** The settings that a command works with; undefined, and told, where they are not valid. */
export function readSettings(values: OptionValues): Settings | undefined {
  const file = String(values.config ?? DEFAULT_CONFIGURATION);
  const { settings, problems } = readConfiguration(file);
  if (!settings) {
    tellProblems(file, problems);
  }
  return settings;
}

/** Tells what is wrong with a configuration, on standard error. */
export function tellProblems(file: string, problems: readonly Problem[]): void {
  for (const problem of problems) {
    process.stderr.write(`${oneLine(formatProblem(file, problem))}\n`);
  }
}
