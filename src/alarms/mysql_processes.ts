import type { DatabaseSettings } from '../configuration/keys.ts';
import { notesColumnOf } from './mysql_notes.ts';
import { MysqlSession } from './mysql_session.ts';
import { asText } from './mysql_text.ts';
import { fitNotes } from './notes.ts';
import { PAGE_OF_IDS, type Processes, type ProcessRow, processOf } from './processes.ts';

const PAGE_AFTER = `
  SELECT CAST(i.process_id AS CHAR) AS id,
         ${asText('p.process_name')} AS name,
         s.process_id IS NOT NULL AS has_status,
         s.alarma AS alarma,
         s.sound AS sound,
         ${asText('s.notes')} AS notes
    FROM (${PAGE_OF_IDS}) AS i
    LEFT JOIN STATUS_PROCESS s ON s.process_id = i.process_id
    LEFT JOIN PROCESE p ON p.process_id = i.process_id
   ORDER BY i.process_id`;

const NEXT_ID = `
  SELECT CAST(GREATEST(COALESCE(MAX(process_id), 0), 0) + 1 AS CHAR) AS id
    FROM (SELECT process_id FROM STATUS_PROCESS UNION ALL SELECT process_id FROM PROCESE) AS ids`;

/** The processes in MySQL or MariaDB. */
export class MysqlProcesses implements Processes {
  readonly #session: MysqlSession;

  constructor(settings: DatabaseSettings) {
    this.#session = new MysqlSession(settings);
  }

  async pageAfter(id: string): Promise<readonly ProcessRow[]> {
    const rows = await this.#session.inTurn((connection) => connection.rows(PAGE_AFTER, [id, id]));
    return rows.map(processOf);
  }

  async setAlarms(ids: readonly string[], isInAlarm: boolean, note?: string): Promise<void> {
    const marks = ids.map(() => '?').join(', ');
    await this.#session.inTurn(async (connection) => {
      const alarma = isInAlarm ? 1 : 0;
      if (note === undefined) {
        const update = `UPDATE STATUS_PROCESS SET alarma = ? WHERE process_id IN (${marks})`;
        return await connection.run(update, [alarma, ...ids]);
      }
      const update = `UPDATE STATUS_PROCESS SET alarma = ?, notes = ? WHERE process_id IN (${marks})`;
      const notes = fitNotes(note, (await notesColumnOf(connection)).limit);
      return await connection.run(update, [alarma, notes, ...ids]);
    });
  }

  /** In one transaction; two that add at a time get one id, and the key of the tables refuses the second. */
  add(name: string, note: string): Promise<string> {
    return this.#session.inTurn(async (connection) => {
      const notes = fitNotes(note, (await notesColumnOf(connection)).limit);
      await connection.run('SET autocommit = 0');
      const id = String((await connection.rows(NEXT_ID))[0]?.id);
      await connection.run('INSERT INTO PROCESE (process_id, process_name) VALUES (?, ?)', [
        id,
        name,
      ]);
      await connection.run(
        'INSERT INTO STATUS_PROCESS (process_id, alarma, sound, notes) VALUES (?, 1, 0, ?)',
        [id, notes],
      );
      await connection.run('COMMIT');
      await connection.run('SET autocommit = 1');
      return id;
    });
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}
