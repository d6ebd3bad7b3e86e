import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { within } from './wait.ts';

const KEPT_CHARACTERS = 1_000_000;

/** How a process ended: one of the two is null. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Waits for a child to end; throws when it takes longer than the timeout. */
export async function exitOf(child: ChildProcess, timeoutMs: number): Promise<Exit> {
  if (child.exitCode === null && child.signalCode === null) {
    await within(`process ${child.pid} to end`, timeoutMs, once(child, 'exit'));
  }
  return { code: child.exitCode, signal: child.signalCode };
}

/** Ends a child: SIGTERM, and SIGKILL when that has not ended it after the grace time. */
export async function end(child: ChildProcess, graceMs: number): Promise<Exit> {
  child.kill('SIGTERM');
  try {
    return await exitOf(child, graceMs);
  } catch {
    child.kill('SIGKILL');
    return exitOf(child, 5_000);
  }
}

/** Collects what a stream says; the returned function gives the last million characters so far. */
export function collect(stream: Readable | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (text.length > 2 * KEPT_CHARACTERS) {
      text = text.slice(-KEPT_CHARACTERS);
    }
  });
  return () => text.slice(-KEPT_CHARACTERS);
}

export interface ToolOptions {
  timeoutMs?: number;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  signal?: AbortSignal;
}

/** Runs a command to its end and returns what it printed; throws with all of that when it fails. */
export async function runTool(
  command: string,
  args: string[],
  { timeoutMs = 60_000, ...options }: ToolOptions = {},
): Promise<string> {
  const limits = { timeout: timeoutMs, maxBuffer: 64 * KEPT_CHARACTERS };
  try {
    return (await promisify(execFile)(command, args, { ...limits, ...options })).stdout;
  } catch (cause) {
    const { killed, code, stdout, stderr } = cause as Record<string, unknown>;
    if (code === 'ENOENT') {
      throw new Error(
        `${command} is not installed, or ${options.cwd ?? 'its folder'} is not there`,
      );
    }
    const reason = killed ? `ended after at most ${timeoutMs} ms` : `failed (${code})`;
    throw new Error(`${command} ${args.join(' ')} ${reason}\n${stdout}${stderr}`, { cause });
  }
}
