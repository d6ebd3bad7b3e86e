import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Keys, Workspace } from '../../support/workspace.ts';

/** Commands that leave a line for every restart, and for every health check that passes. */
export function recordedCommands({ path }: Workspace): Keys {
  const restarted = path('restarted');
  return {
    restart_command: `echo %s >> ${restarted}`,
    health_check_command: `grep -qx %s ${restarted} && echo %s >> ${path('verified')}`,
  };
}

/** Which alarms were raised and which cleared, whoever did it: the database itself writes that down. */
export class Ledger {
  readonly #space: Workspace;
  readonly #database: DatabaseSync;
  readonly #raised = new Map<string, number>();

  constructor(space: Workspace) {
    this.#space = space;
    this.#database = new DatabaseSync(space.path('alarms.db'), { timeout: 5_000 });
    this.#database.exec(`
      CREATE TABLE cleared (process_id INTEGER NOT NULL);
      CREATE TRIGGER clearing AFTER UPDATE OF alarma ON STATUS_PROCESS
        WHEN OLD.alarma <> 0 AND NEW.alarma = 0
        BEGIN INSERT INTO cleared VALUES (NEW.process_id); END;`);
  }

  /** Notes an alarm that is about to be raised; returns how many that makes of the process. */
  raised(name: string): number {
    const times = (this.#raised.get(name) ?? 0) + 1;
    this.#raised.set(name, times);
    return times;
  }

  notesOf(name: string): string {
    const row = this.#database
      .prepare(
        'SELECT notes FROM STATUS_PROCESS JOIN PROCESE USING (process_id) WHERE process_name = ?',
      )
      .get(name);
    return String(row?.notes);
  }

  /** `unrecorded`: whose health check leaves no line. */
  assertClearedOnce(unrecorded: string): void {
    const cleared = this.#cleared();
    assert.deepEqual(
      [...cleared].sort(),
      [...this.#raised].sort(),
      'each alarm was cleared as often as it was raised',
    );
    const verified = new Set([unrecorded, ...linesOf(this.#space.path('verified'))]);
    for (const name of cleared.keys()) {
      assert.ok(verified.has(name), `${name} was cleared without verification`);
    }
  }

  close(): void {
    this.#database.close();
  }

  #cleared(): Map<string, number> {
    const rows = this.#database
      .prepare(
        'SELECT process_name AS name, COUNT(*) AS times FROM cleared JOIN PROCESE USING (process_id) GROUP BY 1',
      )
      .all();
    return new Map(rows.map(({ name, times }) => [String(name), Number(times)]));
  }
}

/** The lines of a file; none where it is not there. */
export function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}
