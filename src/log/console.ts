// Where messages go besides the file: the journal under systemd, else standard output.
import * as fs from 'node:fs';
import { type Entry, type Format, fileLine, journalLine } from './line.ts';
import { errorCode } from './reason.ts';

/** Takes every logged message; never throws. */
export interface Console {
  write(entry: Entry, format: Format): void;
}

/** The system as a console needs it; a test may put its own in its place. */
export interface ConsoleIo {
  /** Bytes taken, perhaps fewer than given. @throws as `fs.writeSync` */
  write(fd: number, bytes: Buffer): number;
  /** `device:inode`, as systemd writes it. @throws when nothing is open there */
  identity(fd: number): string;
  pause(milliseconds: number): void;
}

const STDOUT = 1;
const STDERR = 2;
const PAUSE_MS = 5;
/** How often in a row a full pipe is asked again; with the pauses, 0.1 s until its reader counts as stuck. */
const PATIENCE = 20;

/** @param env systemd says in `JOURNAL_STREAM` which stream is its journal; inherited, it may be another's. */
export function openConsole(
  env: Readonly<Record<string, string | undefined>>,
  io: ConsoleIo = systemIo,
): Console {
  const journal = [STDOUT, STDERR].find((fd) => isStream(env.JOURNAL_STREAM, fd, io));
  const out = new LineWriter(journal ?? STDOUT, io);
  if (journal !== undefined) return { write: (entry) => out.write(journalLine(entry)) };
  return { write: (entry, format) => out.write(fileLine(entry, format)) };
}

function isStream(stream: string | undefined, fd: number, io: ConsoleIo): boolean {
  try {
    return stream !== undefined && io.identity(fd) === stream;
  } catch {
    return false;
  }
}

/** Writes whole lines in order. While a reader is stuck lines are dropped; after any other error, all. */
class LineWriter {
  readonly #fd: number;
  readonly #io: ConsoleIo;
  #unsent: Buffer = Buffer.alloc(0);
  #patience = PATIENCE;
  #ended = false;

  constructor(fd: number, io: ConsoleIo) {
    this.#fd = fd;
    this.#io = io;
  }

  /** The rest of an earlier line goes first; as long as it does not go out, this line is dropped. */
  write(line: string): void {
    if (!this.#flush()) return;
    this.#unsent = Buffer.from(`${line}\n`);
    this.#flush();
  }

  #flush(): boolean {
    try {
      while (!this.#ended && this.#unsent.length > 0) {
        if (!this.#sendSome()) return false;
      }
    } catch {
      this.#ended = true; // The reader is gone: EPIPE, a closed terminal. The file goes on.
    }
    return !this.#ended;
  }

  /** False when the reader is stuck: it is then asked once a line, without a pause, until it reads again. */
  #sendSome(): boolean {
    try {
      this.#unsent = this.#unsent.subarray(this.#io.write(this.#fd, this.#unsent));
      this.#patience = PATIENCE;
      return true;
    } catch (error) {
      if (errorCode(error) !== 'EAGAIN') throw error;
      if (this.#patience === 0) return false;
      this.#patience -= 1;
      this.#io.pause(PAUSE_MS);
      return true;
    }
  }
}

const systemIo: ConsoleIo = {
  write: (fd, bytes) => fs.writeSync(fd, bytes),
  identity: (fd) => {
    const { dev, ino } = fs.fstatSync(fd, { bigint: true });
    return `${dev}:${ino}`;
  },
  pause: (milliseconds) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  },
};
