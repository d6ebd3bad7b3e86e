import { lstatSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';

/** Whose processes, by user and group. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const BY_GROUP = 0o020;
const BY_OTHERS = 0o002;
const STICKY = 0o1000;

/**
 * Can nobody but root and the owner change what a path leads to? A directory as /tmp is good enough above
 * it: what is root's there can't be replaced by others.
 */
export function isGuarded(path: string, owner: Owner): boolean {
  try {
    return [path, realpathSync(path)].every((way) =>
      [way, ...parentsOf(way)].every((step, height) => isOwn(step, owner, height > 0)),
    );
  } catch {
    return false;
  }
}

/** The same of a directory; of one that is missing, of where it would be made. A link to nowhere is there, unguarded. */
export function isGuardedDirectory(path: string, owner: Owner): boolean {
  try {
    const existing = [path, ...parentsOf(path)].find((way) => isThere(way));
    return existing !== undefined && isGuarded(existing, owner);
  } catch {
    return false;
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Who this process is. */
export function ownUser(): Owner {
  return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
}

function parentsOf(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [parent, ...parentsOf(parent)];
}

function isOwn(path: string, { uid, gid }: Owner, isAbove: boolean): boolean {
  const file = lstatSync(path);
  const others = BY_OTHERS | ([0, gid].includes(file.gid) ? 0 : BY_GROUP);
  const isWritable = !file.isSymbolicLink() && (file.mode & others) !== 0;
  const isSticky = isAbove && (file.mode & STICKY) !== 0;
  return [0, uid].includes(file.uid) && (!isWritable || isSticky);
}
