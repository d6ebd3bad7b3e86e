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
  return breachOf(path, keepers, (file) => !isWritable(file, keepers)) === undefined;
}

/** What others can change, where they can replace a file; its own mode counts as what it should be. */
export function breachOfFile(path: string, keepers: Keepers): string | undefined {
  return breachOf(path, keepers, () => true);
}

/**
 * What others can change, where they can change a directory; of one that is missing, where it would be made. A link to
 * nowhere is there, unguarded.
 */
export function breachOfDirectory(path: string, keepers: Keepers): string | undefined {
  try {
    const existing = [path, ...parentsOf(path)].find((way) => isThere(way));
    return breachOf(existing ?? path, keepers, (file) => !isWritable(file, keepers));
  } catch {
    return path;
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

type IsFit = (file: Stats) => boolean;

/** The highest that is not as it should be: what is below it needs no look before that is mended. */
function breachOf(path: string, keepers: Keepers, isFit: IsFit): string | undefined {
  const isTheirs = (file: Stats) => [ROOT, keepers.uid].includes(file.uid);
  const isFitAbove = (file: Stats) => !isWritable(file, keepers) || (file.mode & STICKY) !== 0;
  try {
    return [path, realpathSync(path)]
      .map((way) =>
        [way, ...parentsOf(way)].findLast((step) => {
          const file = lstatSync(step);
          return !isTheirs(file) || !(step === way ? isFit : isFitAbove)(file);
        }),
      )
      .find((breach) => breach !== undefined);
  } catch {
    return path;
  }
}

/** For anybody but root and the keepers. */
function isWritable(file: Stats, { groups }: Keepers): boolean {
  const others = BY_OTHERS | (groups.includes(file.gid) ? 0 : BY_GROUP);
  return !file.isSymbolicLink() && (file.mode & others) !== 0;
}
