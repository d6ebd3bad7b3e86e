import { processTable, type RunningProcess } from '../system/process_table.ts';
import { wasStartedFor } from '../system/started.ts';
import { programNameOf } from '../system/systemd.ts';
import type { Target } from './target.ts';

/** What runs for a process of the table. */
export interface ProcessesOf {
  /** Programs of exactly its name. */
  readonly named: readonly RunningProcess[];
  /** Programs of other names that were started for it, as an interpreter is. */
  readonly others: readonly RunningProcess[];
}

export function processesNamed(name: string): RunningProcess[] {
  return processTable().filter((process) => process.name === name);
}

/** `table`: where the caller has looked already. */
export function processesOf(
  { name, settings }: Target,
  table: readonly RunningProcess[] = processTable(),
): ProcessesOf {
  const program = programNameOf(settings.system_name);
  return {
    named: table.filter((process) => process.name === program),
    others: table.filter((process) => process.name !== program && wasStartedFor(name, process.pid)),
  };
}
