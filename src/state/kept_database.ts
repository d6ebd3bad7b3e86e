import { lstatSync } from 'node:fs';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { isDamaged, openStateDatabase, setAside, stateFile } from './open_database.ts';
import { TABLES } from './schema.ts';

/** Where the state is, and what opens it again where that is needed. */
export interface Database {
  /** @throws what SQLite throws */
  use<T>(work: (database: DatabaseSync) => T): T;
  close(): void;
}

type Row = Record<string, SQLInputValue>;

/**
 * The database of a state directory, which somebody may remove, replace or damage while it is in use: SQLite
 * goes on with a file that nobody will ever find again. It is begun anew then, with what is known of the old one.
 */
export class KeptDatabase implements Database {
  readonly #directory: string;
  readonly #onTrouble: (message: string) => void;
  #database: DatabaseSync;
  /** The file in use; undefined where the state is in memory. */
  #inode: bigint | undefined;

  constructor(directory: string, onTrouble: (message: string) => void) {
    this.#directory = directory;
    this.#onTrouble = onTrouble;
    this.#database = this.#open();
  }

  /** Does something with the database, whose file is where it belongs. @throws */
  use<T>(work: (database: DatabaseSync) => T): T {
    this.#lookAfter();
    try {
      return work(this.#database);
    } catch (error) {
      if (this.#inode === undefined || !isDamaged(error)) {
        throw error;
      }
      this.#renew(() => setAside(this.#file));
      return work(this.#database);
    }
  }

  /** Leaves behind what it held, though nobody used it since it was removed. */
  close(): void {
    try {
      this.#lookAfter();
    } catch {
      // It can't even be looked for, so nothing could be written there.
    }
    this.#database.close();
  }

  #lookAfter(): void {
    if (this.#inode !== undefined && this.#inode !== this.#found()) {
      this.#renew(
        () => `State file ${this.#file} was removed or replaced; what it held is written again`,
      );
    }
  }

  get #file(): string {
    return stateFile(this.#directory);
  }

  #found(): bigint | undefined {
    return lstatSync(this.#file, { bigint: true, throwIfNoEntry: false })?.ino;
  }

  #open(): DatabaseSync {
    const { database, trouble } = openStateDatabase(this.#directory);
    if (trouble !== undefined) {
      this.#onTrouble(trouble);
    }
    this.#inode = database.location() === null ? undefined : this.#found();
    return database;
  }

  /** `makeRoom` is done once the old file is closed, and says what an operator should know once all is on disk. */
  #renew(makeRoom: () => string): void {
    const tables = TABLES.map((table) => [table, rowsOf(this.#database, table)] as const);
    try {
      this.#database.close(); // first: it removes state.db-wal, whosever that is by then
    } catch {
      // Not in order, which is why it goes.
    }
    let done: string | undefined;
    try {
      done = makeRoom();
    } catch {
      // It can't be moved: that it can't be used will be said next.
    }
    this.#database = this.#open();
    // Each table for itself: one that does not fit keeps no other from being written.
    const failures = tables.map(([table, rows]) => insert(this.#database, table, rows));
    const failure = failures.find((reason) => reason !== undefined);
    if (failure !== undefined) {
      done = `State file ${this.#file} is begun anew, and what it held cannot be written: ${failure}`;
    }
    if (this.#inode !== undefined && done !== undefined) {
      this.#onTrouble(done);
    }
  }
}

/** What can't be read is forgotten, where the database is damaged or an older one. */
export function rowsOf(database: DatabaseSync, table: string): Row[] {
  try {
    return database.prepare(`SELECT * FROM ${table}`).all() as Row[];
  } catch {
    return [];
  }
}

/** Returns why they could not be written, where they could not. */
export function insert(
  database: DatabaseSync,
  table: string,
  rows: readonly Row[],
): string | undefined {
  const columns = Object.keys(rows[0] ?? {});
  const values = columns.map((name) => `:${name}`).join(', ');
  try {
    database.exec('BEGIN');
    for (const row of rows) {
      database
        .prepare(`INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${values})`)
        .run(row);
    }
    database.exec('COMMIT');
    return undefined;
  } catch (error) {
    if (database.isTransaction) {
      database.exec('ROLLBACK'); // SQLite does it itself on a full disk
    }
    return (error as Error).message;
  }
}
