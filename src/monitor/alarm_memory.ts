import type { Alarm } from './alarm_store.ts';
import type { HealedAlarms } from './healed_alarms.ts';

/**
 * What is remembered of alarms for as long as they stand in the table: which ones an operator was told
 * of, and which ones were healed but could not be cleared.
 */
export class AlarmMemory {
  readonly #healed: Map<string, string>;
  readonly #told = new Set<string>();
  readonly #kept: HealedAlarms;

  constructor(kept: HealedAlarms) {
    this.#kept = kept;
    this.#healed = new Map(kept.loadHealed());
  }

  /** Forgets what is no longer in alarm, or is another alarm now. */
  keepOnly(alarms: readonly Alarm[]): void {
    const current = new Map(alarms.map(({ id, seen }) => [id, seen]));
    const told = new Set(alarms.map(wordsOf));
    for (const [id, seen] of this.#healed) {
      if (current.get(id) !== seen) {
        this.#forget(id);
      }
    }
    for (const words of this.#told) {
      if (!told.has(words)) {
        this.#told.delete(words);
      }
    }
  }

  /** Asked for the first time since it is in alarm? */
  isNew(alarm: Alarm): boolean {
    const isNew = !this.#told.has(wordsOf(alarm));
    this.#told.add(wordsOf(alarm));
    return isNew;
  }

  isHealed({ id, seen }: Alarm): boolean {
    return this.#healed.get(id) === seen;
  }

  /** False: it was remembered already. */
  rememberHealed(alarm: Alarm): boolean {
    if (this.isHealed(alarm)) {
      return false;
    }
    this.#healed.set(alarm.id, alarm.seen);
    this.#kept.rememberHealed(alarm.id, alarm.seen);
    return true;
  }

  forgetHealed({ id }: Alarm): void {
    if (this.#healed.has(id)) {
      this.#forget(id);
    }
  }

  #forget(id: string): void {
    this.#healed.delete(id);
    this.#kept.forgetHealed(id);
  }
}

function wordsOf({ id, name }: Alarm): string {
  return JSON.stringify([id, name ?? null]);
}
