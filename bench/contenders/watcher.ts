import type { TestDatabase } from '../../test/support/test_database.ts';
import type { Keys } from '../../test/support/workspace.ts';
import { withTail } from '../tail.ts';

/** Larger than anything that a run writes: a check is not to wait for a rotation. */
export const LOG_KEYS = { max_log_size: 1_048_576 };
/** No check by itself in the time of a run. */
export const NEVER_S = 86_400;

export type ProcessKeys = Record<string, Keys>;

/** What reads a table of alarms: the service, and the shell script of the same guide. */
export interface Watcher {
  readonly unit: string;
  /** The tables that it reads, and nobody else does. */
  readonly database: TestDatabase;
  /** Starts it; it checks once, and after that when told. `processes` are its sections `[process.NAME]`. */
  start(processes?: ProcessKeys): Promise<void>;
  stop(): Promise<void>;
  /** The number that this machine gives its process. */
  pid(): Promise<number>;
  /** Its log, as this machine sees it. */
  logFile(): string;
  /** Has it check at once, and does not wait. */
  checkNow(): void;
}

const NOTHING = 'Database check: no process in alarm';
const CLEARED = 'Alarm cleared for ';

/** Puts these processes into its table, none of them in alarm, and takes out what was there. */
export async function fill({ database }: Watcher, names: readonly string[]): Promise<void> {
  await empty(database);
  const rows = names.map((name, index) => [index + 1, name]);
  await database.sql('INSERT INTO PROCESE (process_id, process_name) VALUES ?', [rows]);
  await database.sql('INSERT INTO STATUS_PROCESS (process_id) SELECT process_id FROM PROCESE');
}

export async function empty(database: TestDatabase): Promise<void> {
  await database.sql('DELETE FROM STATUS_PROCESS');
  await database.sql('DELETE FROM PROCESE');
}

/** Puts all of its table in alarm; from the start of a check to the last alarm that it clears, in milliseconds. */
export async function healAll(watcher: Watcher, count: number, timeoutMs: number): Promise<number> {
  await watcher.database.sql("UPDATE STATUS_PROCESS SET alarma = 1, notes = ''");
  return withTail(watcher.logFile(), async (tail) => {
    const begin = performance.now();
    watcher.checkNow();
    return (await tail.until(CLEARED, { times: count, timeoutMs })) - begin;
  });
}

/** Has it check so often, one check after the other, with nothing to do. */
export function checkOften(watcher: Watcher, times: number): Promise<void> {
  return withTail(watcher.logFile(), async (tail) => {
    for (let check = 0; check < times; check++) {
      watcher.checkNow();
      await tail.until(NOTHING);
    }
  });
}
