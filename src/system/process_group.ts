import { setTimeout as sleep } from 'node:timers/promises';
import { allStats } from './proc.ts';

const TERM_GRACE_MS = 1000;
const KILL_GRACE_MS = 1000;
const POLL_MS = 10;

/**
 * Ends every process of a group: SIGTERM, SIGCONT so that a stopped one can clean up too, and after a second SIGKILL.
 * The group's id is its leader's pid.
 */
export async function endGroup(group: number): Promise<void> {
  const isThere = signalGroup(group, 'SIGTERM');
  signalGroup(group, 'SIGCONT');
  if (!isThere || (await isGoneWithin(group, TERM_GRACE_MS))) {
    return;
  }
  signalGroup(group, 'SIGKILL');
  await isGoneWithin(group, KILL_GRACE_MS);
}

/** Sends SIGKILL at once, for an end that cannot wait. */
export function killGroup(group: number): void {
  signalGroup(group, 'SIGKILL');
}

async function isGoneWithin(group: number, limitMs: number): Promise<boolean> {
  for (let waited = 0; waited < limitMs; waited += POLL_MS) {
    if (!hasLiveMember(group)) {
      return true;
    }
    await sleep(POLL_MS);
  }
  return false;
}

/** Zombies, which only their parent can take away, do not count where that can be told. */
function hasLiveMember(group: number): boolean {
  if (!signalGroup(group, 0)) {
    return false;
  }
  try {
    return allStats().some((stat) => stat.group === group && !stat.isZombie);
  } catch {
    return true; // no descriptor is left to look with: SIGKILL ends what may live
  }
}

/** False where no process of the group is left. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
