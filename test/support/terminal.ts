import { type ChildProcess, spawn } from 'node:child_process';
import { binary } from './binary.ts';
import { collect, type Exit, exitOf } from './child.ts';
import { own } from './reaper.ts';
import { waitFor } from './wait.ts';

export interface TerminalOptions {
  /** Another one than ours. */
  program?: string;
  columns?: number;
  env?: Record<string, string>;
}

/** A program in a terminal, with somebody who types: script(1) of util-linux is between them. */
export class Terminal {
  readonly #child: ChildProcess;
  readonly #shown: () => string;
  #seen = 0;

  constructor(args: string[], { program = binary, columns = 80, env = {} }: TerminalOptions = {}) {
    const words = [program, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
    const { NO_COLOR, FORCE_COLOR, ...inherited } = process.env;
    this.#child = spawn(
      'script',
      ['-qec', `stty cols ${columns} rows 24; exec ${words.join(' ')}`, '/dev/null'],
      {
        env: { ...inherited, TERM: 'xterm', SHELL: '/bin/sh', ...env },
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    this.#child.once(
      'exit',
      own(() => this.#child.kill('SIGKILL')),
    );
    this.#shown = collect(this.#child.stdout);
  }

  /** All that the terminal was sent, line ends made plain. */
  get shown(): string {
    return this.#shown().replaceAll('\r\n', '\n');
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Waits until the terminal shows a text, behind the one that was waited for before. */
  async shows(text: string): Promise<void> {
    const find = () => {
      const at = this.shown.indexOf(text, this.#seen);
      this.#seen = at < 0 ? this.#seen : at + text.length;
      return at >= 0;
    };
    await waitFor(`"${text}" in the terminal`, find).catch((cause) => {
      throw new Error(`${cause.message}\n${this.shown}`, { cause });
    });
  }

  /** Waits for the program to end by itself. */
  async exit(): Promise<Exit> {
    const exit = await exitOf(this.#child, 15_000);
    this.#child.stdin?.destroy();
    return exit;
  }
}

/** What the program shows in a terminal that nobody types in. */
export async function shownInTerminal(args: string[], options: TerminalOptions): Promise<string> {
  const terminal = new Terminal(args, options);
  await terminal.exit();
  return terminal.shown;
}
