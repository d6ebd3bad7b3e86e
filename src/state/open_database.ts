import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { breachOfDirectory, ownUser } from '../system/guarded.ts';
import { EXPECTED_COLUMNS, SCHEMA } from './schema.ts';

export interface OpenedDatabase {
  readonly database: DatabaseSync;
  /** What was wrong, where something was; the state is then kept elsewhere or begun anew. */
  readonly trouble?: string;
}

/** Where the state of a directory is. */
export function stateFile(directory: string): string {
  return join(directory, 'state.db');
}

/** Another process that writes holds the file for moments only. */
const BUSY_TIMEOUT_MS = 2000;

/**
 * Opens state.db in a directory. Never throws: a broken file is set aside and begun anew, and where
 * the directory can't be used, or is not ours alone, the state lives in memory, for a service that heals
 * without a memory is better than none.
 */
export function openStateDatabase(directory: string): OpenedDatabase {
  const file = stateFile(directory);
  try {
    return { database: openFile(directory, file) };
  } catch (error) {
    if (!isBroken(error)) {
      return inMemory(file, error);
    }
  }
  try {
    const trouble = setAside(file);
    return { database: openFile(directory, file), trouble };
  } catch (error) {
    return inMemory(file, error);
  }
}

function openFile(directory: string, file: string): DatabaseSync {
  // What it says is running of an interrupted restart is ended, so nobody else may have a hand in it.
  const breach = breachOfDirectory(directory, ownUser());
  if (breach !== undefined) {
    throw new Error(
      `others than root and this user can change ${breach}, or it is a link that leads nowhere`,
    );
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  // Made by us first, so that it is ours alone from the start and not behind a symbolic link.
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  closeSync(openSync(file, flags, 0o600));
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    // FULL: what was committed is on the disk, whatever happens to the host the moment after.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    database.exec(SCHEMA);
    for (const columns of EXPECTED_COLUMNS) {
      database.prepare(columns);
    }
    const check = database.prepare('PRAGMA quick_check(1)').get();
    if (check?.quick_check !== 'ok') {
      throw Object.assign(new Error('is broken'), { errcode: SQLITE_CORRUPT });
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function inMemory(file: string, error: unknown): OpenedDatabase {
  const database = new DatabaseSync(':memory:');
  database.exec(SCHEMA);
  const trouble = `State file ${file} cannot be used: ${(error as Error).message}; breakers and history are kept in memory only`;
  return { database, trouble };
}

/** So many broken files are enough to see what is wrong with a disk. */
const KEPT_ASIDE = 5;

const SQLITE_ERROR = 1;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** Not a database, damaged, or with other tables than ours. */
function isBroken(error: unknown): boolean {
  return isDamaged(error) || codeOf(error) === SQLITE_ERROR;
}

/** What SQLite says of a file whose content is not what it wrote. */
export function isDamaged(error: unknown): boolean {
  return [SQLITE_CORRUPT, SQLITE_NOTADB].includes(codeOf(error));
}

function codeOf(error: unknown): number {
  return ((error as { errcode?: number }).errcode ?? 0) & 0xff;
}

/** Makes room for a new file, and returns what an operator should know of that. @throws */
export function setAside(file: string): string {
  const aside = `${file}.broken-${new Date().toISOString().replace(/[:.]/g, '-')}`;
  renameSync(file, aside);
  rmSync(`${file}-wal`, { force: true });
  rmSync(`${file}-shm`, { force: true });
  removeOldest(file);
  return `State file ${file} is broken; it is kept as ${aside}, and a new one is begun`;
}

/** On a disk that goes on breaking them, one after the other is set aside. */
function removeOldest(file: string): void {
  const directory = dirname(file);
  const prefix = `${basename(file)}.broken-`;
  const names = readdirSync(directory).filter((name) => name.startsWith(prefix));
  for (const name of names.sort().slice(0, -KEPT_ASIDE)) {
    rmSync(join(directory, name), { force: true });
  }
}
