import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseSettings } from '../configuration/keys.ts';
import { StoreError } from '../monitor/alarm_store.ts';
import type { NotesLimit } from './notes.ts';
import { SQLITE_TABLES } from './sqlite_tables.ts';

/** As wide as the column of setup.sql. */
export const NOTES_LIMIT: NotesLimit = { characters: 100, bytes: 400 };

const BUSY_PAUSE_MS = 20;
const SQLITE_BUSY = 5;

/** The file of the embedded database, opened when it is first needed. */
export class SqliteFile {
  readonly #settings: DatabaseSettings;
  readonly #isReadOnly: boolean;
  #database: DatabaseSync | undefined;

  constructor(settings: DatabaseSettings, isReadOnly = false) {
    this.#settings = settings;
    this.#isReadOnly = isReadOnly;
  }

  /** While another process writes, tries again until query_timeout; the event loop is not held meanwhile. */
  async run<T>(work: (database: DatabaseSync) => T, stopping?: AbortSignal): Promise<T> {
    const { file, query_timeout } = this.#settings;
    const deadline = performance.now() + query_timeout * 1000;
    for (;;) {
      try {
        this.#database ??= this.#isReadOnly ? openToRead(file) : openFile(file);
        return work(this.#database);
      } catch (error) {
        const isBusy = ((error as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY;
        if (!isBusy || performance.now() > deadline || stopping?.aborted) {
          await this.close();
          throw new StoreError(`${file}: ${(error as Error).message}`, { cause: error });
        }
        await sleep(BUSY_PAUSE_MS);
      }
    }
  }

  async close(): Promise<void> {
    this.#database?.close();
    this.#database = undefined;
  }
}

/** Where there is none, as the one that would be made: empty. */
function openToRead(file: string): DatabaseSync {
  if (existsSync(file)) {
    return new DatabaseSync(file, { readOnly: true, timeout: 0 });
  }
  const database = new DatabaseSync(':memory:');
  database.exec(SQLITE_TABLES);
  return database;
}

function openFile(file: string): DatabaseSync {
  makeForOwner(file);
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec(SQLITE_TABLES);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Whoever can write to it decides about restarts. One that is there keeps its mode. */
function makeForOwner(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
  }
}
