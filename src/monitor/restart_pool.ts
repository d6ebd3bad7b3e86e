/** Runs restarts, or health checks, beside each other, at most so many at once; the others wait their turn in order. */
export class RestartPool {
  readonly #maxParallel: () => number;
  readonly #waiting: (() => void)[] = [];
  readonly #names = new Set<string>();
  readonly #onEnd: (() => void)[] = [];
  #running = 0;
  #isClosed = false;
  #isPausing = false;

  /** The number is asked for anew each time, as a reload may change it; {@link resized} tells that it did. */
  constructor(maxParallel: () => number) {
    this.#maxParallel = maxParallel;
  }

  /** Does this name's restart run, or wait for its turn? */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Those whose restart runs or waits for its turn. */
  names(): readonly string[] {
    return [...this.#names];
  }

  /** Runs the work when its turn comes. Undefined: the pool was closed before. */
  async run<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
    this.#names.add(name);
    try {
      await this.#turn();
      return this.#isClosed ? undefined : await work();
    } finally {
      this.#names.delete(name);
      this.#running--;
      this.#letIn();
      for (const tell of this.#onEnd.splice(0)) {
        tell();
      }
    }
  }

  /** Resolves when nothing runs or waits any more. */
  async idle(): Promise<void> {
    while (this.#names.size > 0) {
      await new Promise<void>((resolve) => this.#onEnd.push(resolve));
    }
  }

  /** The number may be another one: those that wait need not wait for an end where it is higher. */
  resized(): void {
    this.#letIn();
  }

  /** Lets nothing new begin. What waits for its turn is let go undone. */
  close(): void {
    this.#isClosed = true;
    this.#letIn();
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#letIn();
    });
  }

  #letIn(): void {
    while (this.#mayEnter()) {
      this.#running++;
      this.#waiting.shift()?.();
      this.#pause();
    }
  }

  #mayEnter(): boolean {
    const isFree = !this.#isPausing && this.#running < this.#maxParallel();
    return this.#waiting.length > 0 && (this.#isClosed || isFree);
  }

  /** The start of a command takes milliseconds: hundreds in a row would hold up checks and answers. */
  #pause(): void {
    this.#isPausing = true;
    setImmediate(() => {
      this.#isPausing = false;
      this.#letIn();
    });
  }
}
