import { lstatSync, realpathSync, type Stats } from 'node:fs';
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
  return isGuardedWhere(path, keepers, (file) => !isWritable(file, keepers));
}

/** The same, once the mode of the file itself is as it should be. */
export function isGuardedButForMode(path: string, keepers: Keepers): boolean {
  return isGuardedWhere(path, keepers, () => true);
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

function isGuardedWhere(path: string, keepers: Keepers, isFit: (file: Stats) => boolean): boolean {
  const isTheirs = (file: Stats) => [ROOT, keepers.uid].includes(file.uid);
  const isFitAbove = (file: Stats) => !isWritable(file, keepers) || (file.mode & STICKY) !== 0;
  try {
    return [path, realpathSync(path)].every((way) =>
      [way, ...parentsOf(way)]
        .map((step) => lstatSync(step))
        .every((file, height) => isTheirs(file) && (height > 0 ? isFitAbove : isFit)(file)),
    );
  } catch {
    return false;
  }
}

/** For anybody but root and the keepers. */
function isWritable(file: Stats, { groups }: Keepers): boolean {
  const others = BY_OTHERS | (groups.includes(file.gid) ? 0 : BY_GROUP);
  return !file.isSymbolicLink() && (file.mode & others) !== 0;
}
