/** What a process takes of the host, as the kernel counts it. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface Vitals {
  readonly residentKb: number;
  /** Of that, what is in no file: its data. */
  readonly anonymousKb: number;
  /** The most that was resident at a time. */
  readonly peakKb: number;
  readonly processorMs: number;
  /** The same of its children, those that it has waited for. */
  readonly childrenProcessorMs: number;
}

/** The kernel counts in these, on every machine. */
const TICK_MS = 10;

export function vitalsOf(pid: number): Vitals {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const ticks = statOf(pid).slice(11, 15).map(Number);
  const [user, system, childrenUser, childrenSystem] = ticks as [number, number, number, number];
  return {
    residentKb: kilobytesIn(status, 'VmRSS'),
    anonymousKb: kilobytesIn(status, 'RssAnon'),
    peakKb: kilobytesIn(status, 'VmHWM'),
    processorMs: (user + system) * TICK_MS,
    childrenProcessorMs: (childrenUser + childrenSystem) * TICK_MS,
  };
}

/** A figure of /proc/PID/status or its kind; NaN where it is not told. */
export function kilobytesIn(text: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]);
}

/** What a process holds open, in the words of the kernel without its numbers. */
export function openFilesOf(pid: number): string[] {
  const files = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).replace(/\[\d+\]$/, '');
    } catch {
      return []; // closed meanwhile
    }
  });
  return files.sort();
}

/** The children of a process, those that nobody has waited for among them. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && parentOf(entry) === pid)
    .map(Number);
}

function parentOf(entry: string): number | undefined {
  try {
    return Number(statOf(entry)[1]);
  } catch {
    return undefined; // it ended meanwhile
  }
}

/** The fields behind the name. */
function statOf(pid: number | string): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
