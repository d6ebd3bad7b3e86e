import { closeSync, constants, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another service of this host has the control socket. */
export class AlreadyRunning extends Error {
  override name = 'AlreadyRunning';

  /** @param pid undefined where it runs in a container of its own, say */
  constructor(pid: number | undefined) {
    super(`already running (${pid === undefined ? 'its PID is not known' : `PID ${pid}`})`);
  }
}

/** What came of the claim to be the one service on a control socket. */
export type Claim =
  | { readonly kind: 'held'; readonly release: () => void }
  | { readonly kind: 'impossible'; readonly reason: string; readonly release: () => void };

const SQLITE_BUSY = 5;

/**
 * Claims a control socket for this process, for as long as it lives. The lock is the kernel's, which drops
 * it with the process, however that ends, and grants it to one of many that start at once. Node has no
 * call for such a lock; SQLite takes one on its file, and is asked for that alone: nothing is ever stored.
 * @throws AlreadyRunning
 */
export function claimHost(socketPath: string): Claim {
  const file = lockOf(socketPath);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
    closeSync(openSync(file, flags | constants.O_NONBLOCK, 0o600));
    return { kind: 'held', release: lock(file) };
  } catch (error) {
    if (error instanceof AlreadyRunning) {
      throw error;
    }
    return { kind: 'impossible', reason: (error as Error).message, release: () => {} };
  }
}

/** The process that has a control socket claimed; undefined where there is none, or none to be seen from here. */
export function claimant(socketPath: string): number | undefined {
  return holderOf(lockOf(socketPath));
}

function lockOf(socketPath: string): string {
  return `${socketPath}.lock`;
}

/** Returns what drops the lock. No other descriptor of the file may be closed meanwhile: that would drop it too. */
function lock(file: string): () => void {
  try {
    return lockedDatabase(file);
  } catch (error) {
    const { errcode = 0, message } = error as Error & { errcode?: number };
    throw (errcode & 0xff) === SQLITE_BUSY
      ? new AlreadyRunning(holderOf(file))
      : new Error(`its lock ${file} cannot be used: ${message}`);
  }
}

function lockedDatabase(file: string): () => void {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    // Unlike an exclusive transaction, this one is won or lost in a single step: one always wins.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE');
    return () => database.close();
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The byte that SQLite locks for `BEGIN IMMEDIATE`. */
const LOCKED_BYTE = 0x4000_0001;

/** The kernel knows who holds the lock, even of a process that is stopped and answers nothing. */
function holderOf(file: string): number | undefined {
  try {
    // Not the device: some file systems tell the kernel and stat(2) different numbers.
    const { ino } = statSync(file, { bigint: true });
    const pattern = new RegExp(`: POSIX +\\S+ +WRITE (\\d+) \\S+:${ino} ${LOCKED_BYTE} `);
    const pid = Number(pattern.exec(readFileSync('/proc/locks', 'utf8'))?.[1]);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined; // no such file, or none of ours to read: a lock that is held is held all the same
  }
}
