/** A process as the two tables have it. */
export interface ProcessRow {
  readonly id: string;
  /** Undefined where PROCESE has no such process. Hostile until checked. */
  readonly name: string | undefined;
  readonly isInAlarm: boolean;
  readonly sound: number;
  readonly notes: string;
}

/** How many rows are read, or written, at a time: memory has a bound, however long the table is. */
export const PAGE = 500;

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

/** A process from a row of id, name, alarma, sound and notes. */
export function processOf(row: Readonly<Record<string, unknown>>): ProcessRow {
  return {
    id: String(row.id),
    name: row.name === null ? undefined : String(row.name),
    isInAlarm: Number(row.alarma) === 1,
    sound: Number(row.sound),
    notes: row.notes === null ? '' : String(row.notes),
  };
}
