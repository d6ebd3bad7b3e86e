import { isAlive, statOf } from './proc.ts';
import { systemdRuns } from './systemd.ts';
import { isUnitFor } from './transient_unit.ts';
import { serviceUnitOf } from './unit_of_process.ts';

interface Session {
  readonly name: string;
  /** Its first process. */
  readonly pid: number;
  readonly startTime: string;
}

/** Of the sessions that were started, those that lasted: no more than there are processes. */
let sessions: readonly Session[] = [];

/** Remembers for whom the session of this first process was started; under systemd its unit tells. */
export function rememberSession(name: string, pid: number): void {
  const stat = statOf(pid);
  if (stat !== undefined) {
    sessions = [...sessions.filter(isAlive), { name, pid, startTime: stat.startTime }];
  }
}

/**
 * Was it started for this process of the table, whatever its program is called? Under systemd its unit tells,
 * also after a restart of this service. Elsewhere only this run's memory does, and only while the first process
 * of the session runs: no other session has its number then.
 */
export function wasStartedFor(name: string, pid: number): boolean {
  if (systemdRuns()) {
    return isUnitFor(name, serviceUnitOf(pid) ?? '');
  }
  const session = statOf(pid)?.session;
  return sessions.some((known) => known.name === name && known.pid === session && isAlive(known));
}
