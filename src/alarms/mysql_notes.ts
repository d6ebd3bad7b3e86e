import type { MysqlConnection } from './mysql_connection.ts';
import type { NotesLimit } from './notes.ts';

/** The column that the notes are in, of whatever type and character set somebody made it. */
export interface NotesColumn {
  readonly limit: NotesLimit;
  /** How long a text in it is, as CHAR_LENGTH() counts. */
  lengthOf(text: string): number;
  /** Its text without what only fills it up. */
  withoutPadding(text: string): string;
}

const NOTES_COLUMN = `
  SELECT CHARACTER_MAXIMUM_LENGTH AS characters, CHARACTER_OCTET_LENGTH AS bytes, DATA_TYPE AS type,
         CHARACTER_SET_NAME AS charset, MAXLEN AS widest
    FROM information_schema.COLUMNS LEFT JOIN information_schema.CHARACTER_SETS USING (CHARACTER_SET_NAME)
   WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'STATUS_PROCESS' AND COLUMN_NAME = 'notes'`;

/** Never an operator's: a CHAR keeps no space at its end, and has some with the sql_mode PAD_CHAR_TO_FULL_LENGTH. */
const PADDING: Readonly<Record<string, RegExp>> = { char: / +$/, binary: /\0+$/ };

const known = new WeakMap<MysqlConnection, NotesColumn>();

/** Asked once per connection. */
export async function notesColumnOf(connection: MysqlConnection): Promise<NotesColumn> {
  const column = known.get(connection) ?? columnOf((await connection.rows(NOTES_COLUMN))[0]);
  known.set(connection, column);
  return column;
}

/** A VARCHAR is limited in characters, a TEXT and what holds bytes in bytes; an ENUM, say, takes no other text. */
function columnOf(row: Readonly<Record<string, unknown>> = {}): NotesColumn {
  const type = String(row.type);
  const isBinary = /(?:binary|blob)$/.test(type);
  const takesAny = isBinary || /(?:char|text)$/.test(type);
  const [characters, bytes] = [row.characters, row.bytes].map((length) =>
    takesAny ? Number(length) : 0,
  ) as [number, number];
  const isInCharacters = /char$/.test(type);
  const bytesOf = byteCounter(isBinary ? 'binary' : String(row.charset), Number(row.widest));
  return {
    limit: {
      characters: isInCharacters ? characters : bytes,
      bytes: isInCharacters ? Number.POSITIVE_INFINITY : bytes,
      bytesOf,
    },
    lengthOf: isBinary ? bytesOf : pointsOf,
    withoutPadding: (text) => text.replace(PADDING[type] ?? /$^/, ''),
  };
}

/** How many bytes a text takes, at most, in a character set whose characters take so many at most. */
function byteCounter(charset: string, widest: number): (text: string) => number {
  if (/^utf8|^binary$/.test(charset)) {
    return Buffer.byteLength;
  }
  return charset.startsWith('utf16')
    ? (text) => 2 * text.length
    : (text) => widest * pointsOf(text);
}

/** Not by a list of them, which of a long text takes hundreds of megabytes. */
function pointsOf(text: string): number {
  let points = 0;
  for (const _point of text) {
    points += 1;
  }
  return points;
}
