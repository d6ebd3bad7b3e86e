import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';

/** What /proc/PID/stat says of a process. */
export interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** The kernel's name for it, cut at 15 characters. */
  readonly command: string;
  readonly isKernelThread: boolean;
  /** Clock ticks after boot: with the pid, it tells a process from every other one. */
  readonly startTime: string;
  /** All of it ended; a process whose first thread ended before the others still runs. */
  readonly isZombie: boolean;
}

const KERNEL_THREAD = 0x0020_0000;

/** Every process, zombies too. */
export function allStats(): Stat[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => statOf(Number(entry)))
    .filter((stat) => stat !== undefined);
}

/** Undefined where there is no such process. The command stands in parentheses and may hold any character. */
export function statOf(pid: number): Stat | undefined {
  const text = procFile(pid, 'stat');
  if (text === undefined) {
    return undefined;
  }
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ');
  return {
    pid,
    command: text.slice(text.indexOf('(') + 1, end),
    isZombie: fields[0] === 'X' || (fields[0] === 'Z' && Number(fields[17]) <= 1),
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    isKernelThread: (Number(fields[6]) & KERNEL_THREAD) !== 0,
    startTime: fields[19] ?? '',
  };
}

/** Is it the same process still, and not a zombie? */
export function isAlive(known: Pick<Stat, 'pid' | 'startTime'>): boolean {
  const stat = statOf(known.pid);
  return stat !== undefined && stat.startTime === known.startTime && !stat.isZombie;
}

/** Any process may make its command line gigabytes long. */
const READ_LIMIT = 64 * 1024;

/** The beginning of a file of /proc/PID, or undefined where it is gone or not ours to read. */
export function procFile(pid: number, file: string, limit = READ_LIMIT): string | undefined {
  try {
    const descriptor = openSync(`/proc/${pid}/${file}`, 'r');
    try {
      return readUpTo(descriptor, limit);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

/** Taken again and again: one for each of some hundred processes would cost more than to read them. */
const page = Buffer.allocUnsafeSlow(READ_LIMIT);

function readUpTo(descriptor: number, limit: number): string {
  const buffer = limit > page.length ? Buffer.allocUnsafeSlow(limit) : page;
  let size = 0;
  while (size < limit) {
    const count = readSync(descriptor, buffer, size, limit - size, null);
    if (count === 0) {
      break;
    }
    size += count;
  }
  return buffer.toString('utf8', 0, size);
}

/** A link of /proc/PID, or undefined where it is gone or not ours to read. */
export function linkOf(pid: number, file: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/${file}`);
  } catch {
    return undefined;
  }
}

/** The words of a field of /proc/PID/status. */
export function fieldOf(status: string, name: string): string[] {
  const line = status.split('\n').find((text) => text.startsWith(`${name}:`)) ?? '';
  return line
    .slice(name.length + 1)
    .split(/\s+/)
    .filter((part) => part !== '');
}
