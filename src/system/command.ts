import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, endOf, startChild } from './child.ts';
import { tailOf } from './output_tail.ts';
import { ownGroups } from './own_groups.ts';
import { endGroup, killGroup } from './process_group.ts';
import { lineFor, TOLD_SHELL } from './told_command.ts';
import { within } from './within.ts';

export interface CommandOptions {
  readonly timeoutMs: number;
  /** Aborted: the command is ended as at its timeout. */
  readonly signal?: AbortSignal;
  /** Whether what the command leaves running in the background may stay after it ended well. */
  readonly leftovers: 'end' | 'keep';
  /** Told the process group before anything in it runs. */
  readonly onStart?: (group: number) => void;
  /** Told all that it prints to its output, of which the result has but the last lines. */
  readonly onOutput?: (chunk: Buffer) => void;
  /** Told how it went, once it is over. */
  readonly onEnd?: (command: EndedCommand) => void;
}

export interface EndedCommand {
  /** As one would type it; secrets are not masked. */
  readonly line: string;
  readonly ending: Ending;
  readonly durationMs: number;
}

export type Ending =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'timed out'; readonly afterMs: number }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'not started'; readonly reason: string };

export interface CommandResult {
  readonly ok: boolean;
  /** It ended well, and left something running that still writes to this service. */
  readonly isHeld: boolean;
  readonly ending: Ending;
  /** The last lines of each stream, bounded. */
  readonly errorLines: readonly string[];
  readonly outputLines: readonly string[];
}

type Followed = Pick<CommandResult, 'ending' | 'isHeld'>;

const KEPT_LINES = 20;
/** How long output is waited for once the command itself ended; only a holder of its pipe makes it last. */
const DRAIN_MS = 100;

/** Runs a command line with /bin/sh. Never throws: whatever happens is in the result. */
export function runCommand(commandLine: string, options: CommandOptions): Promise<CommandResult> {
  const start = () => ({ argv: TOLD_SHELL, go: lineFor(commandLine) });
  return observed(commandLine, () => run(start, options), options);
}

/** Runs a program; its arguments pass through no shell. */
export function runProgram(
  file: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const start = () => ({ argv: ['/bin/sh', '-c', GATE, 'sh', file, ...args], go: '\n' });
  return observed([file, ...args].join(' '), () => run(start, options), options);
}

async function observed(
  line: string,
  work: () => Promise<CommandResult>,
  { onEnd }: CommandOptions,
): Promise<CommandResult> {
  const startedAtMs = performance.now();
  const result = await work();
  onEnd?.({ line, ending: result.ending, durationMs: performance.now() - startedAtMs });
  return result;
}

/**
 * The shell becomes the program once it is told to, and ends where nobody is left to tell it. So whoever is told
 * of the start has written it down before the program does anything.
 */
const GATE = 'read -r _ && exec "$@" </dev/null';

/** A shell that waits, and what it waits for. */
interface Start {
  readonly argv: readonly string[];
  readonly go: string;
}

async function run(startOf: () => Start, options: CommandOptions): Promise<CommandResult> {
  let child: Child;
  let go: string;
  try {
    const start = startOf();
    go = start.go;
    child = await startChild(start.argv);
  } catch (error) {
    const ending = { kind: 'not started', reason: (error as Error).message } as const;
    return { ok: false, isHeld: false, ending, errorLines: [], outputLines: [] };
  }
  const output = tailOf(child.stdout);
  const errors = tailOf(child.stderr);
  if (options.onOutput) {
    child.stdout.on('data', options.onOutput);
  }
  const { ending, isHeld } = await follow(child, go, options);
  return {
    ok: ending.kind === 'exited' && ending.code === 0,
    isHeld,
    ending,
    errorLines: errors.lastLines(KEPT_LINES),
    outputLines: output.lastLines(KEPT_LINES),
  };
}

/** Ends every running command at once, for a service that ends at once. */
export function killRunningCommands(): void {
  for (const group of ownGroups) {
    killGroup(group);
  }
}

async function follow(child: Child, go: string, options: CommandOptions): Promise<Followed> {
  const { pid: group } = child;
  const end = endOf(child);
  options.onStart?.(group);
  child.stdin.on('error', () => {}); // its exit tells more
  child.stdin.end(go);
  const ending = await firstOf(exitOf(child), options);
  const mayLeave = options.leftovers === 'keep' && ending.kind === 'exited' && ending.code === 0;
  if (!mayLeave) {
    await endGroup(group);
  }
  // What is still in the pipes. A background process may hold the other end, perhaps for ever.
  const isHeld = !(await within(end, DRAIN_MS)) && mayLeave;
  if (isHeld) {
    letGo(child);
  } else {
    child.stdout.destroy();
    child.stderr.destroy();
  }
  ownGroups.delete(group);
  return { ending, isHeld };
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
    child.once('exit', (code: number | null, signal: string | null) => {
      resolve(code === null ? { kind: 'killed', signal: `${signal}` } : { kind: 'exited', code });
    });
  });
}

/** For as long as this service lives: with the pipes closed, the daemon's next line would end it. */
function letGo(child: Child): void {
  for (const stream of [child.stdout, child.stderr]) {
    (stream as unknown as Socket).unref?.();
  }
  child.unref();
}
