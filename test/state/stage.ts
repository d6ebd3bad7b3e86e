import { DatabaseSync } from 'node:sqlite';
import type { Attempt, AttemptEnd } from '../../src/restart/attempts.ts';
import { KeptDatabase } from '../../src/state/kept_database.ts';
import { State, type StateOptions } from '../../src/state/state.ts';
import { type Workspace, workspace } from '../support/workspace.ts';

export const BOOT = '0b9d6f1c-first-boot';
export const SERVICE = `100 5000 ${BOOT}`;

export const TRY: Attempt = {
  name: 'nginx',
  strategy: 'custom',
  attempt: 1,
  command: 'restart it',
};
export const FAILED: AttemptEnd = {
  outcome: 'failed',
  reason: 'exit code 1',
  durationMs: 1234,
  output: 'a\nb',
};

/** A state directory; each start() is a start of the service, which ends the one before. */
export interface Stage {
  readonly space: Workspace;
  readonly directory: string;
  /** What the service was told is wrong, since its start. */
  readonly troubles: string[];
  start(changes?: Partial<StateOptions>): State;
  /** Ends the service, as its end does. */
  stop(): void;
  /** Looks into the file, as anybody with the `sqlite3` tool may. */
  look(sql: string): Record<string, unknown>[];
  end(): Promise<void>;
}

export async function stateStage(): Promise<Stage> {
  const space = await workspace();
  const directory = space.path('state');
  const troubles: string[] = [];
  let running: State | undefined;
  const stop = () => {
    running?.close();
    running = undefined;
  };
  return {
    stop,
    space,
    directory,
    troubles,
    start(changes = {}) {
      stop();
      troubles.length = 0;
      const onTrouble = (message: string) => void troubles.push(message);
      running = new State(new KeptDatabase(directory, onTrouble), {
        bootId: BOOT,
        service: SERVICE,
        now: () => new Date(1_750_000_000_000),
        onTrouble,
        ...changes,
      });
      return running;
    },
    look(sql) {
      const database = new DatabaseSync(space.path('state', 'state.db'));
      try {
        return database.prepare(sql).all();
      } finally {
        database.close();
      }
    },
    async end() {
      stop();
      await space.remove();
    },
  };
}
