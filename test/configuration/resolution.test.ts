/** Settings resolve key by key: the process's own section, [process.default], the built-in default. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsOf } from '../../src/configuration/settings.ts';
import { plain, settingsFrom } from './support.ts';

const BUILT_IN = {
  restart_strategy: 'auto',
  system_name: '',
  pre_restart_command: '',
  restart_command: '',
  start_command: '',
  restart_timeout: 90,
  stop_timeout: 10,
  health_check_command: 'pgrep %s',
  health_check_timeout: 5,
  health_check_stable_time: 1,
  restart_delay: 2,
  max_attempts: 2,
  max_restarts: 5,
  restart_window: 600,
};

test('an empty file has every default', () => {
  assert.deepEqual(plain(settingsFrom('')), {
    database: {
      driver: 'mysql',
      host: 'localhost',
      port: undefined,
      socket: '',
      user: 'root',
      password: '',
      password_file: '',
      database: 'v_process_monitor',
      file: '',
      ssl_mode: 'preferred',
      ssl_ca: '',
      ssl_cert: '',
      ssl_key: '',
      connect_timeout: 5,
      query_timeout: 10,
    },
    monitor: {
      check_interval: 300,
      max_restart_failures: 3,
      circuit_reset_time: 1800,
      max_parallel_restarts: 8,
      state_directory: '/var/lib/monitor_service',
      control_socket: '/run/monitor_service/control.sock',
    },
    logging: {
      log_file: '/var/log/monitor_service.log',
      max_log_size: 5120,
      log_files_to_keep: 5,
      log_level: 'INFO',
      log_format: 'text',
    },
    processDefault: BUILT_IN,
    processes: {},
  });
});

test('each key of a process comes from the nearest place that sets it', () => {
  const { processDefault, processes } = settingsFrom(
    '[process.apache2]',
    'restart_delay = 5',
    '[process.default]',
    'restart_delay = 7',
    'max_attempts = 4',
    'pre_restart_command = date',
  );
  const fromDefault = { ...BUILT_IN, max_attempts: 4, pre_restart_command: 'date' };
  assert.deepEqual(processDefault, { ...fromDefault, restart_delay: 7 });
  assert.deepEqual(processes.get('apache2'), { ...fromDefault, restart_delay: 5 });
});

test('an empty command of a process is none, although [process.default] has one', () => {
  const settings = settingsFrom(
    '[process.default]',
    'pre_restart_command = date',
    '[process.apache2]',
    'pre_restart_command =',
  );
  assert.equal(settingsOf(settings, 'apache2').pre_restart_command, '');
  assert.equal(settingsOf(settings, 'mysqld').pre_restart_command, 'date');
});

test('a process without a section has the defaults, and its own name as system name', () => {
  const settings = settingsFrom(
    '[process.default]',
    'max_attempts = 4',
    '[process.web]',
    'system_name = httpd',
    '[process.mail]',
  );
  assert.deepEqual(settingsOf(settings, 'sshd'), {
    ...BUILT_IN,
    max_attempts: 4,
    system_name: 'sshd',
  });
  assert.equal(settingsOf(settings, 'web').system_name, 'httpd');
  assert.equal(settingsOf(settings, 'mail').system_name, 'mail');
});

test('process names differ by their case', () => {
  const settings = settingsFrom('[process.SSHD]', 'max_attempts = 9');
  assert.equal(settingsOf(settings, 'sshd').max_attempts, 2);
  assert.equal(settingsOf(settings, 'SSHD').max_attempts, 9);
});

test('a name of the language’s own is a name like any other', () => {
  const settings = settingsFrom('[process.constructor]', 'max_attempts = 9');
  assert.equal(settingsOf(settings, 'constructor').max_attempts, 9);
  assert.equal(settingsOf(settings, 'toString').max_attempts, 2);
});
