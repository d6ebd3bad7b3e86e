import { DatabaseSync } from 'node:sqlite';
import type { Database } from '../../../src/state/kept_database.ts';
import { SCHEMA } from '../../../src/state/schema.ts';
import { State } from '../../../src/state/state.ts';

/** state.db in memory, one for all cases as making one takes longer than a case. */
const database = new DatabaseSync(':memory:');
database.exec(SCHEMA);
const kept: Database = { use: (work) => work(database), close() {} };

export interface Remembered {
  /** As a start of the service opens it. */
  open(): State;
  /** The next start is in another boot of the host. */
  reboot(): void;
}

/** What the service remembers of itself: nothing yet. */
export function emptyState(): Remembered {
  database.exec('DELETE FROM breaker; DELETE FROM restarts; DELETE FROM healed');
  let boot = 1;
  return {
    open: () =>
      new State(kept, {
        bootId: `boot ${boot}`,
        service: 'the one',
        now: () => new Date(0),
        onTrouble: (message) => {
          throw new Error(message);
        },
      }),
    reboot: () => {
      boot++;
    },
  };
}
