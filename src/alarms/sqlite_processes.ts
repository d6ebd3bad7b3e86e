import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { DatabaseSettings } from '../configuration/keys.ts';
import { StoreError } from '../monitor/alarm_store.ts';
import { fitNotes } from './notes.ts';
import { PAGE_OF_IDS, type Processes, type ProcessRow, processOf } from './processes.ts';
import { NOTES_LIMIT, SqliteFile } from './sqlite_file.ts';

const PAGE_AFTER = `
  SELECT CAST(i.process_id AS TEXT) AS id, p.process_name AS name, s.process_id IS NOT NULL AS has_status,
         s.alarma AS alarma, s.sound AS sound, s.notes AS notes
    FROM (${PAGE_OF_IDS.replaceAll('?', 'CAST(?1 AS INTEGER)')}) AS i
    LEFT JOIN STATUS_PROCESS s ON s.process_id = i.process_id
    LEFT JOIN PROCESE p ON p.process_id = i.process_id
   ORDER BY i.process_id`;

const ADD_NAME = `
  INSERT INTO PROCESE (process_id, process_name)
  SELECT max(coalesce(max(process_id), 0), 0) + 1, ?
    FROM (SELECT process_id FROM STATUS_PROCESS UNION ALL SELECT process_id FROM PROCESE)
  RETURNING CAST(process_id AS TEXT) AS id`;

const ADD_STATUS = `
  INSERT INTO STATUS_PROCESS (process_id, alarma, sound, notes)
  VALUES (CAST(? AS INTEGER), 1, 0, ?)`;

/** The processes in the embedded database. */
export class SqliteProcesses implements Processes {
  readonly #settings: DatabaseSettings;
  readonly #file: SqliteFile;

  constructor(settings: DatabaseSettings) {
    this.#settings = settings;
    this.#file = new SqliteFile(settings);
  }

  async pageAfter(id: string): Promise<readonly ProcessRow[]> {
    return (await this.#run((database) => database.prepare(PAGE_AFTER).all(id))).map(processOf);
  }

  async setAlarms(ids: readonly string[], isInAlarm: boolean, note?: string): Promise<void> {
    const notes = note === undefined ? null : fitNotes(note, NOTES_LIMIT);
    await this.#run((database) =>
      database
        .prepare(
          `UPDATE STATUS_PROCESS SET alarma = ?, notes = coalesce(?, notes)
            WHERE process_id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))`,
        )
        .run(isInAlarm ? 1 : 0, notes, JSON.stringify(ids)),
    );
  }

  add(name: string, note: string): Promise<string> {
    return this.#run((database) => {
      database.exec('BEGIN IMMEDIATE');
      try {
        const id = String(database.prepare(ADD_NAME).get(name)?.id);
        database.prepare(ADD_STATUS).run(id, fitNotes(note, NOTES_LIMIT));
        database.exec('COMMIT');
        return id;
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** The service makes the file; who only looks must not, for it may be a slip in the configuration. */
  async #run<T>(work: (database: DatabaseSync) => T): Promise<T> {
    const { file } = this.#settings;
    if (!existsSync(file)) {
      throw new StoreError(
        `${file} does not exist; check file in [database]; the service makes it`,
      );
    }
    return await this.#file.run(work);
  }
}
