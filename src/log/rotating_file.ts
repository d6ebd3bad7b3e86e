// A log file that never outgrows its limit, survives being renamed or removed, and holds whole lines only.
import * as nodeFs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { closeQuietly, type FileSystem, type OpenFile, openLogFile } from './open_file.ts';
import { LogFileError, reasonFor } from './reason.ts';
import { planRotation, type Step } from './rotation.ts';

export interface RotationLimits {
  /** Bytes the file may hold; only one append that is larger than this exceeds it, on its own. */
  readonly maxBytes: number;
  /** Rotated files kept as `.1` (the newest) and up; 0: a full file is removed and begun anew. */
  readonly filesToKeep: number;
}

/** Opened by the first line; every failure is thrown and leaves it usable: the next line tries again. */
export class RotatingFile {
  readonly path: string;
  readonly #limits: RotationLimits;
  readonly #fs: FileSystem;
  #opened: OpenFile | undefined;

  constructor(path: string, limits: RotationLimits, fs: FileSystem = nodeFs) {
    this.path = path;
    this.#limits = limits;
    this.#fs = fs;
  }

  /**
   * Appends a line, or several that stay together, after a rotation if they would not fit.
   *
   * @throws when they could not be written; then nothing of them is in the file
   */
  append(...lines: readonly string[]): void {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    let file = this.#current();
    if (file.size > 0 && file.size + bytes.length > this.#limits.maxBytes) file = this.#rotate();
    this.#writeWhole(file, bytes);
  }

  /** Closes and opens anew. @throws when it cannot be opened */
  reopen(): OpenFile {
    this.close();
    this.#opened = openLogFile(this.path, this.#fs);
    return this.#opened;
  }

  /** A later line opens it again. */
  close(): void {
    if (this.#opened !== undefined) closeQuietly(this.#opened.fd, this.#fs);
    this.#opened = undefined;
  }

  /** What is open as long as it is what the path leads to, else the path's file. */
  #current(): OpenFile {
    const opened = this.#opened;
    const stat = this.#fs.lstatSync(this.path, { bigint: true, throwIfNoEntry: false });
    if (opened === undefined || stat?.ino !== opened.ino || stat.dev !== opened.dev) {
      return this.reopen();
    }
    return { ...opened, size: Number(stat.size) };
  }

  #rotate(): OpenFile {
    try {
      const { filesToKeep } = this.#limits;
      const steps = planRotation(basename(this.path), this.#siblings(), filesToKeep);
      for (const step of steps) this.#take(step);
    } catch (error) {
      throw new LogFileError(`its rotation failed: ${reasonFor(error)}`, { cause: error });
    }
    return this.reopen();
  }

  /** The names beside the log; a folder is no rotated log, whatever its name. */
  #siblings(): string[] {
    const entries = this.#fs.readdirSync(dirname(this.path), { withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  }

  #take(step: Step): void {
    const at = (name: string): string => join(dirname(this.path), name);
    if (step.kind === 'remove') this.#fs.unlinkSync(at(step.name));
    else this.#fs.renameSync(at(step.from), at(step.to));
  }

  #writeWhole(file: OpenFile, bytes: Buffer): void {
    try {
      const written = this.#fs.writeSync(file.fd, bytes);
      if (written < bytes.length) this.#writeRest(file, bytes.subarray(written));
    } catch (error) {
      this.#takeBack(file);
      throw error;
    }
  }

  /** A full disk takes what still fits and says why only when asked for the rest. */
  #writeRest(file: OpenFile, rest: Buffer): void {
    const written = this.#fs.writeSync(file.fd, rest);
    if (written < rest.length) throw new LogFileError('the system takes only a part of a line');
  }

  #takeBack(file: OpenFile): void {
    try {
      this.#fs.ftruncateSync(file.fd, file.size);
    } catch {
      this.close(); // Opening ends the half line that stays, so that the next one is not glued to it.
    }
  }
}
