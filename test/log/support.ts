// What the tests of the log share: real directories, a console that records, disks that fail.
import { execFileSync } from 'node:child_process';
import * as nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Console } from '../../src/log/console.ts';
import { type Entry, type Format, fileLine } from '../../src/log/line.ts';
import type { LogSettings } from '../../src/log/logger.ts';
import type { FileSystem } from '../../src/log/open_file.ts';

export function tempDir(t: TestContext): string {
  const directory = nodeFs.mkdtempSync(join(tmpdir(), 'log-test-'));
  t.after(() => nodeFs.rmSync(directory, { recursive: true, force: true }));
  return directory;
}

// A zone with daylight saving, the same on every machine.
process.env.TZ = 'Europe/Berlin';

/** As every line shows it: local time. */
export const NOON = new Date(2025, 0, 31, 12, 0, 0);

export function settingsFor(file: string, changes: Partial<LogSettings> = {}): LogSettings {
  return { file, maxBytes: 1_000_000, filesToKeep: 5, level: 'INFO', format: 'text', ...changes };
}

/** What the messages of these tests are about: no matter. */
export const ABOUT = { event: 'alarm_found' } as const;

/** A console that keeps what it got, as lines without their time: `INFO - message`. */
export class RecordingConsole implements Console {
  readonly lines: string[] = [];
  readonly formats = new Set<Format>();

  write(entry: Entry, format: Format): void {
    this.lines.push(fileLine(entry, 'text').slice('2025-01-31 12:00:00 - '.length));
    this.formats.add(format);
  }
}

/** Every file of the directory with its content, in the order of the names. */
export function contents(directory: string): Record<string, string> {
  const names = nodeFs.readdirSync(directory).sort();
  return Object.fromEntries(
    names.map((name) => [name, nodeFs.readFileSync(join(directory, name), 'utf8')]),
  );
}

export function writeFiles(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files))
    nodeFs.writeFileSync(join(directory, name), text);
}

export function fsWith(changes: Partial<FileSystem>): FileSystem {
  return { ...nodeFs, ...changes };
}

export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made by a test`), { code });
}

export function openDescriptors(): number {
  return nodeFs.readdirSync('/proc/self/fd').length;
}

/** A disk that a test can fill up and free again. */
export interface Disk {
  readonly directory: string;
  readonly fs: FileSystem;
  fill(): void;
  free(): void;
}

/** A tmpfs of its own where this user may mount one, else a file system that counts bytes. */
export function smallDisk(t: TestContext): Disk {
  const directory = nodeFs.mkdtempSync(join(tmpdir(), 'log-test-'));
  const isMounted = mountTmpfs(directory);
  t.after(() => {
    if (isMounted) execFileSync('umount', ['--lazy', directory]); // A failed test leaves the log open.
    nodeFs.rmSync(directory, { recursive: true });
  });
  if (!isMounted) t.diagnostic('no tmpfs can be mounted: the full disk is simulated');
  return isMounted ? mountedDisk(directory) : simulatedDisk(directory);
}

function mountTmpfs(directory: string): boolean {
  const options = ['-t', 'tmpfs', '-o', 'size=256k,mode=700', 'log-test', directory];
  try {
    execFileSync('mount', options, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function mountedDisk(directory: string): Disk {
  const ballast = join(directory, 'ballast');
  return {
    directory,
    fs: nodeFs,
    fill: () => fillUp(ballast),
    free: () => nodeFs.rmSync(ballast),
  };
}

function fillUp(file: string): void {
  const fd = nodeFs.openSync(file, 'a');
  try {
    for (;;) nodeFs.writeSync(fd, Buffer.alloc(4096));
  } catch {
    nodeFs.closeSync(fd);
  }
}

/** When full it has 1,500 bytes left, and like a real one it takes the part of a line that still fits. */
export function simulatedDisk(directory: string): Disk {
  let room = Infinity;
  const writeSync = (fd: number, data: string | NodeJS.ArrayBufferView): number => {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    const size = Math.min(room, bytes.byteLength);
    if (size === 0) throw systemError('ENOSPC');
    room -= size;
    return nodeFs.writeSync(fd, bytes, 0, size);
  };
  const ftruncateSync = (fd: number, size: number): void => {
    room += nodeFs.fstatSync(fd).size - size;
    nodeFs.ftruncateSync(fd, size);
  };
  return {
    directory,
    fs: fsWith({
      writeSync: writeSync as FileSystem['writeSync'],
      ftruncateSync: ftruncateSync as FileSystem['ftruncateSync'],
    }),
    fill: () => {
      room = 1500;
    },
    free: () => {
      room = Infinity;
    },
  };
}
