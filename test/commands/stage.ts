import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { SQLITE_TABLES } from '../../src/alarms/sqlite_tables.ts';
import { sharedServer } from '../support/address.ts';
import { type RunResult, run } from '../support/binary.ts';
import { freshDatabase, type StatusRow, type TestProcess } from '../support/test_database.ts';
import { type ConfigOptions, configText, type Workspace, workspace } from '../support/workspace.ts';

/** The two tables, in one database or the other. */
export interface Tables {
  /** The `[database]` section. */
  readonly config: string;
  add(process: TestProcess): Promise<void>;
  row(id: number): Promise<StatusRow | undefined>;
  nameOf(id: number): Promise<string | undefined>;
  drop(): Promise<void>;
}

export const DATABASES: [name: string, open: (space: Workspace) => Promise<Tables>][] = [
  ['MySQL', mysqlTables],
  ['the embedded database', sqliteTables],
];

/** A configuration that leads to tables, and the program run with it. */
export class CommandStage {
  readonly space: Workspace;
  readonly tables: Tables;
  readonly file: string;

  constructor(space: Workspace, tables: Tables, options: Partial<ConfigOptions> = {}) {
    this.space = space;
    this.tables = tables;
    this.file = space.path('config.ini');
    this.configure(options);
  }

  configure(options: Partial<ConfigOptions>): void {
    this.space.write(
      'config.ini',
      configText(this.space, { database: this.tables.config, ...options }),
    );
  }

  /** `monitor_service ARGS -c FILE`. */
  run(...args: string[]): Promise<RunResult> {
    return run([...args.slice(0, 2), '-c', this.file, ...args.slice(2)]);
  }
}

/** A stage that is cleared when the test ends. */
export async function openStage(
  t: TestContext,
  open: (space: Workspace) => Promise<Tables>,
  options: Partial<ConfigOptions> = {},
): Promise<CommandStage> {
  const space = await workspace();
  const tables = await open(space);
  t.after(async () => {
    await tables.drop();
    await space.remove();
  });
  return new CommandStage(space, tables, options);
}

export async function mysqlTables(): Promise<Tables> {
  const database = await freshDatabase(sharedServer());
  return {
    config: database.config,
    add: (process) => database.add(process),
    row: (id) => database.row(id),
    async nameOf(id) {
      const [row] = await database.sql('SELECT process_name FROM PROCESE WHERE process_id = ?', [
        id,
      ]);
      return row?.process_name;
    },
    drop: () => database.drop(),
  };
}

export async function sqliteTables(space: Workspace): Promise<Tables> {
  const file = space.path('alarms.db');
  const database = new DatabaseSync(file, { timeout: 5000 });
  database.exec(`PRAGMA synchronous = OFF; ${SQLITE_TABLES}`); // only for this connection
  return {
    config: `[database]\ndriver = sqlite\nfile = ${file}\n`,
    async add({ id, name, hasStatus = true, alarm = false, notes = null }) {
      if (name !== null) {
        database.prepare('INSERT INTO PROCESE VALUES (?, ?)').run(id, name);
      }
      if (hasStatus) {
        database
          .prepare('INSERT INTO STATUS_PROCESS (process_id, alarma, notes) VALUES (?, ?, ?)')
          .run(id, alarm ? 1 : 0, notes);
      }
    },
    async row(id) {
      const row = database
        .prepare('SELECT alarma, sound, notes FROM STATUS_PROCESS WHERE process_id = ?')
        .get(id);
      return row && ({ ...row } as unknown as StatusRow);
    },
    async nameOf(id) {
      const row = database.prepare('SELECT process_name FROM PROCESE WHERE process_id = ?').get(id);
      return row?.process_name as string | undefined;
    },
    async drop() {
      database.close();
    },
  };
}
