import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { collect } from '../child.ts';
import { within } from '../wait.ts';

const TIMEOUT_MS = 20_000;
/** How much longer than the time limit inside the one outside is. */
const GRACE_MS = 5_000;

export interface CommandOptions {
  timeoutMs?: number;
  /** What the command reads on its standard input. */
  input?: string;
}

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs a bash command to its end, in the way that `start` starts a program; at the timeout it is killed with
 * the children that it has, and what it had printed is thrown.
 */
export async function runCommand(
  start: (program: string[]) => ChildProcess,
  command: string,
  { timeoutMs = TIMEOUT_MS, input = '' }: CommandOptions = {},
): Promise<CommandResult> {
  const begin = performance.now();
  const child = start(['timeout', '-s', 'KILL', `${timeoutMs / 1000}`, 'bash', '-c', command]);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  child.stdin?.on('error', () => {}).end(input);
  const isOver = within('it', timeoutMs + GRACE_MS, once(child, 'close')).then(
    () => performance.now() - begin < timeoutMs,
    () => false,
  );
  if (!(await isOver)) {
    child.kill('SIGKILL');
    // A daemon of its may still hold these, and would keep this process waiting.
    child.stdout?.destroy();
    child.stderr?.destroy();
    throw new Error(complaint(command, `ended after ${timeoutMs} ms`, stdout(), stderr()));
  }
  return { code: child.exitCode, stdout: stdout(), stderr: stderr() };
}

/** The output of a command; throws with all of it when the command failed. */
export function output(command: string, { code, stdout, stderr }: CommandResult): string {
  if (code !== 0) {
    throw new Error(complaint(command, `exit status ${code}`, stdout, stderr));
  }
  return stdout;
}

function complaint(command: string, reason: string, stdout: string, stderr: string): string {
  return `${command}\n${reason}\nstdout:\n${stdout}\nstderr:\n${stderr}`;
}
