import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { runTool } from './child.ts';
import { own } from './reaper.ts';
import { waitFor } from './wait.ts';
import type { Workspace } from './workspace.ts';

/** The kernel keeps this much of a program's name in /proc/PID/comm. */
const COMM_LENGTH = 15;
/** A victim that escapes every clean-up ends by itself. */
const LIFETIME_SECONDS = '600';
const END_TIMEOUT_MS = 5_000;

const uniqueNames = new Set<string>();

/** A program name that nothing else on the machine has. */
export function uniqueName(prefix: string): string {
  const name = `${prefix}${randomBytes(3).toString('hex')}`;
  uniqueNames.add(name);
  return name;
}

export interface VictimOptions {
  /** Ignores SIGTERM. */
  trapTerm?: boolean;
  args?: string[];
}

export interface Victim {
  readonly pid: number;
  kill(): Promise<void>;
}

/** As a daemon: its parent ends at once, so that nobody supervises it. */
const DAEMON = 'setsid "$@" >/dev/null 2>&1 & echo $!';

/** Starts a copy of `sleep` as the program `name`, as a daemon in a session of its own. */
export async function startVictim(
  workspace: Workspace,
  name: string,
  { trapTerm = false, args = [LIFETIME_SECONDS] }: VictimOptions = {},
): Promise<Victim> {
  const program = workspace.path('bin', name);
  mkdirSync(workspace.path('bin'), { recursive: true });
  copyFileSync('/bin/sleep', program);
  // A program inherits which signals are ignored.
  const script = trapTerm ? `trap "" TERM; ${DAEMON}` : DAEMON;
  const pid = Number(await runTool('sh', ['-c', script, 'sh', program, ...args]));
  const kill = () => void killThose(isAlive(pid) && isNamed(pid, name) ? [pid] : []);
  const disown = own(kill);
  await waitFor(`${name} to run`, () => processesNamed(name).includes(pid), END_TIMEOUT_MS);
  return {
    pid,
    async kill() {
      kill();
      await waitFor(`${name} to end`, () => !isAlive(pid), END_TIMEOUT_MS);
      disown();
    },
  };
}

/** The pids of live processes whose program has exactly this name. */
export function processesNamed(name: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => isAlive(pid) && isNamed(pid, name));
}

/** Whether a process lives; a zombie does not. */
export function isAlive(pid: number): boolean {
  const state = /.*\) (.)/s.exec(read(pid, 'stat'))?.[1];
  return state !== undefined && !'ZX'.includes(state);
}

/** Ends every process of a name from uniqueName(), and waits until there is none. */
export async function endAll(name: string): Promise<void> {
  if (!uniqueNames.has(name)) {
    throw new Error(`${name} is not from uniqueName(): it could be anybody's program`);
  }
  await waitFor(
    `every ${name} to end`,
    () => killThose(processesNamed(name)) === 0,
    END_TIMEOUT_MS,
  );
}

function killThose(pids: number[]): number {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself in the meantime.
    }
  }
  return pids.length;
}

function isNamed(pid: number, name: string): boolean {
  if (read(pid, 'comm') !== `${name.slice(0, COMM_LENGTH)}\n`) {
    return false;
  }
  return name.length <= COMM_LENGTH || fullNames(pid).includes(name);
}

function fullNames(pid: number): string[] {
  const [argv0 = ''] = read(pid, 'cmdline').split('\0');
  return [basename(argv0), basename(executable(pid))];
}

function executable(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '');
  } catch {
    return '';
  }
}

/** A file of /proc, empty when the process has just ended. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
