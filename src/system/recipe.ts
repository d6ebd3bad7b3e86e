import { searchPath } from './environment.ts';
import { linkOf, procFile } from './proc.ts';
import { findProgram } from './programs.ts';

/** All it takes to start a process again as it was. */
export interface Recipe {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  readonly directory: string;
  readonly umask: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Undefined where the process runs as the same user as this service. */
  readonly user: User | undefined;
}

export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly string[];
}

/** What the started process sees as its own; a shell would refuse to set these, or they speak of the old process. */
const NOT_PASSED_ON =
  /^(_|PWD|OLDPWD|PPID|UID|EUID|GROUPS|SHELLOPTS|BASHOPTS|BASH_VERSINFO|BASHPID|IFS|NOTIFY_SOCKET|WATCHDOG_\w+|LISTEN_\w+|INVOCATION_ID|JOURNAL_STREAM|MAINPID|MANAGERPID|CREDENTIALS_DIRECTORY)$/;

/**
 * Reads a running process's recipe. Undefined where it can't be told, as when the process wrote a title over
 * its command line (`nginx: master process …`), or belongs to a container.
 */
export function recipeOf(pid: number): Recipe | undefined {
  const argv = (procFile(pid, 'cmdline') ?? '').split('\0').slice(0, -1);
  const directory = linkOf(pid, 'cwd')?.replace(/^.* \(deleted\)$/s, '/');
  const status = procFile(pid, 'status');
  if (!argv[0] || directory === undefined || status === undefined || !livesOnHost(pid)) {
    return undefined;
  }
  const environment = environmentOf(pid);
  if (findProgram(argv[0], environment.PATH ?? searchPath(), directory) === undefined) {
    return undefined;
  }
  return {
    argv,
    directory,
    umask: fieldOf(status, 'Umask')[0] ?? '0022',
    environment,
    user: userOf(status),
  };
}

/** Two processes of one recipe are copies of each other. */
export function isSameRecipe(a: Recipe, b: Recipe): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * A command line from inside a container, run on the host, would let the container out. So only one
 * that sees the host's files, or this service's own view of them, counts.
 */
function livesOnHost(pid: number): boolean {
  const mounts = linkOf(pid, 'ns/mnt');
  const known = [linkOf(1, 'ns/mnt'), linkOf(process.pid, 'ns/mnt')];
  return mounts !== undefined && known.includes(mounts) && linkOf(pid, 'root') === '/';
}

/** The real ids, not the effective ones: a set-user-id program is started as who called it. */
function userOf(status: string): User | undefined {
  const uid = Number(fieldOf(status, 'Uid')[0]);
  if (uid === process.getuid?.()) {
    return undefined;
  }
  return { uid, gid: Number(fieldOf(status, 'Gid')[0]), groups: fieldOf(status, 'Groups') };
}

function fieldOf(status: string, name: string): string[] {
  const line = status.split('\n').find((text) => text.startsWith(`${name}:`)) ?? '';
  return line
    .slice(name.length + 1)
    .split(/\s+/)
    .filter((part) => part !== '');
}

function environmentOf(pid: number): Record<string, string> {
  const pairs = (procFile(pid, 'environ') ?? '')
    .split('\0')
    .map((text) => /^([A-Za-z_]\w*)=(.*)$/s.exec(text))
    .filter((match) => match !== null)
    .map(([, name = '', value = '']): [string, string] => [name, value])
    .filter(([name]) => !NOT_PASSED_ON.test(name));
  return Object.fromEntries(pairs);
}
