import { DatabaseSync } from 'node:sqlite';
import type { InspectedStore } from '../../src/alarms/inspected_store.ts';
import { MysqlStore } from '../../src/alarms/mysql_store.ts';
import { SqliteStore } from '../../src/alarms/sqlite_store.ts';
import type { DatabaseSettings } from '../../src/configuration/keys.ts';
import { parseConfiguration } from '../../src/configuration/parse.ts';
import type { DatabaseAddress } from '../support/address.ts';
import { databaseSection } from '../support/address.ts';
import { freshDatabase, type TestDatabase } from '../support/test_database.ts';
import type { Workspace } from '../support/workspace.ts';

type SqlRow = Record<string, unknown>;

/** A store, and a second way to its tables. */
export interface StoreBed {
  readonly store: InspectedStore;
  sql(statement: string): Promise<SqlRow[]>;
  /** A literal of these very bytes, whatever the server makes of quotes and backslashes. */
  literal(text: string | null): string;
  end(): Promise<void>;
}

/** 12:00 local time, and what it looks like at the end of notes. */
export const NOON = new Date(2025, 0, 31, 12, 0, 0);
export const STAMP = ' - Restarted at 2025-01-31 12:00:00';
/** What notes become of which nothing is kept. */
export const STAMP_ALONE = 'Restarted at 2025-01-31 12:00:00';

/** Notes of which this was kept. */
export function withStamp(kept: string): string {
  return kept === '' ? STAMP_ALONE : kept + STAMP;
}

/** For whoever is not going to stop. */
export const NEVER = new AbortController().signal;

const hex = (text: string) => Buffer.from(text).toString('hex');

export interface MysqlBed extends StoreBed {
  readonly database: TestDatabase;
}

/** A database of its own on a server; keys are added to its `[database]` section. */
export async function mysqlBed(address: DatabaseAddress, keys = ''): Promise<MysqlBed> {
  const database = await freshDatabase(address);
  await database.sql('SET autocommit = 1');
  const store = new MysqlStore(databaseSettings(database.config + keys));
  return {
    database,
    store,
    sql: (statement) => database.sql(statement),
    literal: (text) => (text === null ? 'NULL' : `CONVERT(X'${hex(text)}' USING utf8mb4)`),
    async end() {
      await store.close();
      await database.drop();
    },
  };
}

export async function sqliteBed(space: Workspace): Promise<StoreBed> {
  const file = space.path('alarms.db');
  const store = new SqliteStore(
    databaseSettings(`[database]\ndriver = sqlite\nfile = ${file}\nquery_timeout = 2\n`),
  );
  await store.findAlarms(NEVER); // makes the tables
  const database = new DatabaseSync(file);
  return {
    store,
    sql: async (statement) => database.prepare(statement).all(),
    literal: (text) => (text === null ? 'NULL' : `CAST(X'${hex(text)}' AS TEXT)`),
    async end() {
      await store.close();
      database.close();
      await space.remove();
    },
  };
}

/** The settings that such a `[database]` section means. */
export function databaseSettings(section: string): DatabaseSettings {
  return parseConfiguration(section).settings.database;
}

/** The settings for one user at an address. */
export function settingsFor(
  address: DatabaseAddress,
  database: string,
  keys = '',
): DatabaseSettings {
  return databaseSettings(databaseSection(address, database) + keys);
}

export interface BedRow {
  id: number;
  /** null: no row in PROCESE. */
  name: string | null;
  alarma?: number;
  sound?: number;
  notes?: string | null;
}

export async function addRow(bed: StoreBed, row: BedRow): Promise<void> {
  const { id, name, alarma = 1, sound = 0, notes = null } = row;
  if (name !== null) {
    await bed.sql(
      `INSERT INTO PROCESE (process_id, process_name) VALUES (${id}, ${bed.literal(name)})`,
    );
  }
  await bed.sql(
    `INSERT INTO STATUS_PROCESS (process_id, alarma, sound, notes)
     VALUES (${id}, ${alarma}, ${sound}, ${bed.literal(notes)})`,
  );
}

/** A row as it stands: alarma, sound, notes. */
export async function rowOf(bed: StoreBed, id: number): Promise<unknown[]> {
  const [row] = await bed.sql(
    `SELECT alarma, sound, notes FROM STATUS_PROCESS WHERE process_id = ${id}`,
  );
  return row ? [row.alarma, row.sound, row.notes] : [];
}
