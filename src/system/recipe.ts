import { isWhatItSeems, livesOnHost } from './confinement.ts';
import { searchPath } from './environment.ts';
import { isGuarded } from './guarded.ts';
import { ownCommand } from './own_command.ts';
import { fieldOf, isAlive, linkOf, procFile } from './proc.ts';
import type { RunningProcess } from './process_table.ts';

/** All it takes to start a process again as it was. */
export interface Recipe {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** What the program, a shell that asks for it on descriptor 3, is told on its standard input. */
  readonly commandLine?: string;
  readonly directory: string;
  readonly umask: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Undefined where the process runs as the same user as this service. */
  readonly user: User | undefined;
  /** It gave up for ever to gain privileges from set-user-id programs. */
  readonly hasNoNewPrivileges: boolean;
}

export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly string[];
}

/** What the started process sees as its own; a shell would refuse to set these, or they speak of the old process. */
const NOT_PASSED_ON =
  /^(_|PWD|OLDPWD|PPID|UID|EUID|GROUPS|SHELLOPTS|BASHOPTS|BASH_VERSINFO|BASHPID|IFS|OPTIND|RANDOM|SRANDOM|SECONDS|LINENO|EXECIGNORE|NOTIFY_SOCKET|WATCHDOG_\w+|LISTEN_\w+|INVOCATION_ID|JOURNAL_STREAM|MAINPID|MAINPIDFDID|MANAGERPID|MANAGERPIDFDID|SYSTEMD_EXEC_PID|MEMORY_PRESSURE_\w+|FDSTORE|TRIGGER_\w+|CREDENTIALS_DIRECTORY)$/;

/** A command line or an environment beyond it is no honest program's. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads a running process's recipe. Undefined where it can't be told, as when the process wrote a title over
 * its command line (`nginx: master process …`); where it would hand somebody more than the process had, as
 * a container or a caller of a set-user-id program, or run another file than the one that runs; and where
 * the process changed meanwhile.
 */
export function recipeOf(running: RunningProcess): Recipe | undefined {
  const { pid } = running;
  const status = procFile(pid, 'status');
  const directory = linkOf(pid, 'cwd');
  // What costs little goes first: anybody may have thousands of processes.
  if (!status || !directory || !livesOnHost(pid) || !isWhatItSeems(pid, status)) {
    return undefined;
  }
  const commandLine = wholeFile(pid, 'cmdline');
  const variables = wholeFile(pid, 'environ');
  if (commandLine === undefined || variables === undefined) {
    return undefined;
  }
  const owner = ownerOf(status);
  // Root's group too: many a script is unpacked so, and runs as root anyway.
  const keepers = { uid: owner.uid, groups: [0, owner.gid] };
  const environment = environmentOf(variables);
  const argv = ownCommand(
    commandLine.split('\0').slice(0, -1),
    running,
    environment.PATH ?? searchPath(),
    keepers,
  );
  if (argv === undefined || !isAlive(running)) {
    return undefined;
  }
  return {
    argv,
    directory: isGuarded(directory, keepers) ? directory : '/',
    umask: fieldOf(status, 'Umask')[0] ?? '0022',
    environment,
    user: owner.uid === process.getuid?.() ? undefined : owner,
    hasNoNewPrivileges: fieldOf(status, 'NoNewPrivs')[0] === '1',
  };
}

/** A file of /proc/PID, undefined where it is not whole: too long, or with bytes that are no text. */
function wholeFile(pid: number, file: string): string | undefined {
  const text = procFile(pid, file, MAX_BYTES);
  const isWhole = text !== undefined && Buffer.byteLength(text) < MAX_BYTES;
  return isWhole && !text.includes('\ufffd') ? text : undefined;
}

function ownerOf(status: string): User {
  const first = (name: string) => Number(fieldOf(status, name)[0]);
  return { uid: first('Uid'), gid: first('Gid'), groups: fieldOf(status, 'Groups') };
}

/** The real user of a process; undefined where it is gone. */
export function realUserOf(pid: number): number | undefined {
  const status = procFile(pid, 'status');
  return status === undefined ? undefined : ownerOf(status).uid;
}

/** By name, so that equal ones look equal. */
function environmentOf(text: string): Record<string, string> {
  const pairs = text
    .split('\0')
    .map((text) => /^([A-Za-z_]\w*)=(.*)$/s.exec(text))
    .filter((match) => match !== null)
    .map(([, name = '', value = '']): [string, string] => [name, value])
    .filter(([name]) => !NOT_PASSED_ON.test(name));
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}
