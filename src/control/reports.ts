/** What the service answers, in JSON: names are stable, times are ISO 8601 in UTC, and null is what is not known. */

export interface StatusReport {
  readonly version: string;
  readonly pid: number;
  readonly state: 'running' | 'stopping';
  readonly started_at: string;
  readonly uptime_seconds: number;
  readonly database: DatabaseReport;
  /** How config.ini was read again last; null where it was not. */
  readonly last_reload: {
    readonly at: string;
    /** Then the settings from before stay. */
    readonly refused: boolean;
    /** The first thing that is wrong with the file. */
    readonly reason: string | null;
  } | null;
  readonly checks: {
    readonly interval_seconds: number;
    /** Is one under way? */
    readonly running: boolean;
    readonly last_at: string | null;
    readonly next_at: string | null;
  };
  /** Rows in alarm when the table was last read, without those cleared since. */
  readonly alarms: number | null;
  /** Those of them that PROCESE has no name for. */
  readonly without_process: {
    readonly alarms: number;
    /** The lowest, a few of them. */
    readonly ids: readonly number[];
  };
  readonly restarts: { readonly running: number; readonly waiting: number };
  /** What something is known of, what needs a person first. */
  readonly processes: readonly ProcessReport[];
  /** How many more there are. */
  readonly processes_omitted: number;
}

export interface DatabaseReport {
  /** Unknown: before the first check has ended. */
  readonly state: 'unknown' | 'connected' | 'down';
  readonly since: string | null;
  /** Why it is down. */
  readonly reason: string | null;
}

/**
 * held_off: in alarm, and its open breaker keeps restarts away. refused: in alarm, and its name is not
 * acceptable. in_alarm: the next check sees to it. waiting: for other restarts to end. no_alarm: it is not in alarm.
 */
export type ProcessState =
  | 'held_off'
  | 'refused'
  | 'in_alarm'
  | 'restarting'
  | 'waiting'
  | 'no_alarm';

export interface ProcessReport {
  readonly name: string;
  readonly state: ProcessState;
  /** Its rows in alarm. */
  readonly alarms: number;
  /** Why its name is refused. */
  readonly refusal: string | null;
  /** Why its alarm stands although it was restarted and verified. */
  readonly not_cleared: string | null;
  /** Failed restarts in a row. */
  readonly failures: number;
  readonly breaker: {
    readonly state: 'closed' | 'open' | 'half-open';
    /** When it opened. */
    readonly since: string | null;
    /** Why: restarts failed, or they did not last. */
    readonly reason: 'failures' | 'restarts' | null;
    /** From when on a check tries one restart. */
    readonly retry_at: string | null;
  };
  readonly last_attempt: AttemptReport | null;
}

/** An attempt to restart a process. */
export interface AttemptReport {
  readonly at: string;
  readonly strategy: string;
  /** 0: the pre_restart_command. */
  readonly attempt: number;
  readonly command: string;
  /** running, passed (attempt 0), verified, failed, interrupted */
  readonly outcome: string;
  /** Why it failed, empty where it did not. */
  readonly reason: string;
  readonly duration_ms: number | null;
  /** The last lines that a failed one printed. */
  readonly output: readonly string[];
}

/** What was begun takes longer than a connection lives: its report is asked for by this word. */
export interface Ticket {
  readonly ticket: string;
}

/** Restarts that a person asked for. */
export interface RestartsReport {
  readonly done: boolean;
  readonly restarts: readonly RestartReport[];
}

export interface RestartReport {
  readonly name: string;
  readonly state: 'waiting' | 'running' | 'done';
  /** verified, failed, stopped, held off, interrupted, not begun; null before it is done. */
  readonly outcome: string | null;
  /** Its alarms that were cleared. */
  readonly cleared: number;
  /** Those that stay; null where the database does not tell. */
  readonly left: number | null;
  /** In their order. */
  readonly attempts: readonly AttemptReport[];
}

/** Health checks that a person asked for. */
export interface ExaminationsReport {
  readonly done: boolean;
  /** Those that are over. */
  readonly checks: readonly ExaminationReport[];
}

export interface ExaminationReport {
  readonly name: string;
  readonly healthy: boolean;
  /** Why it is not; else empty. */
  readonly reason: string;
  readonly kind: 'unit' | 'program' | 'command';
  /** The unit, the program or the command that was asked. */
  readonly asked: string;
  readonly duration_ms: number;
  /** The last lines that a failed command printed. */
  readonly output: readonly string[];
}

/** A check of the table that a person asked for. */
export interface CheckReport {
  /** The check is over, and so are its restarts. */
  readonly done: boolean;
  /** Could the database be read? Null before the check is over. */
  readonly read: boolean | null;
  /** Those that it began or found under way. */
  readonly restarts: readonly RestartReport[];
}

export interface ResetReport {
  /** Breakers that were open, or half-open, and are closed now. */
  readonly closed: readonly string[];
  /** Closed ones whose failures, or restarts that counted, are forgotten now. */
  readonly forgotten: readonly string[];
  /** Those without either. */
  readonly unchanged: readonly string[];
  /** A sentence about each name of which nothing is known. */
  readonly unknown: readonly string[];
}
