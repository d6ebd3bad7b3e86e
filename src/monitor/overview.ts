import type { Plan } from './plan.ts';

/** How the database answered last; times in milliseconds of the clock that was handed in. */
export type DatabaseState =
  | { readonly state: 'unknown' }
  | { readonly state: 'connected'; readonly sinceMs: number }
  | { readonly state: 'down'; readonly sinceMs: number; readonly reason: string };

/** A process as the last check saw it. */
export interface Sighting {
  readonly alarms: number;
  /** Why its name is refused, where it is. */
  readonly refusal?: string;
  /** Why an alarm of it stands although it was restarted and verified. */
  readonly notCleared?: string;
}

/** Longer ones are refused, and hold nothing more that anybody needs to see. */
export const SHOWN_NAME_LENGTH = 120;

/** What the last check found and what became of it since, for whoever asks how things are. */
export class Overview {
  readonly #nowMs: () => number;
  #database: DatabaseState = { state: 'unknown' };
  #lastCheckMs: number | undefined;
  #isChecking = false;
  /** Undefined: no check has read the table yet. */
  #withoutProcess: readonly string[] | undefined;
  #inAlarm = new Map<string, Sighting>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get database(): DatabaseState {
    return this.#database;
  }

  /** When the last check began; undefined before the first. */
  get lastCheckMs(): number | undefined {
    return this.#lastCheckMs;
  }

  get isChecking(): boolean {
    return this.#isChecking;
  }

  /** The processes in alarm, by name. */
  get inAlarm(): ReadonlyMap<string, Sighting> {
    return this.#inAlarm;
  }

  /** The ids of the rows in alarm that have no process. */
  get withoutProcess(): readonly string[] {
    return this.#withoutProcess ?? [];
  }

  /** Rows in alarm, also those without a process; undefined before the first check that could read them. */
  get alarms(): number | undefined {
    if (this.#withoutProcess === undefined) {
      return undefined;
    }
    return [...this.#inAlarm.values()].reduce(
      (sum, { alarms }) => sum + alarms,
      this.#withoutProcess.length,
    );
  }

  checkBegins(): void {
    this.#lastCheckMs = this.#nowMs();
    this.#isChecking = true;
  }

  databaseAnswers(): void {
    if (this.#database.state !== 'connected') {
      this.#database = { state: 'connected', sinceMs: this.#nowMs() };
    }
  }

  /** The check ends without an answer: what the one before found still counts. */
  databaseFails(reason: string): void {
    const sinceMs = this.#database.state === 'down' ? this.#database.sinceMs : this.#nowMs();
    this.#database = { state: 'down', sinceMs, reason };
    this.#isChecking = false;
  }

  found({ withoutProcess, refused, heldOff, busy, tasks }: Plan): void {
    this.#isChecking = false;
    this.#withoutProcess = withoutProcess.map(({ id }) => id);
    this.#inAlarm = new Map();
    for (const { name, reason } of refused) {
      this.#add(name.slice(0, SHOWN_NAME_LENGTH), 1, reason);
    }
    for (const { name, alarms } of [...heldOff, ...tasks]) {
      this.#add(name, alarms.length);
    }
    for (const { name = '' } of busy) {
      this.#add(name, 1);
    }
  }

  /** All alarms of a process were cleared. */
  cleared(name: string): void {
    this.#inAlarm.delete(name);
  }

  /** A process was restarted and verified, and its alarm stands. */
  notCleared(name: string, reason: string): void {
    const sighting = this.#inAlarm.get(name);
    if (sighting) {
      this.#inAlarm.set(name, { ...sighting, notCleared: reason });
    }
  }

  #add(name: string, more: number, refusal?: string): void {
    const alarms = more + (this.#inAlarm.get(name)?.alarms ?? 0);
    this.#inAlarm.set(name, { alarms, ...(refusal !== undefined && { refusal }) });
  }
}
