import { ownGroups } from './own_groups.ts';
import { allStats, linkOf } from './proc.ts';
import { namesOfProcess } from './process_names.ts';

/** One process, known by pid and start time, so that a pid used anew is never taken for it. */
export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  /** Clock ticks after boot. */
  readonly startTime: string;
  /** The program's name, or the script's. */
  readonly name: string;
  /** More names of a process that renamed its main thread. */
  readonly aliases: readonly string[];
}

/** Every live process of this host's own namespace, apart from kernel threads, PID 1, this service and the commands it runs. */
export function processTable(): RunningProcess[] {
  const namespace = linkOf(process.pid, 'ns/pid');
  return allStats()
    .filter((stat) => !stat.isZombie && !stat.isKernelThread)
    .filter((stat) => stat.pid !== 1 && stat.pid !== process.pid && !ownGroups.has(stat.group))
    .filter((stat) => linkOf(stat.pid, 'ns/pid') === namespace)
    .map(({ pid, parent, startTime, command }) => {
      const [name = command, ...aliases] = namesOfProcess(pid, command, linkOf(pid, 'exe'));
      return { pid, parent, startTime, name, aliases };
    });
}

/** Is a process NAME? */
export function isCalled({ name, aliases }: RunningProcess, wanted: string): boolean {
  return name === wanted || aliases.includes(wanted);
}
