/** What counts as the value of a line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsFrom, toldAbout } from './support.ts';

const host = (rest: string) => settingsFrom('[database]', `host = ${rest}`).database.host;
const password = (rest: string) =>
  settingsFrom('[database]', `password = ${rest}`).database.password;
const command = (rest: string) =>
  settingsFrom('[process.x]', `pre_restart_command = ${rest}`).processes.get('x')
    ?.pre_restart_command;

test('a comment behind a value is dropped', () => {
  const { monitor, logging } = settingsFrom(
    '[monitor]',
    'check_interval = 300  # 5 minutes',
    'circuit_reset_time = 60\t; one minute',
    'max_restart_failures=7 ;seven',
    '[logging]',
    'log_level = DEBUG # while we look for it',
  );
  assert.equal(monitor.check_interval, 300);
  assert.equal(monitor.circuit_reset_time, 60);
  assert.equal(monitor.max_restart_failures, 7);
  assert.equal(logging.log_level, 'DEBUG');
});

test('a comment behind an empty value is dropped too', () => {
  assert.equal(settingsFrom('[database]', 'socket = # none').database.socket, '');
});

test('a comment behind a section is dropped, whatever it says', () => {
  for (const comment of ['; the server', '# the server', '; see also [monitor]']) {
    assert.equal(settingsFrom(`[database] ${comment}`, 'host = db1').database.host, 'db1');
  }
});

test('a comment on a line of its own is dropped, however far it is indented', () => {
  const text = ['; one', '  # two', '[database]', '\t; host = a', ' #host = b', 'host = c'];
  assert.equal(settingsFrom(...text).database.host, 'c');
});

test('a ; or # inside a word belongs to the value', () => {
  assert.equal(host('db#1'), 'db#1');
  assert.equal(host('a;b'), 'a;b');
  assert.equal(host('db#1 # the first'), 'db#1');
});

test('a value quoted as a whole is unquoted, and a comment behind it dropped', () => {
  assert.equal(host('"db1"'), 'db1');
  assert.equal(host("'db1'"), 'db1');
  assert.equal(host('" db ; 1 # "'), ' db ; 1 # ');
  assert.equal(host('"db1" ; it is "new"'), 'db1');
  assert.equal(password('" starts and ends with a space "'), ' starts and ends with a space ');
  assert.equal(command('\'echo "a"\''), 'echo "a"');
});

test('quotes that are only a part of a value stay', () => {
  assert.equal(host('"a" b'), '"a" b');
  assert.equal(password('"a" "b"'), '"a" "b"');
  assert.equal(command('"/opt/my prog" "an argument"'), '"/opt/my prog" "an argument"');
  assert.equal(command(`"it's" 'so'`), `"it's" 'so'`);
  assert.equal(password('"'), '"');
});

for (const [kind, read] of [
  ['password', password],
  ['command', command],
] as const) {
  test(`a ${kind} is the whole rest of the line`, () => {
    for (const text of [
      'a;b # c ; d',
      '; x',
      '# x',
      'a = b == c',
      String.raw`back\slash \; \# \\ \n`,
      `it's "quoted" inside`,
      'tab\tinside',
      'ends with a comment  # 5 minutes',
      '[section]',
      '$& $1 `id` $(id) %s %%',
      'pässwörd 密码 🔑',
      'true',
      'null',
      '0123',
      '__proto__',
    ]) {
      assert.equal(read(text), text);
    }
  });
}

test('white space around a value does not count', () => {
  assert.equal(password('  secret \t'), 'secret');
  assert.equal(settingsFrom('[database]', ' \t host=db1').database.host, 'db1');
});

test('true, null, 0123 and __proto__ are text like any other text', () => {
  for (const text of ['true', 'false', 'null', 'undefined', '0123', '1e3', '__proto__', '{}']) {
    assert.equal(host(text), text);
  }
  const { processes } = settingsFrom('[process.true]', '[process.null]', '[process.0123]');
  assert.deepEqual([...processes.keys()], ['true', 'null', '0123']);
});

test('a line separator that only Unicode knows is text like any other text', () => {
  assert.equal(host('a\u2028b'), 'a\u2028b');
  assert.equal(password('a\u2028b'), 'a\u2028b');
});

test('a number is whole, without sign, and within its range', () => {
  for (const text of [
    'soon',
    '1.5',
    '-1',
    '+1',
    '0x10',
    '1e3',
    '5 s',
    '5S',
    '0s',
    '1441m',
    '25h',
    '2d',
    '1w',
    '',
    '0',
    '86401',
    '9'.repeat(40),
  ]) {
    assert.deepEqual(toldAbout('[monitor]', `check_interval = ${text}`), [
      `config.ini:2: [monitor] check_interval: got "${text}", expected whole seconds from 1 to 86400 (or 5m, 2h)`,
    ]);
  }
  for (const text of ['1', '86400', '0123']) {
    const { monitor } = settingsFrom('[monitor]', `check_interval = ${text}`);
    assert.equal(monitor.check_interval, Number(text));
  }
});

test('a port may be left out, and means nothing then', () => {
  assert.equal(settingsFrom('[database]').database.port, undefined);
  assert.equal(settingsFrom('[database]', 'port = 3307').database.port, 3307);
});

test('an empty value is fine where it means none', () => {
  const { database, processDefault } = settingsFrom(
    '[database]',
    'password =',
    'socket =',
    '[process.default]',
    'start_command =',
    'system_name =',
  );
  assert.equal(database.password, '');
  assert.equal(database.socket, '');
  assert.equal(processDefault.start_command, '');
});

test('the last line counts without a line break, behind CR LF, and behind a byte order mark', () => {
  const lines = ['\uFEFF[database]', 'host = db1', '', '[monitor]', 'check_interval = 7'];
  for (const lineBreak of ['\n', '\r\n', '\r']) {
    const { database, monitor } = settingsFrom(lines.join(lineBreak));
    assert.equal(database.host, 'db1');
    assert.equal(monitor.check_interval, 7);
  }
});

test('a time may be minutes, hours or days', () => {
  const { monitor, processDefault } = settingsFrom(
    '[monitor]',
    'check_interval = 5m  # minutes',
    'circuit_reset_time = 2d',
    '[process.default]',
    'restart_timeout = 1h',
    'stop_timeout = 0m',
    'restart_delay = "90s"',
  );
  assert.deepEqual([monitor.check_interval, monitor.circuit_reset_time], [300, 172_800]);
  const { restart_timeout, stop_timeout, restart_delay } = processDefault;
  assert.deepEqual([restart_timeout, stop_timeout, restart_delay], [3600, 0, 90]);
});

test('what a time may be is told with examples that are', () => {
  const told = toldAbout('[database]', 'query_timeout = 6m', '[process.a]', 'stop_timeout = x');
  assert.deepEqual(told, [
    'config.ini:2: [database] query_timeout: got "6m", expected whole seconds from 1 to 300 (or 90s, 5m)',
    'config.ini:4: [process.a] stop_timeout: got "x", expected whole seconds from 0 to 3600 (or 90s, 5m)',
  ]);
  assert.equal(toldAbout('[logging]', 'max_log_size = 5m', 'log_files_to_keep = 5m').length, 2);
});

test('the words of a list are taken in any case, and are one', () => {
  const { database, logging, processes } = settingsFrom(
    '[database]',
    'driver = MySQL',
    'ssl_mode = REQUIRED',
    '[logging]',
    'log_level = debug',
    'log_format = Json',
    '[process.a]',
    'restart_strategy = SERVICE',
  );
  assert.deepEqual([database.driver, database.ssl_mode], ['mysql', 'required']);
  assert.deepEqual([logging.log_level, logging.log_format], ['DEBUG', 'json']);
  assert.equal(processes.get('a')?.restart_strategy, 'service');
});

test('a value that ends in a backslash is an error, and the line behind it none', () => {
  assert.deepEqual(
    toldAbout(
      '[database]',
      'password = geheim\\',
      'host = db1 \\',
      '[process.a]',
      'pre_restart_command = true && \\',
      '   --option=x true \\',
      '   || false',
      'restart_delay = 5',
      'health_check_command = "true \\"',
    ),
    [
      'config.ini:2: [database] password: ends in \\, expected the whole value on one line, or quotes around it',
      'config.ini:3: [database] host: ends in \\, expected the whole value on one line',
      'config.ini:5: [process.a] pre_restart_command: ends in \\, expected the whole value on one line, or quotes around it',
    ],
  );
});
