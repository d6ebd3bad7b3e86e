import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { collect, type Exit, runTool } from './child.ts';
import { own } from './reaper.ts';
import { repository } from './repository.ts';
import { within } from './wait.ts';

const BUILD_TIMEOUT_MS = 5 * 60_000;

/** The packed program, as `node build.mjs` leaves it. */
export const binary = join(repository, 'dist/monitor_service');

/** Makes it of the sources as they are. */
export async function build(): Promise<void> {
  await runTool(process.execPath, ['build.mjs'], { cwd: repository, timeoutMs: BUILD_TIMEOUT_MS });
}

/** What the runner, or a systemd unit around it, sets for itself and not for the program. */
const NOT_FOR_THE_PROGRAM = [
  'CREDENTIALS_DIRECTORY',
  'FORCE_COLOR',
  'INVOCATION_ID',
  'JOURNAL_STREAM',
  'NODE_OPTIONS',
  'NODE_TEST_CONTEXT',
  'NOTIFY_SOCKET',
  'NO_COLOR',
  'WATCHDOG_PID',
  'WATCHDOG_USEC',
];

export interface RunOptions {
  env?: Record<string, string>;
  timeoutMs?: number;
  cwd?: string;
  /** The `cgroup.procs` of a control group that it is in from its first moment on. */
  cgroup?: string | undefined;
}

export interface RunResult extends Exit {
  stdout: string;
  stderr: string;
}

/** Runs the program to its end; at the timeout it is killed, and what it had printed is thrown. */
export async function run(
  args: string[],
  { timeoutMs = 30_000, ...options }: RunOptions = {},
): Promise<RunResult> {
  const { child, stdout, stderr } = launch(args, options);
  try {
    await within(`monitor_service ${args.join(' ')}`, timeoutMs, once(child, 'close'));
  } catch (cause) {
    child.kill('SIGKILL');
    // A child of its own may still hold these, and would keep this process waiting.
    child.stdout?.destroy();
    child.stderr?.destroy();
    throw new Error(`${(cause as Error).message}\n${stdout()}${stderr()}`, { cause });
  }
  return { code: child.exitCode, signal: child.signalCode, stdout: stdout(), stderr: stderr() };
}

export interface Launched {
  child: ChildProcess;
  stdout: () => string;
  stderr: () => string;
}

/** Starts the program without a standard input; it ends with this process at the latest. */
export function launch(args: string[], { env, cwd, cgroup }: RunOptions): Launched {
  const enter = ['/bin/sh', '-c', 'echo $$ > "$0" && exec "$@"'];
  const [file = '', ...rest] = [...(cgroup ? [...enter, cgroup] : []), binary, ...args];
  const child = spawn(file, rest, {
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd && { cwd }),
  });
  child.once(
    'exit',
    own(() => child.kill('SIGKILL')),
  );
  return { child, stdout: collect(child.stdout), stderr: collect(child.stderr) };
}

function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !NOT_FOR_THE_PROGRAM.includes(name));
  return Object.fromEntries(kept);
}
