/** What the kernel knows of a process in a host. Numbers of processes are those that this machine gives them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../test/support/box/host.ts';
import { kilobytesIn, vitalsOf } from '../test/support/vitals.ts';
import { waitFor } from '../test/support/wait.ts';

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

/** The process of this name in a unit, once there is one. */
export function pidIn(host: Host, unit: string, name: string): Promise<number> {
  // What is started as a shell becomes the program a moment later.
  const find = async () => (await pidsOf(host, unit)).find((pid) => statusOf(pid, 'Name') === name);
  return waitFor(`${name} in ${unit}`, find) as Promise<number>;
}

async function pidsOf(host: Host, unit: string): Promise<number[]> {
  const cgroup = host.box.path(join('/sys/fs/cgroup', await host.property(unit, 'ControlGroup')));
  const text = readFileSync(join(cgroup, 'cgroup.procs'), 'utf8');
  return text.split('\n').filter(Boolean).map(Number);
}

/** How long a command takes in a host, from its start to its end. */
export async function timedMs(host: Host, command: string): Promise<number> {
  const text = `b=$EPOCHREALTIME; ${command} > /dev/null || exit; e=$EPOCHREALTIME; echo $((\${e/./} - \${b/./}))`;
  return Number(await host.sh(text)) / 1000;
}

/** The processor's time that a process took, with that of the children it has waited for. */
export function processorMs(pid: number): number {
  const vitals = vitalsOf(pid);
  return vitals.processorMs + vitals.childrenProcessorMs;
}

/** Its memory now, and the part of it that no file backs: counted anew, where `status` may lag behind. */
export function memoryOf(pid: number): { resident: number; anonymous: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const bytes = (key: string) => 1024 * kilobytesIn(text, key);
  return { resident: bytes('Rss'), anonymous: bytes('Anonymous') };
}

/** The most memory that it ever had. */
export function peakOf(pid: number): number {
  return 1024 * vitalsOf(pid).peakKb;
}

/** Empty where the process has ended meanwhile, as the children of a shell do. */
function statusOf(pid: number, key: string): string {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    return new RegExp(`^${key}:\t(.*)$`, 'm').exec(text)?.[1] ?? '';
  } catch {
    return '';
  }
}
