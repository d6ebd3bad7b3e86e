import { createInterface } from 'node:readline';
import { oneLine } from '../log/escape.ts';

/** Questions on standard output, their answers on standard input: a person's, or those of a pipe. */
export class Dialogue {
  /** A person answers. */
  readonly isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  readonly #interface = createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal: this.isTerminal,
    historySize: 0,
  });
  /** Read from the beginning: what a pipe brings before it is asked for is not lost. */
  readonly #lines = this.#interface[Symbol.asyncIterator]();

  #isClosed = false;
  #hasEnded = false;

  constructor() {
    this.#interface.once('close', () => {
      this.#isClosed = true;
    });
    process.stdout.once('error', () => this.close()); // nobody reads any more
  }

  /** No further answer comes. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  say(text: string): void {
    process.stdout.write(text);
  }

  /** The answer without the spaces around it; undefined at the end of the input and at Ctrl-C. */
  async ask(question: string): Promise<string | undefined> {
    // What was typed ahead is answered also where the end was typed behind it.
    if (this.isTerminal && !this.#isClosed) {
      this.#interface.setPrompt(question);
      this.#interface.prompt();
    } else {
      this.say(question);
    }
    const { value, done } = await this.#lines.next();
    this.#hasEnded = done === true;
    const answer = done ? undefined : value.trim();
    // A terminal shows itself what is typed.
    if (answer === undefined || !this.isTerminal) {
      this.say(`${oneLine(answer ?? '')}\n`);
    }
    return answer;
  }

  close(): void {
    this.#interface.close();
  }
}
