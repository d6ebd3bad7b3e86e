import { realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { isGuarded, type Keepers } from './guarded.ts';
import { linkOf } from './proc.ts';
import type { RunningProcess } from './process_table.ts';
import { isProgram, placesOf } from './programs.ts';

const DELETED = / \(deleted\)$/;

/**
 * A process's command line, with the whole path of the program, where that would run the very file that runs.
 * What can't be compared with it, because it is a script or was replaced by an upgrade, must be out of the
 * reach of everybody but root and the process's own user.
 */
export function ownCommand(
  argv: readonly string[],
  { pid, name }: RunningProcess,
  path: string,
  keepers: Keepers,
): readonly string[] | undefined {
  const executable = linkOf(pid, 'exe') ?? '';
  const file = executable.replace(DELETED, '');
  const [first = '', ...args] = argv;
  const program = placeOf(first, path, file);
  if (program === undefined || (DELETED.test(executable) && !isOutOfReach(program, keepers))) {
    return undefined;
  }
  const script = [first, file].some((known) => basename(known) === name)
    ? -1
    : // Behind the interpreter at once, or behind one option of it.
      args.slice(0, 2).findIndex((argument) => basename(argument) === name);
  if (script < 0) {
    return [program, ...args];
  }
  const command = args.slice(script);
  return isOutOfReach(command[0] ?? '', keepers) ? command : undefined;
}

/** Where the name that a program was called by leads to the file: itself, in PATH, or as the end of the file's path. */
function placeOf(called: string, path: string, file: string): string | undefined {
  if (called.includes('/') && !called.startsWith('/')) {
    const end = called.replace(/^(?:\.\.?\/+)+/, '');
    return file.endsWith(`/${end}`) && isProgram(file) ? file : undefined;
  }
  return placesOf(called, path).find((place) => isProgram(place) && leadsTo(place, file));
}

function leadsTo(place: string, file: string): boolean {
  try {
    return realpathSync(place) === file;
  } catch {
    return false;
  }
}

function isOutOfReach(file: string, keepers: Keepers): boolean {
  return (
    file.startsWith('/') &&
    isProgram(file) &&
    isGuarded(file, keepers) &&
    isGuarded(dirname(file), keepers)
  );
}
