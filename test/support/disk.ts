import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from './child.ts';
import { own } from './reaper.ts';

const FILLER = 'filler';
/** A page: of less a disk in memory has no more room. */
const BLOCK = Buffer.alloc(4096);

/** Why there can be no small disk here; `false` where there can. */
export const noDisk: string | false =
  process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0
    ? false
    : 'needs root who may mount: a small disk';

/** A small disk of its own, in memory. */
export class Disk {
  readonly path: string;
  readonly #disown: () => void;

  private constructor(path: string) {
    this.path = path;
    this.#disown = own(() => this.#remove());
  }

  /** `options`: of tmpfs, such as its size. */
  static async mount(options: string): Promise<Disk> {
    const path = mkdtempSync(join(tmpdir(), 'monitor-test-disk-'));
    await runTool('mount', ['-t', 'tmpfs', '-o', `mode=700,${options}`, 'none', path]);
    return new Disk(path);
  }

  /** Fills it to its last byte. */
  fill(): void {
    const file = openSync(this.#filler, 'w');
    try {
      for (;;) {
        writeSync(file, BLOCK);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') {
        throw error;
      }
    } finally {
      closeSync(file);
    }
  }

  makeRoom(): void {
    rmSync(this.#filler, { force: true });
  }

  close(): void {
    this.#remove();
    this.#disown();
  }

  get #filler(): string {
    return join(this.path, FILLER);
  }

  #remove(): void {
    execFileSync('umount', ['--lazy', this.path]);
    rmdirSync(this.path);
  }
}
