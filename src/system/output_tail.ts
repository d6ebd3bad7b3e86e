import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

const KEPT_BYTES = 4096;

/** The end of a command's output, however much it prints. */
export class OutputTail {
  #chunks: Buffer[] = [];
  #size = 0;

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size > 2 * KEPT_BYTES) {
      // A copy, so that the large chunk behind a slice of it is not kept alive.
      const kept = Buffer.from(Buffer.concat(this.#chunks).subarray(-KEPT_BYTES));
      this.#chunks = [kept];
      this.#size = kept.length;
    }
  }

  /** The last lines, at most 4 KB and at most `count`, without blank ones. */
  lastLines(count: number): string[] {
    const bytes = Buffer.concat(this.#chunks).subarray(-KEPT_BYTES);
    return new StringDecoder('utf8')
      .write(bytes)
      .split(/[\r\n]+/)
      .filter((line) => line.trim() !== '')
      .slice(-count);
  }
}

/** Of all that a stream says from now on. */
export function tailOf(stream: Readable): OutputTail {
  const tail = new OutputTail();
  stream.on('data', (chunk: Buffer) => tail.add(chunk));
  return tail;
}
