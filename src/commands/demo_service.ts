import { isSea } from 'node:sea';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

const POLL_MS = 50;

/** The very program that runs this, as a service of its own; what it logs is shown, indented. */
export class DemoService {
  readonly #child;
  readonly #reading: Promise<void>;
  readonly #deadlineMs: number;
  readonly #lines: string[] = [];
  #heard = 0;
  #failure: Error | undefined;

  /** @param limitMs how long it may be listened to in all */
  constructor(configuration: string, limitMs: number) {
    const self = isSea() ? [] : process.argv.slice(1, 2);
    this.#child = execa(process.execPath, [...self, 'run', '--config', configuration], {
      detached: true, // Ctrl-C is for the demonstration, which stops it in order
      stdin: 'ignore',
      stderr: 'inherit',
      buffer: false,
      reject: false,
    });
    this.#deadlineMs = performance.now() + limitMs;
    this.#reading = this.#read();
  }

  /** Waits for a line of its log, after the last one that was waited for. @throws when it does not come */
  async said(text: string): Promise<void> {
    while (performance.now() < this.#deadlineMs && !this.#failure) {
      const index = this.#lines.findIndex((line, at) => at >= this.#heard && line.includes(text));
      if (index >= 0) {
        this.#heard = index + 1;
        return;
      }
      await sleep(POLL_MS);
    }
    throw this.#failure ?? new Error(`the service did not say "${text}"`);
  }

  /** Whoever waits for a line waits no more. */
  fail(error: Error): void {
    this.#failure = error;
  }

  /** Stops it, and waits for its end. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await Promise.all([this.#reading, this.#child]);
  }

  async #read(): Promise<void> {
    for await (const line of this.#child) {
      this.#lines.push(line);
      process.stdout.write(`    ${line}\n`);
    }
  }
}
