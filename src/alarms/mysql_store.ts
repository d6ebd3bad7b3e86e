import type { DatabaseSettings } from '../configuration/keys.ts';
import type { Problem } from '../configuration/problem.ts';
import { type Alarm, MAX_ALARMS } from '../monitor/alarm_store.ts';
import { alarmOf } from './alarm_rows.ts';
import type { InspectedStore } from './inspected_store.ts';
import { MysqlConnection, type Row } from './mysql_connection.ts';
import { ConnectionLost, NoAnswer } from './mysql_errors.ts';
import { inspectDatabase } from './mysql_inspection.ts';
import { type NotesLimit, stampNotes } from './notes.ts';
import { Turns } from './turns.ts';

/** Stands for a row's content byte by byte; a comparison of texts would take 'a' for 'A' and for 'a '. */
const seen = (row: string) =>
  `SHA2(CONCAT(IFNULL(HEX(${row}.sound), '-'), ',', IFNULL(HEX(${row}.notes), '-')), 256)`;

const FIND = `
  SELECT CAST(s.process_id AS CHAR) AS id,
         CONVERT(p.process_name USING utf8mb4) AS name,
         CONVERT(s.notes USING utf8mb4) AS notes,
         ${seen('s')} AS seen
    FROM STATUS_PROCESS s LEFT JOIN PROCESE p ON p.process_id = s.process_id
   WHERE s.alarma = 1
   ORDER BY s.process_id LIMIT ${MAX_ALARMS}`;

const CLEAR = `
  UPDATE STATUS_PROCESS s SET s.alarma = 0, s.notes = ?
   WHERE s.process_id = ? AND s.alarma = 1 AND ${seen('s')} = ?`;

const NOTES_COLUMN = `
  SELECT CHARACTER_MAXIMUM_LENGTH AS characters, DATA_TYPE AS type
    FROM information_schema.COLUMNS
   WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'STATUS_PROCESS' AND COLUMN_NAME = 'notes'`;

/** The alarms in MySQL or MariaDB, over one connection that stays open between checks. */
export class MysqlStore implements InspectedStore {
  readonly #settings: DatabaseSettings;
  #connection: MysqlConnection | undefined;
  #notesLimit: NotesLimit | undefined;
  readonly #turns = new Turns();
  /** The last time that the server was found gone. */
  #outage: ConnectionLost | undefined;

  constructor(settings: DatabaseSettings) {
    this.#settings = settings;
  }

  async findAlarms(stopping: AbortSignal): Promise<readonly Alarm[]> {
    const find = (connection: MysqlConnection) => connection.rows(FIND, [], stopping);
    const rows = await this.#inTurn(find, { stopping, ahead: true });
    return rows.map(alarmOf);
  }

  async clearAlarm(alarm: Alarm, at: Date): Promise<boolean> {
    const matched = await this.#inTurn(async (connection) => {
      const notes = stampNotes(alarm.notes, at, await this.#limitOf(connection));
      return await connection.matched(CLEAR, [notes, alarm.id, alarm.seen]);
    });
    return matched > 0;
  }

  inspect(): Promise<readonly Problem[]> {
    return this.#inTurn(inspectDatabase);
  }

  async close(): Promise<void> {
    await this.#turns.idle();
    await this.#connection?.close();
  }

  /**
   * One statement at a time, so that each has its whole time limit to itself. A check goes ahead: however many
   * alarms wait to be cleared, it takes no longer. What waited behind one that found the server gone fails with
   * it at once: a hundred of them must not wait a hundred time limits.
   */
  #inTurn<T>(
    work: (connection: MysqlConnection) => Promise<T>,
    { stopping, ahead = false }: { stopping?: AbortSignal; ahead?: boolean } = {},
  ): Promise<T> {
    const outage = this.#outage;
    const turn = async () => {
      if (this.#outage && this.#outage !== outage) {
        throw this.#outage;
      }
      try {
        return await this.#onConnection(work, stopping);
      } catch (error) {
        this.#outage = error instanceof ConnectionLost ? error : this.#outage;
        throw error;
      }
    };
    return this.#turns.take(turn, { ahead });
  }

  /** A connection that broke while it lay idle is replaced, and the work done on the new one. */
  async #onConnection<T>(
    work: (connection: MysqlConnection) => Promise<T>,
    stopping?: AbortSignal,
  ): Promise<T> {
    if (this.#connection?.isOpen) {
      try {
        return await this.#doOn(this.#connection, work);
      } catch (error) {
        if (!(error instanceof ConnectionLost) || error instanceof NoAnswer) {
          throw error;
        }
      }
    }
    return await this.#doOn(await this.#connect(stopping), work);
  }

  /** What was refused (a privilege, say) may be granted to a new connection, so no failure leaves one open. */
  async #doOn<T>(
    connection: MysqlConnection,
    work: (connection: MysqlConnection) => Promise<T>,
  ): Promise<T> {
    try {
      return await work(connection);
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  async #connect(stopping?: AbortSignal): Promise<MysqlConnection> {
    this.#notesLimit = undefined;
    this.#connection = await MysqlConnection.open(this.#settings, stopping);
    return this.#connection;
  }

  async #limitOf(connection: MysqlConnection): Promise<NotesLimit> {
    this.#notesLimit ??= limitFrom((await connection.rows(NOTES_COLUMN))[0]);
    return this.#notesLimit;
  }
}

/** A VARCHAR is limited in characters, a TEXT in bytes. */
function limitFrom(column: Row | undefined): NotesLimit {
  const length = Number(column?.characters ?? 0);
  const isText = String(column?.type).endsWith('text');
  return { characters: length, bytes: isText ? length : Number.POSITIVE_INFINITY };
}
