import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, openFilesOf } from '../support/vitals.ts';
import { waitFor } from '../support/wait.ts';

const LOOKS = 20;
const PAUSE_MS = 20;

/** What a service that is idle and connected holds open, and that it comes back to just that. */
export class Belongings {
  readonly #pid: number;
  readonly #usual: readonly string[];

  private constructor(pid: number, usual: readonly string[]) {
    this.#pid = pid;
    this.#usual = usual;
  }

  /** The least of several looks: one alone may meet an operator's connection that is just being closed. */
  static async of(pid: number): Promise<Belongings> {
    await waitFor('every child to be gone', () => childrenOf(pid).length === 0);
    const looks: string[][] = [];
    for (let look = 0; look < LOOKS; look++) {
      looks.push(openFilesOf(pid));
      await sleep(PAUSE_MS);
    }
    const [least = []] = looks.sort((a, b) => a.length - b.length);
    return new Belongings(pid, least);
  }

  /** How many descriptors these are. */
  get count(): number {
    return this.#usual.length;
  }

  /** Waits until the service holds open what it did at first, and has no child. */
  async tidy(): Promise<void> {
    const isTidy = () =>
      openFilesOf(this.#pid).join() === this.#usual.join() && childrenOf(this.#pid).length === 0;
    try {
      await waitFor('descriptors and children to be gone', isTidy);
    } catch (cause) {
      const now = openFilesOf(this.#pid).join('\n');
      const children = childrenOf(this.#pid).join(', ');
      const usual = this.#usual.join('\n');
      throw new Error(
        `${(cause as Error).message}\n${now}\nchildren: ${children}\nat first:\n${usual}`,
      );
    }
  }
}
