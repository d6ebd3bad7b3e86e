/** An attempt as it is on record. */
export interface RecordedAttempt {
  readonly at: Date;
  readonly name: string;
  readonly strategy: string;
  /** 0 is the pre_restart_command. */
  readonly attempt: number;
  readonly command: string;
  /** running, passed, verified, failed, interrupted */
  readonly outcome: string;
  readonly reason: string;
  /** Undefined while it runs, and where its service ended first. */
  readonly durationMs: number | undefined;
  /** The last lines. */
  readonly output: readonly string[];
}

/** Makes one of a row of the table `attempt`. */
export function attemptOf(row: Readonly<Record<string, unknown>>): RecordedAttempt {
  return {
    at: new Date(Number(row.at_ms)),
    name: String(row.name),
    strategy: String(row.strategy),
    attempt: Number(row.attempt),
    command: String(row.command),
    outcome: String(row.outcome),
    reason: String(row.reason),
    durationMs: row.duration_ms === null ? undefined : Number(row.duration_ms),
    output: row.output === '' ? [] : String(row.output).split('\n'),
  };
}
