/** A row in alarm. */
export interface Alarm {
  readonly id: string;
  /** Undefined where the table of processes has no such process. Hostile until checked. */
  readonly name: string | undefined;
  /** The notes as they are. */
  readonly notes: string;
  /** Stands for the whole row as it was read: a changed row has another one. */
  readonly seen: string;
}

/** What one check takes at most, by the lowest ids: memory has a bound, whoever fills the table. */
export const MAX_ALARMS = 10_000;

/** Where the alarms are. Every call ends within the store's own time limits; errors are {@link StoreError}. */
export interface AlarmStore {
  /** One check: every row in alarm, at most MAX_ALARMS. Given up at once when aborted. */
  findAlarms(stopping: AbortSignal): Promise<readonly Alarm[]>;
  /** Clears the alarm that was seen, with a note of when. False: somebody changed the row since; it stays. */
  clearAlarm(alarm: Alarm, at: Date): Promise<boolean>;
  close(): Promise<void>;
}

/** Why the store could not do it, and what to look at, in one line for an operator. */
export class StoreError extends Error {
  override name = 'StoreError';
}
