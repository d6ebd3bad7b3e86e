/** The configuration file as a tool against the service. */
import assert from 'node:assert/strict';
import { maskSecrets } from '../../../src/configuration/mask.ts';
import { type Parsed, parseConfiguration } from '../../../src/configuration/parse.ts';
import { formatProblem, isError, type Problem } from '../../../src/configuration/problem.ts';
import type { Settings } from '../../../src/configuration/settings.ts';
import { showSettings } from '../../../src/configuration/show.ts';
import { oneLine } from '../../../src/log/escape.ts';
import { plain } from '../../configuration/support.ts';
import type { Property, Tally } from '../property.ts';
import { largeFile, mutatedFile } from './configuration_mutations.ts';

/** A file of the largest size takes a good part of a second on a busy machine; the service waits for it. */
const TOO_LONG_MS = 2000;

const COMMANDS = new Set([
  'pre_restart_command',
  'restart_command',
  'start_command',
  'health_check_command',
]);

export const configurationSurvives: Property<string> = {
  title: 'a configuration is refused with its place or means what --show prints, whatever is in it',
  quick: 4000,
  long: 1_000_000,
  expected: ['valid', 'valid with warnings', 'refused'],
  generate: mutatedFile,
  check: (lines, tally) => checkText(lines.join(''), tally),
  finer: (lines) => [...lines.join('')],
};

export const largeConfigurationEnds: Property<string> = {
  title: 'a configuration of up to a megabyte is read in bounded time, whatever it repeats',
  quick: 20,
  long: 1000,
  expected: ['refused'],
  generate: largeFile,
  check: (pieces, tally) => checkText(pieces.join(''), tally),
};

function checkText(text: string, tally: Tally): void {
  const start = performance.now();
  const parsed = parseConfiguration(text);
  const took = performance.now() - start;
  assert.ok(took < TOO_LONG_MS, `took ${took} ms`);
  assertPlaced(parsed.problems, text);
  assertBreaksDoNotMatter(parsed, text);
  if (parsed.problems.some(isError)) {
    tally('refused');
    return;
  }
  assert.ok(!JSON.stringify(plain(parsed.settings)).includes('\\u0000'), 'no program takes a NUL');
  tally(parsed.problems.length > 0 ? 'valid with warnings' : 'valid');
  assertShownAsIs(parsed.settings);
}

/** An operator is told where to look, on one line that hides nothing. */
function assertPlaced(problems: readonly Problem[], text: string): void {
  const lines = text.split(/\r\n|\n|\r/).length;
  for (const problem of problems) {
    const { line = 0, key, section, message } = problem;
    assert.ok(Number.isInteger(line) && line >= 1 && line <= lines, `line ${line}: ${message}`);
    const isNameless = /^expected |^unknown section, ignored$/.test(message); // what stands above all, or []
    assert.ok(isNameless || section !== undefined || key !== undefined, message);
    const told = oneLine(formatProblem('config.ini', problem));
    assert.match(told, /^config\.ini:\d+:[^\p{Cc}\p{Cs}\u2028\u2029\u202e]+$/u);
  }
}

function assertBreaksDoNotMatter(parsed: Parsed, text: string): void {
  const other = parseConfiguration(
    `\ufeff${text.replace(/^\ufeff/, '').replace(/\r\n|\r|\n/g, '\r\n')}`,
  );
  assert.deepEqual(other.problems, parsed.problems);
  assert.deepEqual(other.settings, parsed.settings);
}

function assertShownAsIs(settings: Settings): void {
  const shown = showSettings(settings);
  const again = parseConfiguration(shown);
  assert.deepEqual(again.problems.filter(isError), [], shown);
  assert.deepEqual(plain(again.settings), asShown(settings), shown);
}

/** Passwords covered, and that of a file left to the file. */
function asShown(settings: Settings) {
  const { database, processDefault, processes } = plain(settings);
  const { password, password_file } = database;
  const covered = <T extends object>(section: T) =>
    Object.fromEntries(
      Object.entries(section).map(([key, value]) => [
        key,
        COMMANDS.has(key) ? maskSecrets(String(value), password) : value,
      ]),
    );
  return {
    ...plain(settings),
    database: { ...database, password: password && !password_file ? '********' : '' },
    processDefault: covered(processDefault),
    processes: Object.fromEntries(
      Object.entries(processes).map(([name, process]) => [name, covered(process)]),
    ),
  };
}
