import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

/** A PATH with more directories is nobody's who wants to find something. */
const MAX_DIRECTORIES = 100;

/** The file that a program's name stands for, the first in PATH. */
export function findProgram(name: string, path: string): string | undefined {
  return placesOf(name, path).find(isProgram);
}

/**
 * Where a name may stand for a file: the whole path that it is, or the directories of PATH. Not those that
 * are relative, which mean another place for everybody.
 */
export function placesOf(name: string, path: string): string[] {
  if (name.includes('/')) {
    return name.startsWith('/') ? [name] : [];
  }
  return path
    .split(':', MAX_DIRECTORIES)
    .filter((entry) => entry.startsWith('/') && name !== '')
    .map((entry) => join(entry, name));
}

/** Is it a file that may be run? */
export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
