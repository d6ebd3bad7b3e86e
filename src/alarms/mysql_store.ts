import type { DatabaseSettings } from '../configuration/keys.ts';
import type { Problem } from '../configuration/problem.ts';
import { type Alarm, MAX_ALARMS } from '../monitor/alarm_store.ts';
import { alarmOf } from './alarm_rows.ts';
import type { InspectedStore } from './inspected_store.ts';
import type { MysqlConnection } from './mysql_connection.ts';
import { isAgainstCheck } from './mysql_errors.ts';
import { describeServer, inspectDatabase } from './mysql_inspection.ts';
import { type NotesColumn, notesColumnOf } from './mysql_notes.ts';
import { MysqlSession } from './mysql_session.ts';
import { asText } from './mysql_text.ts';
import { stamped } from './notes.ts';
import type { OnStatement } from './statement.ts';

/**
 * Stands for a row's content byte by byte; a comparison of texts would take 'a' for 'A' and for 'a '. The notes as
 * they are: of a long text HEX() makes one beyond max_allowed_packet, which is NULL whatever the text.
 */
const seen = (row: string) =>
  `SHA2(CONCAT(IFNULL(HEX(${row}.sound), '-'), ',', IFNULL(SHA2(${row}.notes, 256), '-')), 256)`;

const FIND = `
  SELECT CAST(s.process_id AS CHAR) AS id,
         ${asText('p.process_name')} AS name,
         ${asText('s.notes')} AS notes,
         ${seen('s')} AS seen
    FROM STATUS_PROCESS s LEFT JOIN PROCESE p ON p.process_id = s.process_id
   WHERE s.alarma = 1
   ORDER BY s.process_id LIMIT ${MAX_ALARMS}`;

const UNCHANGED = `s.process_id = ? AND s.alarma = 1 AND ${seen('s')} = ?`;

/** What stays of the notes stays in its own bytes, which need not be text in any character set: only an end is cut off. */
const CLEAR = `
  UPDATE STATUS_PROCESS s
     SET s.alarma = 0, s.notes = IFNULL(CONCAT(LEFT(s.notes, CHAR_LENGTH(s.notes) - ?), ?), ?)
   WHERE ${UNCHANGED}`;

const CLEAR_ALARM_ALONE = `UPDATE STATUS_PROCESS s SET s.alarma = 0 WHERE ${UNCHANGED}`;

/** Whether a row is as CLEAR leaves it, with the stamp of this very second. */
const IS_CLEARED = `
  SELECT 1 FROM STATUS_PROCESS
   WHERE process_id = ? AND alarma = 0 AND LOCATE(?, ${asText('notes')}) > 0`;

/** The alarms in MySQL or MariaDB. */
export class MysqlStore implements InspectedStore {
  readonly #session: MysqlSession;

  constructor(settings: DatabaseSettings, onStatement?: OnStatement) {
    this.#session = new MysqlSession(settings, onStatement);
  }

  async findAlarms(stopping: AbortSignal): Promise<readonly Alarm[]> {
    const find = (connection: MysqlConnection) => connection.rows(FIND, [], stopping);
    const rows = await this.#session.inTurn(find, { stopping, ahead: true });
    return rows.map(alarmOf);
  }

  async clearAlarm(alarm: Alarm, at: Date): Promise<boolean> {
    let tries = 0;
    return await this.#session.inTurn(async (connection) => {
      const { stamp, cutOff } = changeOf(alarm, at, await notesColumnOf(connection));
      tries += 1;
      const row = [alarm.id, alarm.seen];
      const matched =
        stamp === ''
          ? await connection.matched(CLEAR_ALARM_ALONE, row)
          : await clearWithStamp(connection, [cutOff, stamp, stamp, ...row], row);
      // Of a first try the connection may have broken with the answer on its way.
      const isDone = async () => (await connection.rows(IS_CLEARED, [alarm.id, stamp])).length > 0;
      return matched > 0 || (tries > 1 && (await isDone()));
    });
  }

  describe(): Promise<string> {
    return this.#session.inTurn(describeServer);
  }

  inspect(): Promise<readonly Problem[]> {
    return this.#session.inTurn(inspectDatabase);
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

/** Without the stamp where a CHECK has something against it, as that of a column of JSON. */
async function clearWithStamp(
  connection: MysqlConnection,
  values: readonly (string | number)[],
  row: readonly string[],
): Promise<number> {
  try {
    return await connection.matched(CLEAR, values);
  } catch (error) {
    if (!isAgainstCheck(error)) {
      throw error;
    }
    return await connection.matched(CLEAR_ALARM_ALONE, row);
  }
}

/** What is put behind the notes, and how much of their end is cut off before that, in characters of the column. */
function changeOf({ notes }: Alarm, at: Date, column: NotesColumn) {
  const { kept, stamp } = stamped(column.withoutPadding(notes), at, column.limit);
  return { stamp, cutOff: column.lengthOf(notes.slice(kept.length)) };
}
