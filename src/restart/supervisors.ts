import { allStats, isAlive, type Stat } from '../system/proc.ts';
import type { RunningProcess } from '../system/process_table.ts';

/** A live ancestor of a process: it may start the process again when that ends. */
export type Supervisor = Pick<Stat, 'pid' | 'startTime' | 'command'>;

/** The first process of a family of one name, and who may start it again: its parent first. */
export interface Supervised {
  readonly process: RunningProcess;
  readonly supervisors: readonly Supervisor[];
}

/** Which of them have a supervisor. `ended`: all that is ended with them, which supervises nothing then. */
export function supervisedOf(
  running: readonly RunningProcess[],
  ended: readonly RunningProcess[],
): Supervised[] {
  const stats = new Map(allStats().map((stat) => [stat.pid, stat]));
  const gone = new Set(ended.map(({ pid }) => pid));
  return running
    .filter(({ parent }) => !running.some(({ pid }) => pid === parent))
    .map((process) => ({ process, supervisors: supervisorsOf(process, stats, gone) }))
    .filter(({ supervisors }) => supervisors.length > 0);
}

/**
 * Up to PID 1, or this service, neither of which starts it again. Not only the parent: a shell between a supervisor and
 * its program ends with the program.
 */
export function supervisorsOf(
  { parent }: Pick<Stat, 'parent'>,
  stats: ReadonlyMap<number, Stat>,
  ended: ReadonlySet<number>,
): Supervisor[] {
  const line: Stat[] = [];
  let next = stats.get(parent);
  while (next && next.pid > 1 && next.pid !== process.pid && !line.includes(next)) {
    line.push(next);
    next = stats.get(next.parent);
  }
  return line.filter(({ pid, isZombie }) => !ended.has(pid) && !isZombie);
}

export function anyAlive(supervisors: readonly Supervisor[]): boolean {
  return supervisors.some(isAlive);
}
