// What the tests of the configuration share: a text in, its settings or what is told about it out.
import assert from 'node:assert/strict';
import { parseConfiguration } from '../../src/configuration/parse.ts';
import { formatProblem } from '../../src/configuration/problem.ts';
import type { Settings } from '../../src/configuration/settings.ts';

/** The settings of a text that has nothing wrong with it. */
export function settingsFrom(...lines: string[]): Settings {
  const { settings, problems } = parseConfiguration(lines.join('\n'));
  assert.deepEqual(
    problems.map((problem) => formatProblem('config.ini', problem)),
    [],
  );
  return settings;
}

/** Everything that is told about a text, as an operator reads it. */
export function toldAbout(...lines: string[]): string[] {
  const { problems } = parseConfiguration(lines.join('\n'));
  return problems.map((problem) => formatProblem('config.ini', problem));
}

/** Settings as plain values that can be compared as a whole. */
export function plain({ processes, ...rest }: Settings) {
  return { ...rest, processes: Object.fromEntries(processes) };
}
