import {
  choice,
  command,
  optionalNumber,
  password,
  path,
  safeName,
  seconds,
  text,
  type ValuesOf,
  wholeNumber,
} from './value_kinds.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** [database]: where the alarms are. Times in seconds. */
export const DATABASE_KEYS = {
  driver: choice(['mysql', 'sqlite'], 'mysql'),
  host: text('localhost'),
  port: optionalNumber(1, 65_535),
  socket: path(''),
  user: text('root'),
  password: password(),
  password_file: path(''),
  database: text('v_process_monitor'),
  file: path(''),
  ssl_mode: choice(
    ['disabled', 'preferred', 'required', 'verify_ca', 'verify_identity'],
    'preferred',
  ),
  ssl_ca: path(''),
  ssl_cert: path(''),
  ssl_key: path(''),
  connect_timeout: seconds(5, 1, 300),
  query_timeout: seconds(10, 1, 300),
};

/** [monitor]: how often to check, and when to hold off. Times in seconds. */
export const MONITOR_KEYS = {
  check_interval: seconds(300, 1, DAY),
  max_restart_failures: wholeNumber(3, 1, 1000),
  circuit_reset_time: seconds(1800, 1, 30 * DAY),
  max_parallel_restarts: wholeNumber(8, 1, 1000),
  state_directory: path('/var/lib/monitor_service'),
  control_socket: path('/run/monitor_service/control.sock'),
};

/** [logging]: max_log_size is in KB, of 1,024 bytes. */
export const LOGGING_KEYS = {
  log_file: path('/var/log/monitor_service.log'),
  max_log_size: wholeNumber(5120, 1, 1024 * 1024, 'whole KB'),
  log_files_to_keep: wholeNumber(5, 0, 999),
  log_level: choice(['DEBUG', 'INFO', 'WARNING', 'ERROR'], 'INFO'),
  log_format: choice(['text', 'json'], 'text'),
};

/** [process.NAME] and [process.default]. Times in seconds. */
export const PROCESS_KEYS = {
  restart_strategy: choice(['service', 'process', 'auto', 'custom'], 'auto'),
  system_name: safeName(),
  pre_restart_command: command(),
  restart_command: command(),
  start_command: command(),
  restart_timeout: seconds(90, 1, HOUR),
  stop_timeout: seconds(10, 0, HOUR),
  health_check_command: command('pgrep %s'),
  health_check_timeout: seconds(5, 1, HOUR),
  health_check_stable_time: seconds(1, 0, HOUR),
  restart_delay: seconds(2, 0, HOUR),
  max_attempts: wholeNumber(2, 1, 100),
  max_restarts: wholeNumber(5, 0, 1000),
  restart_window: seconds(600, 1, 7 * DAY),
};

/** The sections that stand once; every other one is [process.NAME]. */
export const SECTIONS = {
  database: DATABASE_KEYS,
  monitor: MONITOR_KEYS,
  logging: LOGGING_KEYS,
};

export type DatabaseSettings = ValuesOf<typeof DATABASE_KEYS>;
export type MonitorSettings = ValuesOf<typeof MONITOR_KEYS>;
export type LoggingSettings = ValuesOf<typeof LOGGING_KEYS>;
export type ProcessSettings = ValuesOf<typeof PROCESS_KEYS>;
