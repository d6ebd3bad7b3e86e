/** How one restart of a unit or program ended, as far as those care who share it. */
export interface SharedRestart<T> {
  /** The process of the table that it is, or was, made for. */
  readonly name: string;
  /** The settings that it is made with: with others it might end otherwise. */
  readonly manner: string;
  readonly ended: Promise<T>;
}

interface Kept<T> extends SharedRestart<T> {
  readonly beganMs: number;
  readonly isRunning: boolean;
}

/** More units than one check finds names for; what ended longest ago goes first. */
const MAX_KEPT = 10_000;

/**
 * The restarts of units and programs, running and past: names that lead to the same one share a restart, as a second
 * one would end what the first has just got up.
 */
export class SharedRestarts<T> {
  readonly #kept = new Map<string, Kept<T>>();

  /** One that runs, or that began since this time. Times in milliseconds of the restarts' clock. */
  since(key: string, sinceMs: number): SharedRestart<T> | undefined {
    const kept = this.#kept.get(key);
    return kept && (kept.isRunning || kept.beganMs >= sinceMs) ? kept : undefined;
  }

  /** Runs a restart that others may share from now on. */
  async run(
    key: string,
    who: Omit<SharedRestart<T>, 'ended'>,
    beganMs: number,
    work: () => Promise<T>,
  ): Promise<T> {
    const ended = work();
    const entry = { ...who, ended, beganMs };
    this.#kept.set(key, { ...entry, isRunning: true });
    try {
      return await ended;
    } finally {
      this.#kept.delete(key);
      this.#kept.set(key, { ...entry, isRunning: false });
      this.#dropOldest();
    }
  }

  #dropOldest(): void {
    for (const [key, { isRunning }] of this.#kept) {
      if (this.#kept.size <= MAX_KEPT) {
        return;
      }
      if (!isRunning) {
        this.#kept.delete(key);
      }
    }
  }
}
