/** What check-config --show prints is a configuration that means the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DATABASE_KEYS,
  LOGGING_KEYS,
  MONITOR_KEYS,
  PROCESS_KEYS,
} from '../../src/configuration/keys.ts';
import { parseConfiguration } from '../../src/configuration/parse.ts';
import { isError } from '../../src/configuration/problem.ts';
import type { Settings } from '../../src/configuration/settings.ts';
import { showSettings } from '../../src/configuration/show.ts';
import { pick, type Random, randomFrom } from '../support/random.ts';
import { plain, settingsFrom } from './support.ts';

const CASES = 3000;

/** What a sloppy writer or reader of INI files stumbles over. */
const PIECES = [
  ...['a', 'é', '🔑', '"', "'", ' ', '\t', ';', '#', ' ;', ' #', '\\', '\\#', '=', '[', ']', '/'],
  ...['%s', '$&', '`', 'true', 'null', '0', '__proto__', '\u2028', ','],
];

test('whatever a valid file says, showing and reading it gives the same settings', () => {
  const random = randomFrom(20260131);
  let read = 0;
  for (let number = 0; number < CASES; number++) {
    const text = randomFile(random);
    const { settings, problems } = parseConfiguration(text);
    if (!problems.some(isError)) {
      read++;
      const shown = showSettings(settings);
      const again = parseConfiguration(shown);
      // What a process has from [process.default] it is shown to have itself, needed or not.
      const amiss = again.problems.filter(
        ({ message }) => !/^(?:not used with|starts) /.test(message),
      );
      assert.deepEqual(amiss, [], shown);
      assert.deepEqual(plain(again.settings), masked(settings), `${text}\nshown as\n${shown}`);
    }
  }
  assert.ok(read > CASES / 4, `only ${read} of ${CASES} files were valid`);
});

test('every key is shown, also one that is not in the file', () => {
  const shown = showSettings(settingsFrom('[database]', 'port = 3307', '[process.sshd]'));
  const sections = {
    database: DATABASE_KEYS,
    monitor: MONITOR_KEYS,
    logging: LOGGING_KEYS,
    'process.default': PROCESS_KEYS,
    'process.sshd': PROCESS_KEYS,
  };
  const lines = Object.entries(sections).flatMap(([name, keys]) => [
    `[${name}]`,
    ...Object.keys(keys),
  ]);
  const names = shown.split('\n').filter((line) => line !== '');
  assert.deepEqual(
    names.map((line) => line.replace(/ =.*/, '')),
    lines,
  );
});

test('what a process inherits is shown with it', () => {
  const shown = showSettings(
    settingsFrom('[process.default]', 'max_attempts = 7', '[process.a]', 'restart_delay = 1'),
  );
  const own = shown.slice(shown.indexOf('[process.a]'));
  assert.match(own, /^max_attempts = 7$/m);
  assert.match(own, /^restart_delay = 1$/m);
});

/** As they are after having been shown: the password is covered. */
function masked(settings: Settings) {
  const { database, ...rest } = plain(settings);
  return { database: { ...database, password: database.password && '********' }, ...rest };
}

function randomFile(random: Random): string {
  const value = () => Array.from({ length: random(9) }, () => pick(random, PIECES)).join('');
  const maybe = (line: string) => (random(2) === 0 ? [line] : []);
  const processes = Array.from({ length: random(3) }, (_, index) => [
    `[process.a.${index}]`,
    ...maybe(`pre_restart_command = ${value()}`),
    ...maybe(`start_command=${value()}`),
    ...maybe(`health_check_command = ${value()}x`),
    ...maybe(`restart_strategy = ${pick(random, ['service', 'process', 'auto'])}`),
    ...maybe(`stop_timeout = ${random(3601)}`),
  ]);
  return [
    '[database]',
    ...maybe(`host = ${value()}`),
    ...maybe(`user = ${value()}`),
    ...maybe(`password = ${value()} the only one`),
    ...maybe(`database = ${pick(random, ['"', "'", ''])}${value()}${pick(random, ['"', "'", ''])}`),
    ...maybe(`port = ${random(65535) + 1}`),
    '[logging]',
    ...maybe(`log_file = /${value()}`),
    ...processes.flat(),
  ].join('\n');
}
