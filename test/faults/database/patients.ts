import { rmSync, statSync } from 'node:fs';
import type { TestDatabase } from '../../support/test_database.ts';
import type { Keys, Workspace } from '../../support/workspace.ts';

/** A process in the table. */
export interface Patient {
  readonly id: number;
  readonly name: string;
  /** What its notes hold before the stamp. */
  readonly notes: string;
}

export const PATIENTS: readonly [Patient, ...Patient[]] = [
  { id: 1, name: 'web', notes: 'Web server' },
  { id: 2, name: 'mail', notes: `Wächter 💣 "a\\b" 'c' %s; -- ` },
  { id: 3, name: 'queue', notes: '' },
];

/** With a file for each: that it lives, a byte for each restart, that its health check passed. */
const FOLDERS = ['alive', 'restarts', 'passed'] as const;

/** Processes that are but files, so that it is known what was done to them, and when. */
export class Patients {
  readonly #space: Workspace;

  constructor(space: Workspace) {
    this.#space = space;
  }

  async admit(database: TestDatabase): Promise<void> {
    for (const folder of FOLDERS) {
      this.#space.write(`${folder}/.made`, '');
    }
    for (const { id, name, notes } of PATIENTS) {
      this.#space.write(`restarts/${name}`, '');
      await database.add({ id, name, notes });
    }
  }

  /** How each is restarted and checked. */
  settings(): Keys {
    const [alive, restarts, passed] = FOLDERS.map((folder) => this.#space.path(folder, '%s'));
    return {
      restart_strategy: 'custom',
      restart_command: `printf . >> ${restarts}; : > ${alive}`,
      health_check_command: `test -e ${alive} && { test -e ${passed} || : > ${passed}; }`,
      health_check_timeout: 20,
      max_restarts: 0,
    };
  }

  die({ name }: Patient): void {
    for (const folder of ['alive', 'passed']) {
      rmSync(this.#space.path(folder, name), { force: true });
    }
  }

  /** How often it was restarted so far. */
  restartsOf({ name }: Patient): number {
    return statSync(this.#space.path('restarts', name)).size;
  }

  /** When its health check first passed since it died. */
  passedMs({ name }: Patient): number {
    return statSync(this.#space.path('passed', name)).mtimeMs;
  }
}
