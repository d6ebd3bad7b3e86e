// The service's log: one message in, one line in the file and one on the console.
import * as nodeFs from 'node:fs';
import type { Console } from './console.ts';
import type { About } from './events.ts';
import { type Entry, type Format, fileLine, isLogged, type Level } from './line.ts';
import type { FileSystem } from './open_file.ts';
import { reasonFor } from './reason.ts';
import { RotatingFile } from './rotating_file.ts';

export type { Format, Level } from './line.ts';

/** What the rest of the service needs of a log; no method throws. */
export interface Log {
  /** The message is made only where it is wanted: these are many. */
  debug(message: () => string, about: About): void;
  info(message: string, about: About): void;
  warning(message: string, about: About): void;
  error(message: string, about: About): void;
}

export interface LogSettings {
  /** Absolute path; the rotated files lie beside it. Undefined: the console alone gets the messages. */
  file: string | undefined;
  /** Bytes the file may hold before it is rotated. */
  maxBytes: number;
  /** Rotated files kept; 0: a full file is removed and begun anew. */
  filesToKeep: number;
  /** The lowest level logged, to the file and the console alike. */
  level: Level;
  /** Of the file, and of the console unless that is the journal. */
  format: Format;
}

/**
 * A line is on the file when a method returns. A file that cannot be written stops nothing: the console
 * gets every message and one more that says why, and every message tries the file again.
 */
export class Logger implements Log {
  readonly #console: Console;
  readonly #now: () => Date;
  readonly #fs: FileSystem;
  #settings: LogSettings;
  #file: RotatingFile | undefined;
  /** Messages that did not get into the file since it was last written. */
  #missing = 0;

  /** Opens the file; if that fails, the first message says why. */
  constructor(settings: LogSettings, console: Console, now: () => Date, fs: FileSystem = nodeFs) {
    this.#console = console;
    this.#now = now;
    this.#fs = fs;
    this.#settings = settings;
    this.#file = fileOf(settings, fs);
    this.reopen();
  }

  /** Takes new settings, after a reload; reopens the file. */
  configure(settings: LogSettings): void {
    this.#file?.close();
    if (settings.file !== this.#settings.file) this.#missing = 0; // Another file misses nothing.
    this.#settings = settings;
    this.#file = fileOf(settings, this.#fs);
    this.reopen();
  }

  /** Closes the file and opens it anew, for whoever moved it away. */
  reopen(): void {
    try {
      this.#file?.reopen();
    } catch {
      // The next message fails for the same reason and reports it, with its count right.
    }
  }

  /** A later message opens the file again. */
  close(): void {
    this.#file?.close();
  }

  debug(message: () => string, about: About): void {
    if (isLogged('DEBUG', this.#settings.level)) this.#log('DEBUG', message(), about);
  }

  info(message: string, about: About): void {
    this.#log('INFO', message, about);
  }

  warning(message: string, about: About): void {
    this.#log('WARNING', message, about);
  }

  error(message: string, about: About): void {
    this.#log('ERROR', message, about);
  }

  #log(level: Level, message: string, about: About): void {
    if (!isLogged(level, this.#settings.level)) return;
    const entry = { at: this.#now(), level, message, ...about };
    if (this.#file) this.#toFile(this.#file, entry);
    this.#toConsole(entry);
  }

  /** The first failure is reported, and so is the first success after it: on the file before the entry. */
  #toFile(file: RotatingFile, entry: Entry): void {
    const notices = this.#missing > 0 ? [this.#recoveryNotice(file.path, entry.at)] : [];
    const lines = [...notices, entry].map((each) => fileLine(each, this.#settings.format));
    try {
      // Together: on a full disk the notice alone would often fit, and be refuted by the next message.
      file.append(...lines);
    } catch (error) {
      if (this.#missing === 0) this.#toConsole(this.#failureNotice(file.path, entry.at, error));
      this.#missing += 1;
      return;
    }
    this.#missing = 0;
    for (const notice of notices) this.#toConsole(notice);
  }

  // Both notices pass any level: whoever wants errors only still has to learn that some are missing.
  #failureNotice(path: string, at: Date, error: unknown): Entry {
    const reason = reasonFor(error);
    const message = `Log file ${path} cannot be written: ${reason}; messages go on here only`;
    return { at, level: 'WARNING', message, event: 'log_file_failed' };
  }

  #recoveryNotice(path: string, at: Date): Entry {
    const missing = this.#missing === 1 ? '1 message is' : `${this.#missing} messages are`;
    const message = `Log file ${path} is written again; ${missing} missing from it`;
    return { at, level: 'WARNING', message, event: 'log_file_restored' };
  }

  #toConsole(entry: Entry): void {
    this.#console.write(entry, this.#settings.format);
  }
}

function fileOf(settings: LogSettings, fs: FileSystem): RotatingFile | undefined {
  return settings.file === undefined ? undefined : new RotatingFile(settings.file, settings, fs);
}
