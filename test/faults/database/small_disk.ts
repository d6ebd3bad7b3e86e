import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collect, exitOf } from '../../support/child.ts';
import { own } from '../../support/reaper.ts';
import { waitFor } from '../../support/wait.ts';

const SIZE = '16m';
const END_TIMEOUT_MS = 5_000;

/** Why there can be no small disk here; `false` where there can. */
export const noSmallDisk: string | false =
  spawnSync('unshare', ['--mount', 'true']).status === 0
    ? false
    : 'a disk that is full takes root that may make namespaces';

/** A disk of a few megabytes, in a mount namespace of its own, which goes with this process. */
export async function openSmallDisk(): Promise<SmallDisk> {
  const directory = await mkdtemp(join(tmpdir(), 'monitor-test-disk-'));
  const mount = `mount -t tmpfs -o size=${SIZE} tmpfs "$0" && echo ready && read -r _`;
  const holder = spawn(
    'unshare',
    ['--mount', '--propagation', 'private', 'sh', '-c', mount, directory],
    { stdio: 'pipe' },
  );
  const disk = new SmallDisk(holder, directory);
  const [said, complained] = [collect(holder.stdout), collect(holder.stderr)];
  await waitFor('a small disk', () => {
    if (holder.exitCode !== null) {
      throw new Error(`no small disk: ${complained()}`);
    }
    return said().includes('ready');
  });
  return disk;
}

export class SmallDisk {
  /** Where it is, for who runs inside. */
  readonly directory: string;
  readonly #holder: ChildProcess;
  readonly #disown: () => void;

  constructor(holder: ChildProcess, directory: string) {
    this.#holder = holder;
    this.directory = directory;
    this.#disown = own(() => {
      holder.kill('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    });
  }

  /** A command line that runs what follows it where the disk is. */
  get inside(): string[] {
    return ['nsenter', '--target', String(this.#holder.pid), '--mount'];
  }

  /** Until free(), not a byte more can be written to it. */
  fill(): void {
    const file = openSync(this.#filler, 'w');
    try {
      for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
        writeUntilFull(file, Buffer.alloc(size));
      }
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.#filler, { force: true });
  }

  async close(): Promise<void> {
    this.#holder.stdin?.end();
    await exitOf(this.#holder, END_TIMEOUT_MS);
    rmSync(this.directory, { recursive: true, force: true });
    this.#disown();
  }

  get #filler(): string {
    return join(`/proc/${this.#holder.pid}/root`, this.directory, 'filler');
  }
}

function writeUntilFull(file: number, bytes: Buffer): void {
  try {
    for (;;) {
      writeSync(file, bytes);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') {
      throw error;
    }
  }
}
