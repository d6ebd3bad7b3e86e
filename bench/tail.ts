import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 1;

/** The end of a file that grows, looked at often enough to tell to the millisecond when something was written. */
export class Tail {
  readonly #file: number;
  #offset: number;
  #text = '';

  /** From its present end on. */
  constructor(path: string) {
    this.#file = openSync(path, 'r');
    this.#offset = fstatSync(this.#file).size;
  }

  /**
   * Waits until the text holds the words so many times, and forgets it up to there. Returns the moment, on the clock
   * of performance.now(). Throws at the timeout with what was written.
   */
  async until(words: string, { times = 1, timeoutMs = 30_000 } = {}): Promise<number> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      this.#read();
      const now = performance.now();
      const end = endOf(this.#text, words, times);
      if (end !== undefined) {
        this.#text = this.#text.slice(end);
        return now;
      }
      if (now > deadline) {
        throw new Error(`waited in vain for "${words}" (${times} times):\n${this.#text}`);
      }
      await sleep(LOOK_MS);
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #read(): void {
    const length = fstatSync(this.#file).size - this.#offset;
    if (length > 0) {
      const bytes = Buffer.alloc(length);
      this.#offset += readSync(this.#file, bytes, 0, length, this.#offset);
      this.#text += bytes.toString();
    }
  }
}

/** The offset behind the last of so many words; undefined where there are fewer. */
function endOf(text: string, words: string, times: number): number | undefined {
  let end = 0;
  for (let found = 0; found < times; found++) {
    const start = text.indexOf(words, end);
    if (start < 0) {
      return undefined;
    }
    end = start + words.length;
  }
  return end;
}

/** Has the tail of a file for as long as the work takes. */
export async function withTail<T>(path: string, work: (tail: Tail) => Promise<T>): Promise<T> {
  const tail = new Tail(path);
  try {
    return await work(tail);
  } finally {
    tail.close();
  }
}
