import { DatabaseSync } from 'node:sqlite';
import { SCHEMA } from '../../../src/state/schema.ts';
import { State } from '../../../src/state/state.ts';

/** state.db in memory, one for all cases as making one takes longer than a case. */
const database = new DatabaseSync(':memory:');
database.exec(SCHEMA);

export interface Remembered {
  /** As a start of the service opens it. */
  open(): State;
  /** The next start is in another boot of the host. */
  reboot(): void;
}

/** What the service remembers of itself: nothing yet. */
export function emptyState(): Remembered {
  database.exec('DELETE FROM breaker; DELETE FROM healed');
  let boot = 1;
  return {
    open: () =>
      new State(database, {
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
