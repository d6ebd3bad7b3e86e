/** What the kernel knows of a process in a host. Numbers of processes are those that this machine gives them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../test/support/box/host.ts';

const TICK_MS = 10;

/** The main process of a unit. */
export async function mainPidOf(host: Host, unit: string): Promise<number> {
  const inside = await host.property(unit, 'MainPID');
  const pids = await pidsOf(host, unit);
  const main = pids.find((pid) => statusOf(pid, 'NSpid').endsWith(`\t${inside}`));
  if (main === undefined) {
    throw new Error(`${unit} does not run`);
  }
  return main;
}

/** The one process of this name in a unit. */
export async function pidIn(host: Host, unit: string, name: string): Promise<number> {
  const pids = await pidsOf(host, unit);
  const found = pids.filter((pid) => statusOf(pid, 'Name') === name);
  if (found.length !== 1) {
    throw new Error(`${found.length} processes of the name ${name} in ${unit}`);
  }
  return found[0] as number;
}

async function pidsOf(host: Host, unit: string): Promise<number[]> {
  const cgroup = host.box.path(join('/sys/fs/cgroup', await host.property(unit, 'ControlGroup')));
  const text = readFileSync(join(cgroup, 'cgroup.procs'), 'utf8');
  return text.split('\n').filter(Boolean).map(Number);
}

/** The processor's time that a process took, with that of the children it has waited for. */
export function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const ticks = stat.slice(11, 15).map(Number); // utime, stime, cutime, cstime
  return TICK_MS * ticks.reduce((sum, each) => sum + each, 0);
}

/** Its memory now, and the part of it that no file backs. */
export function memoryOf(pid: number): { resident: number; anonymous: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return { resident: kilobytes(text, 'Rss'), anonymous: kilobytes(text, 'Anonymous') };
}

/** The most memory that it ever had. */
export function peakOf(pid: number): number {
  return kilobytes(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmHWM');
}

function kilobytes(text: string, key: string): number {
  return 1024 * Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]);
}

function statusOf(pid: number, key: string): string {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return new RegExp(`^${key}:\t(.*)$`, 'm').exec(text)?.[1] ?? '';
}
