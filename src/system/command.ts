import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { detachedOptions } from './detached.ts';
import { OutputTail } from './output_tail.ts';
import { endGroup, killGroup } from './process_group.ts';

export interface CommandOptions {
  readonly timeoutMs: number;
  /** Aborted: the command is ended as at its timeout. */
  readonly signal?: AbortSignal;
  /** Whether what the command leaves running in the background may stay after it ended well. */
  readonly leftovers: 'end' | 'keep';
  /** Told the process group, as soon as there is one. */
  readonly onStart?: (group: number) => void;
}

export type Ending =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'timed out'; readonly afterMs: number }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'not started'; readonly reason: string };

export interface CommandResult {
  readonly ok: boolean;
  readonly ending: Ending;
  readonly durationMs: number;
  /** The last lines, bounded; both streams where `output` is asked for. */
  readonly errorLines: readonly string[];
  readonly outputLines: readonly string[];
}

type Child = ReturnType<typeof start>;

const KEPT_LINES = 20;
/** How long output is waited for once the command itself ended; only a holder of its pipe makes it last. */
const DRAIN_MS = 100;

const running = new Set<number>();

/** Runs a command line with /bin/sh. Never throws: whatever happens is in the result. */
export function runCommand(commandLine: string, options: CommandOptions): Promise<CommandResult> {
  return runProgram('/bin/sh', ['-c', commandLine], options);
}

/** Runs a program; its arguments pass through no shell. */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const startedAt = performance.now();
  const child = start(file, args);
  const output = collect(child.stdout);
  const errors = collect(child.stderr);
  const ending =
    child.pid === undefined ? await startFailure(child) : await follow(child, child.pid, options);
  return {
    ok: ending.kind === 'exited' && ending.code === 0,
    ending,
    durationMs: Math.round(performance.now() - startedAt),
    errorLines: errors.lastLines(KEPT_LINES),
    outputLines: output.lastLines(KEPT_LINES),
  };
}

/** The process groups of the commands that run right now. */
export function runningGroups(): ReadonlySet<number> {
  return running;
}

/** Ends every running command at once, for a service that ends at once. */
export function killRunningCommands(): void {
  for (const group of running) {
    killGroup(group);
  }
}

function start(file: string, args: readonly string[]) {
  const options = {
    ...detachedOptions(),
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  } as const;
  return execa(file, args, options);
}

async function follow(child: Child, group: number, options: CommandOptions): Promise<Ending> {
  running.add(group);
  options.onStart?.(group);
  const ending = await firstOf(exitOf(child), options);
  const failed = ending.kind !== 'exited' || ending.code !== 0;
  if (failed || options.leftovers === 'end') {
    await endGroup(group);
  }
  await drain(child);
  if (failed || options.leftovers === 'end') {
    child.stdout.destroy();
    child.stderr.destroy();
  } else {
    letGo(child);
  }
  running.delete(group);
  return ending;
}

/** The exit, the timeout or the abort, whichever comes first. */
async function firstOf(exit: Promise<Ending>, options: CommandOptions): Promise<Ending> {
  const { timeoutMs, signal } = options;
  const race = new AbortController();
  const stop = () => race.abort();
  signal?.addEventListener('abort', stop);
  try {
    if (signal?.aborted) {
      race.abort();
    }
    const limit = sleep(timeoutMs, undefined, { signal: race.signal }).then(
      (): Ending => ({ kind: 'timed out', afterMs: timeoutMs }),
      (): Ending => ({ kind: 'interrupted' }),
    );
    return await Promise.race([exit, limit]);
  } finally {
    race.abort();
    signal?.removeEventListener('abort', stop);
  }
}

function exitOf(child: Child): Promise<Ending> {
  return new Promise((resolve) => {
    child.nodeChildProcess.once('exit', (code: number | null, signal: string | null) => {
      resolve(code === null ? { kind: 'killed', signal: `${signal}` } : { kind: 'exited', code });
    });
  });
}

async function startFailure(child: Child): Promise<Ending> {
  const result = await child;
  return { kind: 'not started', reason: result.originalMessage ?? 'could not be started' };
}

function collect(stream: Child['stdout']): OutputTail {
  const tail = new OutputTail();
  stream.on('data', (chunk: Buffer) => tail.add(chunk));
  return tail;
}

/** Takes what is still in the pipes; a background process may hold the other end for ever. */
async function drain(child: Child): Promise<void> {
  const patience = new AbortController();
  await Promise.race([child, sleep(DRAIN_MS, undefined, { signal: patience.signal })]);
  patience.abort();
}

/** A daemon that was left running may go on printing: with the pipes closed, its next line would end it. */
function letGo(child: Child): void {
  for (const stream of [child.stdout, child.stderr]) {
    (stream as unknown as Socket).unref?.();
  }
  child.nodeChildProcess.unref();
}
