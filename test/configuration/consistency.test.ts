/** Keys that are each fine by themselves, and not together. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsFrom, toldAbout } from './support.ts';

test('the embedded database needs its file', () => {
  assert.deepEqual(toldAbout('[database]', 'host = db1', 'driver = sqlite'), [
    'config.ini:1: [database] file: got nothing, expected the path of the embedded database, as driver is sqlite',
  ]);
  const { database } = settingsFrom('[database]', 'driver = sqlite', 'file = /var/lib/alarms.db');
  assert.equal(database.file, '/var/lib/alarms.db');
});

test('a password stands in one place', () => {
  assert.deepEqual(toldAbout('[database]', 'password = secret', 'password_file = /run/secret'), [
    'config.ini:3: [database] password_file: got a file, expected none beside password: set one of the two',
  ]);
});

test('a client certificate and its key go together', () => {
  const missing = (key: string) =>
    `config.ini:1: [database] ${key}: got nothing, expected a file: ssl_cert and ssl_key go together`;
  assert.deepEqual(toldAbout('[database]', 'ssl_cert = /c.pem'), [missing('ssl_key')]);
  assert.deepEqual(toldAbout('[database]', 'ssl_key = /k.pem'), [missing('ssl_cert')]);
  assert.deepEqual(toldAbout('[database]', 'ssl_key = /k.pem', 'ssl_cert = /c.pem'), []);
});

test('an authority is needed where the server is to be verified', () => {
  for (const mode of ['verify_ca', 'verify_identity']) {
    assert.deepEqual(toldAbout('[database]', `ssl_mode = ${mode}`), [
      `config.ini:1: [database] ssl_ca: got nothing, expected the authority's file, as ssl_mode is ${mode}`,
    ]);
    assert.deepEqual(toldAbout('[database]', `ssl_mode = ${mode}`, 'ssl_ca = /ca.pem'), []);
  }
});

test('strategy custom needs a command, from the process or from [process.default]', () => {
  const custom = 'restart_strategy = custom';
  const lacking = (line: number, section: string) =>
    `config.ini:${line}: [${section}] restart_strategy: got "custom", expected restart_command to be set with it`;
  assert.deepEqual(toldAbout('[process.a]', custom), [lacking(2, 'process.a')]);
  assert.deepEqual(toldAbout('[process.default]', custom), [lacking(2, 'process.default')]);
  const ofDefault = ['[process.default]', 'restart_command = svc -t %s'];
  assert.deepEqual(toldAbout('[process.a]', custom, ...ofDefault), []);
  assert.deepEqual(toldAbout('[process.a]', custom, 'restart_command = svc -t %s'), []);
  assert.deepEqual(toldAbout(...ofDefault, '[process.a]', custom, 'restart_command ='), [
    lacking(4, 'process.a'),
  ]);
});

test('a system name belongs to one process', () => {
  assert.deepEqual(toldAbout('[process.default]', 'system_name = httpd'), [
    'config.ini:2: [process.default] system_name: got "httpd", expected it only in a process\'s own section',
  ]);
});

test('a command that the strategy never runs is told, where the process itself sets it', () => {
  assert.deepEqual(
    toldAbout(
      '[process.web]',
      'restart_command = a',
      'start_command = b',
      'restart_strategy = service',
    ),
    [
      'config.ini:2: warning: [process.web] restart_command: not used with strategy service, only with custom',
      'config.ini:3: warning: [process.web] start_command: not used with strategy service, only with process or auto',
    ],
  );
  assert.deepEqual(toldAbout('[process.default]', 'restart_command = a', 'start_command = b'), []);
});

test('[process.Default] is told to be a process, not the defaults', () => {
  assert.deepEqual(toldAbout('[process.Default]'), [
    'config.ini:1: warning: [process.Default]: a process of that name; did you mean process.default?',
  ]);
});

test('what stands below a section that can not be read belongs to no other section', () => {
  assert.deepEqual(toldAbout('[database]', '[monitor', 'check_interval = 5'), [
    'config.ini:2: expected a section, [monitor]: its ] is missing',
  ]);
});
