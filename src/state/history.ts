import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** An attempt as it is on record. */
export interface RecordedAttempt {
  readonly at: Date;
  readonly name: string;
  readonly strategy: string;
  /** 0 is the pre_restart_command. */
  readonly attempt: number;
  readonly command: string;
  readonly outcome: string;
  readonly reason: string;
  /** Undefined while it runs, and where its service ended first. */
  readonly durationMs: number | undefined;
  /** The last lines. */
  readonly output: readonly string[];
}

export interface History {
  /** Newest first. */
  readonly attempts: readonly RecordedAttempt[];
  /** Of every process with a record. */
  readonly names: readonly string[];
}

const BUSY_TIMEOUT_MS = 2000;

/** Reads state.db beside a service that may write to it. Without the file there is nothing on record. @throws */
export function readHistory(directory: string, name: string | undefined, limit: number): History {
  const file = join(directory, 'state.db');
  try {
    if (!statSync(file, { throwIfNoEntry: false })) {
      return { attempts: [], names: [] };
    }
    const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    try {
      return {
        attempts: database
          .prepare(NEWEST)
          .all({ name: name ?? null, limit })
          .map(attemptOf),
        names: database
          .prepare(NAMES)
          .all()
          .map((row) => String(row.name)),
      };
    } finally {
      database.close();
    }
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

const NEWEST = `
  SELECT at_ms, name, strategy, attempt, command, outcome, reason, duration_ms, output
    FROM attempt
   WHERE :name IS NULL OR name = :name
   ORDER BY id DESC LIMIT :limit`;

const NAMES = 'SELECT DISTINCT name FROM attempt';

function attemptOf(row: Record<string, unknown>): RecordedAttempt {
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
