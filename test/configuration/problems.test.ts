/** What is told about a configuration, and where. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toldAbout } from './support.ts';

test('everything wrong is told at once, in the order of the lines', () => {
  const text = [
    '; a comment first',
    '[database]',
    'driver = postgres',
    'port = 70000',
    'ssl_mode = on',
    'socket = mysql.sock',
    'host =',
    '[monitor]',
    'check_interval = 5 minutes',
    'control_socket = __proto__',
    '[logging]',
    'log_level = informative',
    'log_files_to_keep = 1000',
    'max_log_size = 5MB',
    '[process.php8.2-fpm]',
    'restart_strategy = Services',
    'health_check_command =',
    'max_attempts = 0',
  ];
  assert.deepEqual(toldAbout(...text), [
    'config.ini:3: [database] driver: got "postgres", expected one of mysql, sqlite',
    'config.ini:4: [database] port: got "70000", expected a whole number from 1 to 65535',
    'config.ini:5: [database] ssl_mode: got "on", expected one of disabled, preferred, required, verify_ca, verify_identity',
    'config.ini:6: [database] socket: got "mysql.sock", expected an absolute path',
    'config.ini:7: [database] host: got "", expected some text',
    'config.ini:9: [monitor] check_interval: got "5 minutes", expected whole seconds from 1 to 86400 (or 5m, 2h)',
    'config.ini:10: [monitor] control_socket: got "__proto__", expected an absolute path',
    'config.ini:12: [logging] log_level: got "informative", expected one of DEBUG, INFO, WARNING, ERROR',
    'config.ini:13: [logging] log_files_to_keep: got "1000", expected a whole number from 0 to 999',
    'config.ini:14: [logging] max_log_size: got "5MB", expected whole KB from 1 to 1048576',
    'config.ini:16: [process.php8.2-fpm] restart_strategy: got "Services", expected one of service, process, auto, custom',
    'config.ini:17: [process.php8.2-fpm] health_check_command: got "", expected a command',
    'config.ini:18: [process.php8.2-fpm] max_attempts: got "0", expected a whole number from 1 to 100',
  ]);
});

test('errors and warnings stand among each other, each in its line', () => {
  const text = ['[monitor]', 'chek_interval = 1', 'check_interval = x', '[loging]', 'what is this'];
  assert.deepEqual(toldAbout(...text), [
    'config.ini:2: warning: [monitor] chek_interval: unknown key, ignored, did you mean check_interval?',
    'config.ini:3: [monitor] check_interval: got "x", expected whole seconds from 1 to 86400 (or 5m, 2h)',
    'config.ini:4: warning: [loging]: unknown section, ignored, did you mean logging?',
    'config.ini:5: [loging]: expected KEY = VALUE',
  ]);
});

test('a line that is nothing known is an error', () => {
  assert.deepEqual(toldAbout('host = db1', 'stray', '[database', '[database]', 'host'), [
    'config.ini:1: host: expected a [section] above it',
    'config.ini:2: expected KEY = VALUE',
    'config.ini:3: expected a section, [database]: its ] is missing',
    'config.ini:5: [database]: expected KEY = VALUE',
  ]);
});

test('a key given twice is told, and the last one counts', () => {
  const text = ['[monitor]', 'check_interval = 1', '[logging]', '[monitor]', 'check_interval = 2'];
  assert.deepEqual(toldAbout(...text), [
    'config.ini:5: warning: [monitor] check_interval: given twice, first in line 2; this one counts',
  ]);
});

test('a key given three times names the line it was first in', () => {
  const text = ['[process.a]', 'max_attempts = 1', 'max_attempts = 2', 'max_attempts = 3'];
  assert.deepEqual(toldAbout(...text), [
    'config.ini:3: warning: [process.a] max_attempts: given twice, first in line 2; this one counts',
    'config.ini:4: warning: [process.a] max_attempts: given twice, first in line 2; this one counts',
  ]);
});

test('the same key in two processes is no repetition', () => {
  const text = ['[process.a]', 'max_attempts = 1', '[process.b]', 'max_attempts = 2'];
  assert.deepEqual(toldAbout(...text), []);
});

test('the line is right behind CR LF, blank lines and comments', () => {
  assert.deepEqual(toldAbout('\uFEFF; x\r\n\r\n[monitor]\r\n; y\r\ncheck_interval = x\r\n'), [
    'config.ini:5: [monitor] check_interval: got "x", expected whole seconds from 1 to 86400 (or 5m, 2h)',
  ]);
});

test('a NUL in a value is an error', () => {
  const text = ['[database]', 'host = db\0x', '[process.a]', 'start_command = a\0b'];
  assert.deepEqual(toldAbout(...text), [
    String.raw`config.ini:2: [database] host: got "db\u0000x", expected some text`,
    String.raw`config.ini:4: [process.a] start_command: got "a\u0000b", expected a command`,
  ]);
});

test('what is told stays on one line and short, whatever the file holds', () => {
  const told = toldAbout(
    `[\u001b[31m${'x'.repeat(5000)}]`,
    '[database]',
    `driver = \u001b[31m${'y'.repeat(5000)}`,
    `\u001b]0;${'z'.repeat(5000)} = 1`,
  );
  assert.equal(told.length, 3);
  for (const line of told) {
    assert.ok(line.length < 400, line);
    assert.doesNotMatch(line, /\p{Cc}/u);
  }
});

test('a section without its bracket is an error at its line, and blames no other one', () => {
  for (const [header, shown] of [
    ['[process.apache2', '[process.apache2]: its ] is missing'],
    ['[process.apache2 ; see [process.web]', '[process.apache2]: its ] is missing'],
    ['[ monitor # often', '[monitor]: its ] is missing'],
    ['[process.a[b]', '[NAME]'],
    ['[process.web] x', '[NAME]'],
  ] as const) {
    assert.deepEqual(
      toldAbout(
        '[process.web]',
        'restart_strategy = custom',
        'restart_strategy = service',
        header,
        'restart_command = x',
        'nonsense = 1',
        '[process.mail]',
        'restart_strategy = custom',
      ),
      [
        'config.ini:3: warning: [process.web] restart_strategy: given twice, first in line 2; this one counts',
        `config.ini:4: expected a section, ${shown}`,
      ],
    );
  }
});
