import type { Problem } from '../configuration/problem.ts';
import type { AlarmStore } from '../monitor/alarm_store.ts';

/** A store, and what `check-config --database` asks it. */
export interface InspectedStore extends AlarmStore {
  /** What answers, and as whom it is asked. Undefined: there is nothing yet. Throws a StoreError. */
  describe(): Promise<string | undefined>;
  /** What is wrong with tables and privileges. Throws a StoreError where it can't be told. */
  inspect(): Promise<readonly Problem[]>;
}
