import { bootId } from './clock.ts';
import { statOf } from './proc.ts';

/** A process in words that no other one ever has: "PID START_TIME BOOT". */
export function identityOf(pid: number): string {
  return `${pid} ${statOf(pid)?.startTime ?? '?'} ${bootId()}`;
}

/** The pid behind such words, if that very process is still there. */
export function livePid(identity: string): number | undefined {
  const pid = Number.parseInt(identity, 10);
  return statOf(pid)?.isZombie === false && identityOf(pid) === identity ? pid : undefined;
}
