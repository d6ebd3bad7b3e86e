import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';

/** The file that a program's name stands for: a path as seen from the directory, else the first in PATH. */
export function findProgram(name: string, path: string, directory = '/'): string | undefined {
  if (name.includes('/')) {
    return [resolve(directory, name)].find(isProgram);
  }
  return path
    .split(':')
    .map((entry) => resolve(directory, entry, name))
    .find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
