/** Sections, keys and process names: those that are known, and those that are nearly so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from '../../src/configuration/nearest.ts';
import { parseConfiguration } from '../../src/configuration/parse.ts';
import { settingsFrom, toldAbout } from './support.ts';

test('a process name may hold dots, any case, and what unit names hold', () => {
  const names = [
    'php8.2-fpm',
    'foo.service',
    'a.b.c.d',
    'MySQLd',
    'mysqld',
    'getty@tty1',
    'a:b+c_d',
    'foo@a\\x2db',
    '0123',
    'constructor',
    'database',
    'x'.repeat(100),
  ];
  const lines = names.flatMap((name, index) => [`[process.${name}]`, `restart_delay = ${index}`]);
  const { processes } = settingsFrom(...lines);
  assert.deepEqual(
    [...processes].map(([name, { restart_delay }]) => [name, restart_delay]),
    names.map((name, index) => [name, index]),
  );
});

test('sections may stand in any order and be taken up again', () => {
  const { database, processes } = settingsFrom(
    '[process.a]',
    'max_attempts = 1',
    '[monitor]',
    '[database]',
    'host = db1',
    '[process.default]',
    'restart_delay = 9',
    '[process.a]',
    'stop_timeout = 3',
    '[database]',
    'user = monitor',
  );
  assert.deepEqual([database.host, database.user], ['db1', 'monitor']);
  const { max_attempts, restart_delay, stop_timeout } = processes.get('a') ?? {};
  assert.deepEqual([max_attempts, restart_delay, stop_timeout], [1, 9, 3]);
});

test('white space around a section’s name does not count', () => {
  const { processes } = settingsFrom('  [ process.a ]  ', 'max_attempts = 5');
  assert.equal(processes.get('a')?.max_attempts, 5);
});

test('a name that must not get into a command is an error', () => {
  for (const name of [
    'a b',
    '-f',
    '../sh',
    'a;b',
    '$(id)',
    '__proto__',
    '',
    'é',
    'x'.repeat(101),
  ]) {
    assert.deepEqual(toldAbout(`[process.${name}]`), [
      `config.ini:1: [process.${name}]: got "${name}" as process name, expected a name of letters, ` +
        'digits and _.@:+-, at most 100 characters, that starts with a letter or digit',
    ]);
  }
  assert.deepEqual(toldAbout('[process.a]', 'system_name = a b'), [
    'config.ini:2: [process.a] system_name: got "a b", expected a name of letters, ' +
      'digits and _.@:+-, at most 100 characters, that starts with a letter or digit',
  ]);
});

test('an unknown section is a warning with the nearest known name', () => {
  const of = (section: string) => toldAbout(`[${section}]`, 'host = a', 'not even an entry = 1');
  const warning = (section: string, hint: string) => [
    `config.ini:1: warning: [${section}]: unknown section, ignored${hint}`,
  ];
  assert.deepEqual(of('databse'), warning('databse', ', did you mean database?'));
  assert.deepEqual(of('Database'), warning('Database', ', did you mean database?'));
  assert.deepEqual(of('loggin'), warning('loggin', ', did you mean logging?'));
  assert.deepEqual(
    of('proces.default'),
    warning('proces.default', ', did you mean process.default?'),
  );
  assert.deepEqual(of('mail'), warning('mail', ''));
  assert.deepEqual(of('__proto__'), warning('__proto__', ''));
  assert.deepEqual(of('constructor'), warning('constructor', ''));
});

test('a mistyped "process." before a name is told with what it should be', () => {
  for (const section of ['proces.apache2', 'Process.apache2']) {
    assert.deepEqual(toldAbout(`[${section}]`), [
      `config.ini:1: warning: [${section}]: unknown section, ignored, did you mean process.apache2?`,
    ]);
  }
});

test('an unknown key is a warning with the nearest known name of its section', () => {
  const lines = [
    '[database]',
    'pasword = secret',
    'HOST = a',
    '[process.apache2]',
    'healthcheck_command = true',
    'restart_dealy = 3',
    'check_interval = 3',
    '__proto__ = 1',
    'toString = 1',
  ];
  const warning = (line: number, place: string, hint: string) =>
    `config.ini:${line}: warning: ${place}: unknown key, ignored${hint}`;
  assert.deepEqual(toldAbout(...lines), [
    warning(2, '[database] pasword', ', did you mean password?'),
    warning(3, '[database] HOST', ', did you mean host?'),
    warning(5, '[process.apache2] healthcheck_command', ', did you mean health_check_command?'),
    warning(6, '[process.apache2] restart_dealy', ', did you mean restart_delay?'),
    warning(7, '[process.apache2] check_interval', ''),
    warning(8, '[process.apache2] __proto__', ''),
    warning(9, '[process.apache2] toString', ''),
  ]);
});

test('what is unknown changes nothing', () => {
  const text = [
    '[__proto__]',
    'polluted = 1',
    '[database]',
    '__proto__ = 1',
    '[databse]',
    'host = a',
  ];
  assert.deepEqual(parseConfiguration(text.join('\n')).settings, parseConfiguration('').settings);
  assert.equal('polluted' in {}, false);
});

test('the nearest name is a letter or two away, and a long word is not measured in full', () => {
  assert.equal(nearest('pasword', ['user', 'password']), 'password');
  assert.equal(nearest('sohw', ['show', 'json']), 'show');
  assert.equal(nearest('SHOW', ['show']), 'show');
  assert.equal(nearest('zzzzz', ['user', 'password']), undefined);
  assert.equal(nearest('user'.repeat(1_000_000), ['user']), undefined);
});

test('a section name of a megabyte is read in no time', () => {
  const started = performance.now();
  const [problem] = parseConfiguration(`[x.${'a'.repeat(1_000_000)}]`).problems;
  assert.equal(problem?.message, 'unknown section, ignored');
  assert.ok(performance.now() - started < 1000);
});
