/** Every example of the user's guide is read as the guide says it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsFrom } from './support.ts';

test('the guide’s [database] example', () => {
  const { database } = settingsFrom(
    '[database]',
    'host = localhost',
    'user = root',
    'password = your_password',
    'database = v_process_monitor',
  );
  assert.equal(database.host, 'localhost');
  assert.equal(database.user, 'root');
  assert.equal(database.password, 'your_password');
  assert.equal(database.database, 'v_process_monitor');
});

test('the guide’s [monitor] example', () => {
  const { monitor } = settingsFrom(
    '[monitor]',
    '; Check interval in seconds (5 minutes)',
    'check_interval = 300',
    '; Maximum number of restart failures before circuit breaker opens',
    'max_restart_failures = 3',
    '; Circuit breaker reset time in seconds (30 minutes)',
    'circuit_reset_time = 1800',
  );
  assert.equal(monitor.check_interval, 300);
  assert.equal(monitor.max_restart_failures, 3);
  assert.equal(monitor.circuit_reset_time, 1800);
});

test('the guide’s [monitor] example with a comment behind the value', () => {
  const { monitor } = settingsFrom('[monitor]', 'check_interval = 300  # 5 minutes');
  assert.equal(monitor.check_interval, 300);
});

test('the guide’s [logging] example', () => {
  const { logging } = settingsFrom(
    '[logging]',
    '; Maximum log file size in KB before rotation (default: 5MB)',
    'max_log_size = 5120',
    '; Number of log files to keep (default: 5)',
    'log_files_to_keep = 5',
  );
  assert.equal(logging.max_log_size, 5120);
  assert.equal(logging.log_files_to_keep, 5);
});

test('the guide’s [process.default] example, which says what holds without it', () => {
  const { processDefault } = settingsFrom(
    '[process.default]',
    'restart_strategy = auto',
    'health_check_command = pgrep %s',
    'health_check_timeout = 5',
    'restart_delay = 2',
    'max_attempts = 2',
  );
  assert.equal(processDefault.restart_strategy, 'auto');
  assert.equal(processDefault.health_check_command, 'pgrep %s');
  assert.equal(processDefault.health_check_timeout, 5);
  assert.equal(processDefault.restart_delay, 2);
  assert.equal(processDefault.max_attempts, 2);
  assert.equal(processDefault.pre_restart_command, '');
  assert.deepEqual(processDefault, settingsFrom('').processDefault);
});

/** The guide's processes, each by its keys in the order of the guide. */
const PROCESSES: { title: string; name: string; keys: Record<string, string | number> }[] = [
  {
    title: 'process',
    name: 'apache2',
    keys: {
      restart_strategy: 'service',
      pre_restart_command: '/usr/sbin/apachectl configtest',
      health_check_command: 'systemctl is-active apache2',
      health_check_timeout: 10,
      restart_delay: 5,
      max_attempts: 2,
    },
  },
  {
    title: 'web server',
    name: 'apache2',
    keys: {
      restart_strategy: 'service',
      pre_restart_command: '/usr/sbin/apachectl configtest',
      health_check_command: 'curl -s http://localhost/ > /dev/null',
      health_check_timeout: 15,
      restart_delay: 5,
      max_attempts: 3,
    },
  },
  {
    title: 'database server',
    name: 'mysqld',
    keys: {
      restart_strategy: 'service',
      health_check_command: "mysqladmin -u root -p'password' ping",
      health_check_timeout: 30,
      restart_delay: 10,
      max_attempts: 2,
    },
  },
  {
    title: 'new process',
    name: 'new_process_name',
    keys: {
      restart_strategy: 'service',
      health_check_command: 'systemctl is-active new_process_name',
      health_check_timeout: 10,
      restart_delay: 5,
      max_attempts: 2,
    },
  },
];

for (const { title, name, keys } of PROCESSES) {
  test(`the guide’s ${title} example`, () => {
    const lines = Object.entries(keys).map(([key, value]) => `${key} = ${value}`);
    const settings = settingsFrom(`[process.${name}]`, ...lines);
    assert.deepEqual([...settings.processes.keys()], [name]);
    assert.deepEqual(settings.processes.get(name), { ...settings.processDefault, ...keys });
  });
}
