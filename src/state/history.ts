import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { stateFile } from './open_database.ts';
import { attemptOf, type RecordedAttempt } from './recorded_attempt.ts';

export interface History {
  /** Newest first. */
  readonly attempts: readonly RecordedAttempt[];
  /** Of every process with a record; asked for only where no attempt was found, to suggest one. */
  readonly names: readonly string[];
}

const BUSY_TIMEOUT_MS = 2000;

/** Reads state.db beside a service that may write to it. Without the file there is nothing on record. @throws */
export function readHistory(directory: string, name: string | undefined, limit: number): History {
  const file = stateFile(directory);
  try {
    if (!statSync(file, { throwIfNoEntry: false })) {
      return { attempts: [], names: [] };
    }
    const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    try {
      const newest = database.prepare(NEWEST).all({ name: name ?? null, limit });
      const names = newest.length > 0 ? [] : database.prepare(NAMES).all();
      return { attempts: newest.map(attemptOf), names: names.map((row) => String(row.name)) };
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
