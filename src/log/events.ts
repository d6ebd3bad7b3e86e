/** Every kind of message, as `event` of a JSON line. monitor_service(8) lists them: a word never changes its meaning. */
export const EVENTS = [
  // the service
  ...['service_starting', 'service_stopping', 'signal_received'],
  ...['config_problem', 'config_reloaded', 'config_refused', 'config_needs_restart'],
  ...['log_file_failed', 'log_file_restored', 'state_failed'],
  ...['control_socket_failed', 'systemd_not_told', 'dry_run'],
  // the database
  ...['statement_done', 'database_failed', 'database_restored'],
  // a check
  ...['no_alarm', 'alarm_found', 'alarm_without_process', 'too_many_alarms', 'name_refused'],
  ...['alarm_cleared', 'alarm_changed', 'alarm_not_cleared'],
  // a restart
  'restart_requested',
  ...['restart_begun', 'restart_verified', 'restart_gave_up', 'restart_interrupted'],
  ...['restart_under_way', 'restart_shared', 'restart_incomplete', 'restart_error'],
  ...['attempt_begun', 'strategy_chosen', 'restart_step', 'pre_restart_failed'],
  ...[
    'restart_failed',
    'start_limit_reset',
    'job_awaited',
    'health_checked',
    'health_check_failed',
  ],
  ...['command_ended', 'command_output', 'output_held'],
  // the circuit breaker
  ...['breaker_opened', 'breaker_holds', 'breaker_half_open', 'breaker_closed'],
  'failures_forgotten',
] as const;

export type LogEvent = (typeof EVENTS)[number];

/** What programs that read the log go by, beside the words for people. */
export interface About {
  readonly event: LogEvent;
  /** Where it is about one process: its name in the database. */
  readonly process?: string | undefined;
}
