import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { stateFile } from './open_database.ts';
import { openToRead } from './open_to_read.ts';
import { attemptOf, type RecordedAttempt } from './recorded_attempt.ts';

/** Which of the recorded attempts are asked for. */
export interface HistoryQuery {
  /** Undefined: of every process. */
  readonly names: readonly string[] | undefined;
  /** No older ones. */
  readonly since: Date;
  /** Only those that failed or were interrupted. */
  readonly onlyFailed: boolean;
  readonly limit: number;
}

/** The recorded attempts, newest first. Reads state.db beside a service that may write to it. @throws */
export function readHistory(directory: string, query: HistoryQuery): RecordedAttempt[] {
  const { names, since, onlyFailed, limit } = query;
  const values = {
    names: names === undefined ? null : JSON.stringify(names),
    since: since.getTime(),
    only_failed: onlyFailed ? 1 : 0,
    limit,
  };
  return read(directory, (database) => database.prepare(NEWEST).all(values)).map(attemptOf);
}

/** Every process with a recorded attempt. @throws */
export function recordedNames(directory: string): Set<string> {
  const rows = read(directory, (database) => database.prepare(NAMES).all());
  return new Set(rows.map((row) => String(row.name)));
}

type Rows = ReturnType<ReturnType<DatabaseSync['prepare']>['all']>;

/** Without the file nothing is on record. */
function read(directory: string, query: (database: DatabaseSync) => Rows): Rows {
  const file = stateFile(directory);
  try {
    if (!statSync(file, { throwIfNoEntry: false })) {
      return [];
    }
    const database = openToRead(file);
    try {
      return query(database);
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
   WHERE (:names IS NULL OR name IN (SELECT value FROM json_each(:names)))
     AND at_ms >= :since
     AND (:only_failed = 0 OR outcome IN ('failed', 'interrupted'))
   ORDER BY id DESC LIMIT :limit`;

const NAMES = 'SELECT DISTINCT name FROM attempt';
