import { lstatSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';

/** Who may change something, beside root. */
export interface Keepers {
  readonly uid: number;
  readonly groups: readonly number[];
}

const ROOT = 0;
const BY_GROUP = 0o020;
const BY_OTHERS = 0o002;
const STICKY = 0o1000;

/**
 * Can nobody but root and the keepers change what a path leads to? A directory as /tmp is good enough above
 * it: what is root's there can't be replaced by others.
 */
export function isGuarded(path: string, keepers: Keepers): boolean {
  try {
    return [path, realpathSync(path)].every((way) =>
      [way, ...parentsOf(way)].every((step, height) => isKept(step, keepers, height > 0)),
    );
  } catch {
    return false;
  }
}

/** The same of a directory; of one that is missing, of where it would be made. A link to nowhere is there, unguarded. */
export function isGuardedDirectory(path: string, keepers: Keepers): boolean {
  try {
    const existing = [path, ...parentsOf(path)].find((way) => isThere(way));
    return existing !== undefined && isGuarded(existing, keepers);
  } catch {
    return false;
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/**
 * This process's user, and its group unless that is root's: what looks writable for that may be so for somebody
 * else, by an access control list whose mask the mode shows.
 */
export function ownUser(): Keepers {
  return {
    uid: process.getuid?.() ?? ROOT,
    groups: [process.getgid?.() ?? ROOT].filter((gid) => gid !== ROOT),
  };
}

function parentsOf(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [parent, ...parentsOf(parent)];
}

function isKept(path: string, { uid, groups }: Keepers, isAbove: boolean): boolean {
  const file = lstatSync(path);
  const others = BY_OTHERS | (groups.includes(file.gid) ? 0 : BY_GROUP);
  const isWritable = !file.isSymbolicLink() && (file.mode & others) !== 0;
  const isSticky = isAbove && (file.mode & STICKY) !== 0;
  return [ROOT, uid].includes(file.uid) && (!isWritable || isSticky);
}
