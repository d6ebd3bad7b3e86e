import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { launch, type RunOptions } from './binary.ts';
import { type Exit, end, exitOf } from './child.ts';
import { type LogOptions, waitForText } from './log.ts';
import type { Workspace } from './workspace.ts';

const STOP_TIMEOUT_MS = 15_000;

/** A `monitor_service run` in the background. */
export interface Service {
  readonly pid: number;
  /** The log file so far; empty while there is none. */
  log(): string;
  /**
   * Waits until the log holds `pattern` at or behind the offset `after`, and returns the offset
   * behind it: the next wait's `after`. Throws, with everything the service has said, at the
   * timeout, or as soon as the service has ended without saying it.
   */
  waitForLog(pattern: RegExp | string, options?: LogOptions): Promise<number>;
  signal(name: NodeJS.Signals): void;
  /** Waits for it to end by itself. */
  exit(timeoutMs?: number): Promise<Exit>;
  /** SIGTERM, and SIGKILL where that does not do. */
  stop(): Promise<Exit>;
  stdout(): string;
  stderr(): string;
}

export interface ServiceOptions {
  args?: string[];
  env?: Record<string, string>;
  /** As in {@link RunOptions}. */
  cgroup?: string | undefined;
}

/** Starts `monitor_service run -c FILE`, in the workspace. */
export async function startService(
  workspace: Workspace,
  configFile: string,
  { args = [], env = {}, cgroup }: ServiceOptions = {},
): Promise<Service> {
  const options: RunOptions = { env, cwd: workspace.path(), cgroup };
  const { child, stdout, stderr } = launch(['run', '-c', configFile, ...args], options);
  await once(child, 'spawn');
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const log = () => readLog(configFile);
  const said = () => `log:\n${log()}\nstdout:\n${stdout()}\nstderr:\n${stderr()}`;

  return {
    pid: child.pid as number,
    log,
    stdout,
    stderr,
    waitForLog: (pattern, options) => waitForText({ text: log, hasEnded, said }, pattern, options),
    signal: (name) => void child.kill(name),
    exit: (timeoutMs = STOP_TIMEOUT_MS) => exitOf(child, timeoutMs),
    stop: () => end(child, STOP_TIMEOUT_MS),
  };
}

/** The log that a configuration file names. */
function readLog(configFile: string): string {
  const file = /^log_file\s*=\s*(.+)$/m.exec(readFileSync(configFile, 'utf8'))?.[1];
  try {
    return file ? readFileSync(file.trim(), 'utf8') : '';
  } catch {
    return '';
  }
}
