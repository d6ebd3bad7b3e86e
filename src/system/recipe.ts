import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { searchPath } from './environment.ts';
import { isAlive, linkOf, procFile } from './proc.ts';
import type { RunningProcess } from './process_table.ts';
import { findProgram } from './programs.ts';
import { systemdRuns } from './systemd.ts';

/** All it takes to start a process again as it was. */
export interface Recipe {
  /** The program and its arguments. */
  readonly argv: readonly string[];
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
  /^(_|PWD|OLDPWD|PPID|UID|EUID|GROUPS|SHELLOPTS|BASHOPTS|BASH_VERSINFO|BASHPID|IFS|NOTIFY_SOCKET|WATCHDOG_\w+|LISTEN_\w+|INVOCATION_ID|JOURNAL_STREAM|MAINPID|MAINPIDFDID|MANAGERPID|MANAGERPIDFDID|SYSTEMD_EXEC_PID|MEMORY_PRESSURE_\w+|FDSTORE|TRIGGER_\w+|CREDENTIALS_DIRECTORY)$/;

/** A command line or an environment beyond it is no honest program's. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads a running process's recipe. Undefined where it can't be told, as when the process wrote a title over
 * its command line (`nginx: master process …`); where it would hand somebody more than the process had, as
 * a container or a caller of a set-user-id program; and where the process changed meanwhile.
 */
export function recipeOf(running: RunningProcess): Recipe | undefined {
  const { pid } = running;
  const commandLine = wholeFile(pid, 'cmdline');
  const variables = wholeFile(pid, 'environ');
  const directory = linkOf(pid, 'cwd')?.replace(/^.* \(deleted\)$/s, '/');
  const status = procFile(pid, 'status');
  if (commandLine === undefined || variables === undefined || !directory || !status) {
    return undefined;
  }
  const argv = ownArguments(commandLine.split('\0').slice(0, -1), running);
  const environment = environmentOf(variables);
  const program = findProgram(argv[0] ?? '', environment.PATH ?? searchPath(), directory);
  if (!program || !livesOnHost(pid) || !isWhatItSeems(pid, status) || !isAlive(running)) {
    return undefined;
  }
  return {
    argv,
    directory,
    umask: fieldOf(status, 'Umask')[0] ?? '0022',
    environment,
    user: userOf(status),
    hasNoNewPrivileges: fieldOf(status, 'NoNewPrivs')[0] === '1',
  };
}

/**
 * A script's command line begins with its interpreter, whose name the script would go by if it was started
 * that way: `/bin/sh /opt/worker 7` of the program `worker` is `/opt/worker 7`.
 */
function ownArguments(argv: readonly string[], { pid, name }: RunningProcess): readonly string[] {
  if (basename(linkOf(pid, 'exe') ?? '') === name) {
    return argv;
  }
  // Behind the interpreter at once, or behind one option of it.
  const script = argv.slice(0, 3).findIndex((argument) => basename(argument) === name);
  return script > 0 ? argv.slice(script) : argv;
}

/** A file of /proc/PID, undefined where it is not whole: too long, or with bytes that are no text. */
function wholeFile(pid: number, file: string): string | undefined {
  const text = procFile(pid, file, MAX_BYTES);
  const isWhole = text !== undefined && Buffer.byteLength(text) < MAX_BYTES;
  return isWhole && !text.includes('\ufffd') ? text : undefined;
}

/** Copies of each other count once. */
export function distinctRecipes(recipes: readonly Recipe[]): Recipe[] {
  return [...new Map(recipes.map((recipe) => [JSON.stringify(recipe), recipe])).values()];
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

/**
 * A program that changed its user still shows the command line and environment of who called it. So the
 * ids must agree, the program must not be a set-user-id one, and confinement that can't be given again
 * (system call filters, capabilities taken away) must not be there: beyond that of PID 1, and of what
 * starts it, which under systemd is PID 1 and else this service.
 */
function isWhatItSeems(pid: number, status: string): boolean {
  const agree = (ids: string[]) => new Set(ids).size === 1;
  const parents = [1, systemdRuns() ? 1 : process.pid].map(
    (known) => procFile(known, 'status') ?? '',
  );
  const filters = filtersOf(status);
  const bound = fieldOf(status, 'CapBnd')[0];
  return (
    agree(fieldOf(status, 'Uid')) &&
    agree(fieldOf(status, 'Gid')) &&
    !isSetId(pid) &&
    ['0 0', ...parents.map(filtersOf)].includes(filters) &&
    parents.some((parent) => fieldOf(parent, 'CapBnd')[0] === bound)
  );
}

/** Kind and number of system call filters; kernels before 5.9 tell no number. */
function filtersOf(status: string): string {
  return `${fieldOf(status, 'Seccomp')[0]} ${fieldOf(status, 'Seccomp_filters')[0] ?? 0}`;
}

function isSetId(pid: number): boolean {
  try {
    return (statSync(`/proc/${pid}/exe`).mode & 0o6000) !== 0;
  } catch {
    return true;
  }
}

function userOf(status: string): User | undefined {
  const uid = Number(fieldOf(status, 'Uid')[0]);
  if (uid === process.getuid?.()) {
    return undefined;
  }
  return { uid, gid: Number(fieldOf(status, 'Gid')[0]), groups: fieldOf(status, 'Groups') };
}

/** The real user of a process; undefined where it is gone. */
export function realUserOf(pid: number): number | undefined {
  const status = procFile(pid, 'status');
  return status === undefined ? undefined : Number(fieldOf(status, 'Uid')[0]);
}

function fieldOf(status: string, name: string): string[] {
  const line = status.split('\n').find((text) => text.startsWith(`${name}:`)) ?? '';
  return line
    .slice(name.length + 1)
    .split(/\s+/)
    .filter((part) => part !== '');
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
