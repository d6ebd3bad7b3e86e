/** Lets one work run at a time, in the order of asking, but for those that may go ahead. */
export class Turns {
  readonly #waiting: (() => Promise<void>)[] = [];
  #isTaken = false;
  #onIdle: (() => void)[] = [];

  /** Resolves and rejects as the work does. `ahead`: before all that wait already. */
  take<T>(work: () => Promise<T>, { ahead = false } = {}): Promise<T> {
    const turn = new Promise<T>((resolve, reject) => {
      const enter = () => work().then(resolve, reject);
      ahead ? this.#waiting.unshift(enter) : this.#waiting.push(enter);
    });
    void this.#goOn();
    return turn;
  }

  /** Resolves when nothing runs or waits. */
  async idle(): Promise<void> {
    while (this.#isTaken) {
      await new Promise<void>((resolve) => this.#onIdle.push(resolve));
    }
  }

  async #goOn(): Promise<void> {
    if (this.#isTaken) {
      return;
    }
    this.#isTaken = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      await next();
    }
    this.#isTaken = false;
    for (const tell of this.#onIdle.splice(0)) {
      tell();
    }
  }
}
