import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseSettings } from '../configuration/keys.ts';
import type { Problem } from '../configuration/problem.ts';
import { type Alarm, MAX_ALARMS, StoreError } from '../monitor/alarm_store.ts';
import { alarmOf } from './alarm_rows.ts';
import type { InspectedStore } from './inspected_store.ts';
import { stampNotes } from './notes.ts';
import { SQLITE_TABLES } from './sqlite_tables.ts';

/** As wide as the column of setup.sql. */
const NOTES_LIMIT = { characters: 100, bytes: 400 };

const SEEN = "iif(sound IS NULL, '-', hex(sound)) || ',' || iif(notes IS NULL, '-', hex(notes))";

const FIND = `
  SELECT CAST(s.process_id AS TEXT) AS id, p.process_name AS name, s.notes AS notes, ${SEEN} AS seen
    FROM STATUS_PROCESS s LEFT JOIN PROCESE p ON p.process_id = s.process_id
   WHERE s.alarma = 1
   ORDER BY s.process_id LIMIT ${MAX_ALARMS}`;

const CLEAR = `
  UPDATE STATUS_PROCESS SET alarma = 0, notes = ?
   WHERE process_id = CAST(? AS INTEGER) AND alarma = 1 AND ${SEEN} = ?`;

const BUSY_PAUSE_MS = 20;
const SQLITE_BUSY = 5;

/** The alarms in a file of this host, for a first look and for a host without MySQL. */
export class SqliteStore implements InspectedStore {
  readonly #settings: DatabaseSettings;
  #database: DatabaseSync | undefined;

  constructor(settings: DatabaseSettings) {
    this.#settings = settings;
  }

  async findAlarms(stopping: AbortSignal): Promise<readonly Alarm[]> {
    const rows = await this.#run((database) => database.prepare(FIND).all(), stopping);
    return rows.map(alarmOf);
  }

  async clearAlarm(alarm: Alarm, at: Date): Promise<boolean> {
    const notes = stampNotes(alarm.notes, at, NOTES_LIMIT);
    const result = await this.#run((database) =>
      database.prepare(CLEAR).run(notes, alarm.id, alarm.seen),
    );
    return Number(result.changes) > 0;
  }

  /** The tables are made as they should be, so reading them is the whole of it. */
  async inspect(): Promise<readonly Problem[]> {
    const { file } = this.#settings;
    if (!existsSync(dirname(file))) {
      return [{ severity: 'error', message: `${file}: its directory does not exist` }];
    }
    if (!existsSync(file)) {
      return [
        { severity: 'warning', message: `${file} does not exist; the service makes it, empty` },
      ];
    }
    await this.#run((database) => database.prepare(FIND).all());
    await this.#run((database) =>
      database.exec('UPDATE STATUS_PROCESS SET alarma = 0 WHERE 1 = 0'),
    );
    return [];
  }

  async close(): Promise<void> {
    this.#database?.close();
    this.#database = undefined;
  }

  /** While another process writes, tries again until query_timeout; the event loop is not held meanwhile. */
  async #run<T>(work: (database: DatabaseSync) => T, stopping?: AbortSignal): Promise<T> {
    const { file, query_timeout } = this.#settings;
    const deadline = performance.now() + query_timeout * 1000;
    for (;;) {
      try {
        this.#database ??= openFile(file);
        return work(this.#database);
      } catch (error) {
        const isBusy = ((error as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY;
        if (!isBusy || performance.now() > deadline || stopping?.aborted) {
          await this.close();
          throw new StoreError(`${file}: ${(error as Error).message}`, { cause: error });
        }
        await sleep(BUSY_PAUSE_MS);
      }
    }
  }
}

function openFile(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec(SQLITE_TABLES);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
