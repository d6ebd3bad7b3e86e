import { isCalled, processTable, type RunningProcess } from '../system/process_table.ts';
import { wasStartedFor } from '../system/started.ts';
import { programNameOf } from '../system/systemd.ts';
import type { Target } from './target.ts';

/** What runs for a process of the table. */
export interface ProcessesOf {
  /** Those that are exactly NAME. */
  readonly named: readonly RunningProcess[];
  /** Those of other names that were started for it, as an interpreter is. */
  readonly others: readonly RunningProcess[];
}

export function processesNamed(name: string): RunningProcess[] {
  return processTable().filter((process) => isCalled(process, name));
}

/** `table`: where the caller has looked already. */
export function processesOf(
  { name, settings }: Target,
  table: readonly RunningProcess[] = processTable(),
): ProcessesOf {
  const program = programNameOf(settings.system_name);
  const isNamed = (process: RunningProcess) => isCalled(process, program);
  return {
    named: table.filter(isNamed),
    others: table.filter((process) => !isNamed(process) && wasStartedFor(name, process.pid)),
  };
}
