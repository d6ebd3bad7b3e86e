import type { MysqlConnection } from './mysql_connection.ts';
import type { NotesLimit } from './notes.ts';

const NOTES_COLUMN = `
  SELECT CHARACTER_MAXIMUM_LENGTH AS characters, DATA_TYPE AS type
    FROM information_schema.COLUMNS
   WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'STATUS_PROCESS' AND COLUMN_NAME = 'notes'`;

const known = new WeakMap<MysqlConnection, NotesLimit>();

/** How much the column of the notes takes; asked once per connection. */
export async function notesLimitOf(connection: MysqlConnection): Promise<NotesLimit> {
  const limit = known.get(connection) ?? (await askForLimit(connection));
  known.set(connection, limit);
  return limit;
}

/** A VARCHAR is limited in characters, a TEXT in bytes. */
async function askForLimit(connection: MysqlConnection): Promise<NotesLimit> {
  const [column] = await connection.rows(NOTES_COLUMN);
  const length = Number(column?.characters ?? 0);
  const isText = String(column?.type).endsWith('text');
  return { characters: length, bytes: isText ? length : Number.POSITIVE_INFINITY };
}
