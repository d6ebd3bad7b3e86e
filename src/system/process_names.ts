import { basename } from 'node:path';
import { executedFile } from './executed_file.ts';
import { procFile } from './proc.ts';

/** What tells how a process is called. */
export interface NameSource {
  /** The kernel's name for its main thread, cut at 15 characters. */
  readonly command: string;
  /** The path of its executable, without ` (deleted)`; undefined where it can't be read. */
  readonly executable: string | undefined;
  /** The path that was executed: the script's for a script. Undefined where it can't be read. */
  readonly executed: () => string | undefined;
  /** Its command line, which it may have overwritten. */
  readonly words: () => readonly string[];
}

const KERNEL_NAME_LENGTH = 15;
/** An open file was executed: its number says nothing. */
const BY_DESCRIPTOR = /^\/(?:dev|proc\/\w+)\/fd\//;

/**
 * The names of a process, its program's first, never cut at 15 characters if the whole can be found. There are
 * several if it renamed its main thread: a program keeps its executable's name, a script the script's, never its interpreter's.
 */
export function namesOf({ command, executable, executed, words }: NameSource): readonly string[] {
  const program = executable === undefined ? '' : basename(executable);
  if (fits(command, program)) {
    return [program];
  }
  // The program, or the interpreter, its option and the script.
  const line = words().slice(0, 3);
  const file = executed();
  if (file !== undefined && !BY_DESCRIPTOR.test(file)) {
    const name = basename(file);
    const isProgram = name === program || name === basename(line[0] ?? '');
    return fits(command, name) ? [name] : unique(name, ...(isProgram ? [program] : []), command);
  }
  const word = line.map((path) => basename(path)).find((path) => fits(command, path));
  if (word !== undefined) {
    return [word];
  }
  return program !== '' && basename(line[0] ?? '') === program ? [program, command] : [command];
}

/** The names of a running process. */
export function namesOfProcess(
  pid: number,
  command: string,
  executable: string | undefined,
): readonly string[] {
  return namesOf({
    command,
    executable: executable?.replace(/ \(deleted\)$/, ''),
    executed: () => executedFile(pid),
    words: () => (procFile(pid, 'cmdline') ?? '').split('\0'),
  });
}

/** Is it the name that the kernel cut? */
function fits(command: string, name: string): boolean {
  return command.length < KERNEL_NAME_LENGTH ? name === command : name.startsWith(command);
}

function unique(...names: string[]): string[] {
  return [...new Set(names)].filter((name) => name !== '');
}
