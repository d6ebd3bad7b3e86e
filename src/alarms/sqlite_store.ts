import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSettings } from '../configuration/keys.ts';
import type { Problem } from '../configuration/problem.ts';
import { type Alarm, MAX_ALARMS } from '../monitor/alarm_store.ts';
import { alarmOf } from './alarm_rows.ts';
import type { InspectedStore } from './inspected_store.ts';
import { stampNotes } from './notes.ts';
import { NOTES_LIMIT, SqliteFile } from './sqlite_file.ts';
import { type OnStatement, observed } from './statement.ts';

const SEEN = "iif(sound IS NULL, '-', hex(sound)) || ',' || iif(notes IS NULL, '-', hex(notes))";

const FIND = `
  SELECT CAST(s.process_id AS TEXT) AS id, p.process_name AS name, s.notes AS notes, ${SEEN} AS seen
    FROM STATUS_PROCESS s LEFT JOIN PROCESE p ON p.process_id = s.process_id
   WHERE s.alarma = 1
   ORDER BY s.process_id LIMIT ${MAX_ALARMS}`;

const CLEAR = `
  UPDATE STATUS_PROCESS SET alarma = 0, notes = ?
   WHERE process_id = CAST(? AS INTEGER) AND alarma = 1 AND ${SEEN} = ?`;

/** The alarms in a file of this host, for a first look and for a host without MySQL. */
export class SqliteStore implements InspectedStore {
  readonly #settings: DatabaseSettings;
  readonly #file: SqliteFile;
  readonly #onStatement: OnStatement;

  constructor(settings: DatabaseSettings, onStatement?: OnStatement, isReadOnly = false) {
    this.#settings = settings;
    this.#onStatement = onStatement;
    this.#file = new SqliteFile(settings, isReadOnly);
  }

  async findAlarms(stopping: AbortSignal): Promise<readonly Alarm[]> {
    const find = () => this.#file.run((database) => database.prepare(FIND).all(), stopping);
    const rows = await observed(FIND, find, this.#onStatement);
    return rows.map(alarmOf);
  }

  async clearAlarm(alarm: Alarm, at: Date): Promise<boolean> {
    const notes = stampNotes(alarm.notes, at, NOTES_LIMIT);
    const clear = () =>
      this.#file.run((database) => database.prepare(CLEAR).run(notes, alarm.id, alarm.seen));
    const result = await observed(CLEAR, clear, this.#onStatement);
    return Number(result.changes) > 0;
  }

  async describe(): Promise<string | undefined> {
    const { file } = this.#settings;
    return existsSync(file) ? `embedded database ${file}` : undefined;
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
    await this.#file.run((database) => database.prepare(FIND).all());
    await this.#file.run((database) =>
      database.exec('UPDATE STATUS_PROCESS SET alarma = 0 WHERE 1 = 0'),
    );
    return [];
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
