import { basename } from 'node:path';
import { ownGroups } from './own_groups.ts';
import { allStats, linkOf, procFile, type Stat } from './proc.ts';

/** One process, known by pid and start time, so that a pid used anew is never taken for it. */
export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  /** Clock ticks after boot. */
  readonly startTime: string;
  /** The program's name: never cut at the kernel's 15 characters where the whole can be told. */
  readonly name: string;
}

const KERNEL_NAME_LENGTH = 15;

/** Every live process of this host's own namespace, apart from kernel threads, PID 1, this service and the commands it runs. */
export function processTable(): RunningProcess[] {
  const namespace = linkOf(process.pid, 'ns/pid');
  return allStats()
    .filter((stat) => !stat.isZombie && !stat.isKernelThread)
    .filter((stat) => stat.pid !== 1 && stat.pid !== process.pid && !ownGroups.has(stat.group))
    .filter((stat) => linkOf(stat.pid, 'ns/pid') === namespace)
    .map((stat) => ({
      pid: stat.pid,
      parent: stat.parent,
      startTime: stat.startTime,
      name: programName(stat),
    }));
}

/** The kernel keeps 15 characters; the rest is in the command line or the executable's path. */
function programName({ pid, command }: Stat): string {
  if (command.length < KERNEL_NAME_LENGTH) {
    return command;
  }
  // The program, or the interpreter, its option and the script.
  const words = (procFile(pid, 'cmdline') ?? '').split('\0').slice(0, 3);
  const executable = linkOf(pid, 'exe')?.replace(/ \(deleted\)$/, '') ?? '';
  const candidates = [...words, executable].map((path) => basename(path));
  return candidates.find((candidate) => candidate.startsWith(command)) ?? command;
}
