/** A process as the two tables have it. */
export interface ProcessRow {
  readonly id: string;
  /** Undefined where PROCESE has no such process. Hostile until checked. */
  readonly name: string | undefined;
  /** False: it is in PROCESE alone, and can have no alarm. */
  readonly hasStatus: boolean;
  readonly isInAlarm: boolean;
  readonly sound: number;
  readonly notes: string;
}

/** How many rows are read, or written, at a time: memory has a bound, however long the table is. */
export const PAGE = 500;

/**
 * The rows of either table, a page behind the id that both `?` stand for. The limits are in derived tables of their own:
 * MySQL 5.7 takes no parentheses at the beginning of one.
 */
export const PAGE_OF_IDS = `
  SELECT a.process_id FROM (SELECT process_id FROM STATUS_PROCESS
    WHERE process_id > ? ORDER BY process_id LIMIT ${PAGE}) AS a
  UNION
  SELECT b.process_id FROM (SELECT process_id FROM PROCESE
    WHERE process_id > ? ORDER BY process_id LIMIT ${PAGE}) AS b
  ORDER BY process_id LIMIT ${PAGE}`;

/** Smaller than every id. */
const BEFORE_ALL = '-9223372036854775808';

/** The processes in the two tables, for an operator. Errors are StoreErrors. */
export interface Processes {
  /** The next rows behind this id, at most a page, in the order of their ids. */
  pageAfter(id: string): Promise<readonly ProcessRow[]>;
  /** Sets or clears the alarms of at most a page of rows; without a note their notes stay as they are. */
  setAlarms(ids: readonly string[], isInAlarm: boolean, note: string | undefined): Promise<void>;
  /** Adds a process, in alarm, and returns its id. */
  add(name: string, note: string): Promise<string>;
  close(): Promise<void>;
}

/** Every process, by id. */
export async function* allProcesses(processes: Processes): AsyncGenerator<ProcessRow> {
  let page = await processes.pageAfter(BEFORE_ALL);
  while (page.length > 0) {
    yield* page;
    const last = page.at(-1)?.id ?? BEFORE_ALL;
    page = page.length < PAGE ? [] : await processes.pageAfter(last);
  }
}

/** A process from a row of id, name, has_status, alarma, sound and notes. */
export function processOf(row: Readonly<Record<string, unknown>>): ProcessRow {
  return {
    id: String(row.id),
    name: row.name === null ? undefined : String(row.name),
    hasStatus: Number(row.has_status) === 1,
    isInAlarm: Number(row.alarma) === 1,
    sound: Number(row.sound),
    notes: row.notes === null ? '' : String(row.notes),
  };
}
