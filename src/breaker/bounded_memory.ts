/** Names come from the database, so their number has a bound; the one that changed longest ago goes first. */
const MAX_KEPT = 10_000;

/** Something about each of many names; every change is also handed to a store. */
export class BoundedMemory<T> {
  readonly #values: Map<string, T>;
  readonly #save: (name: string, value: T | undefined) => void;

  constructor(
    values: Iterable<readonly [name: string, value: T]>,
    save: (name: string, value: T | undefined) => void,
  ) {
    this.#values = new Map(values);
    this.#save = save;
  }

  get(name: string): T | undefined {
    return this.#values.get(name);
  }

  names(): string[] {
    return [...this.#values.keys()];
  }

  /** Undefined: nothing is to be remembered of it. */
  set(name: string, value: T | undefined): void {
    const isKept = this.#values.delete(name);
    if (value !== undefined) {
      this.#values.set(name, value);
    }
    if (value !== undefined || isKept) {
      this.#save(name, value);
    }
    this.#dropOldest();
  }

  /** Changes it until the service ends, without storing it. */
  setForNow(name: string, value: T): void {
    this.#values.set(name, value);
  }

  /** Forgets all here; the store is the caller's. */
  clear(): void {
    this.#values.clear();
  }

  #dropOldest(): void {
    for (const name of this.#values.keys()) {
      if (this.#values.size <= MAX_KEPT) {
        return;
      }
      this.#values.delete(name);
      this.#save(name, undefined);
    }
  }
}
