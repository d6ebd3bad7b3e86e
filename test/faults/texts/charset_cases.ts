import { pick, type Random } from '../../support/random.ts';

/** How the two columns of text are made, and the server's mind about text. */
export interface TablePart {
  readonly kind: 'table';
  readonly name: string;
  readonly notes: string;
  readonly mode: string;
}

/** A row in alarm, and what becomes of it. */
export interface RowPart {
  readonly kind: 'row';
  /** Expressions of SQL. */
  readonly name: string;
  readonly notes: string;
  /** Cleared; or changed by somebody else before that; or left alone. */
  readonly fate: 'cleared' | 'changed' | 'left';
}

export type CharsetPart = TablePart | RowPart;

const CHARSETS = [
  ...['latin1', 'latin1 COLLATE latin1_bin', 'latin2', 'cp1250', 'cp1251', 'koi8r'],
  ...['ascii', 'ucs2', 'utf16', 'utf16le', 'utf32', 'utf8mb3', 'utf8mb3 COLLATE utf8mb3_bin'],
  ...['utf8mb4', 'utf8mb4 COLLATE utf8mb4_bin', 'utf8mb4 COLLATE utf8mb4_unicode_520_ci'],
  ...['utf8mb4 COLLATE utf8mb4_nopad_bin', 'gbk', 'sjis', 'euckr', 'big5'],
];

const LENGTHS = [20, 34, 35, 36, 40, 64, 100, 255];

const BYTES = ['VARBINARY(40)', 'VARBINARY(100)', 'BINARY(60)', 'TINYBLOB', 'BLOB'];
const ENUMS = [
  "ENUM('', 'Web server', 'Datab\u00e4se') CHARACTER SET latin1",
  `ENUM('', 'a member that is as long as a stamp and more', 'b') CHARACTER SET utf8mb4`,
];

const MODES = [
  ...['', 'STRICT_TRANS_TABLES', 'STRICT_ALL_TABLES', 'TRADITIONAL', 'ANSI', 'ANSI_QUOTES'],
  ...['NO_BACKSLASH_ESCAPES', 'PAD_CHAR_TO_FULL_LENGTH', 'EMPTY_STRING_IS_NULL', 'ORACLE'],
  ...['PIPES_AS_CONCAT', 'IGNORE_SPACE', 'HIGH_NOT_PRECEDENCE'],
];

const TEXTS = [
  ...['', ' ', 'a', 'Web server', 'nginx', 'web@1.service', 'NGINX', 'a ', ' a', '   ', '0', '%s'],
  ...['\0', 'a\0b', '\\', "'", '"', '`', '--', ';', '\n', '\x1a', '\x1b[2J', '\\u0041'],
  ...['é', 'e\u0301', 'ñ', 'ß', 'ä', 'Ω', 'ж', '漢', '각', 'ﾊ', '€', 'İ', 'ı', '\u00a0', '\u00ad'],
  ...['💣', '👍🏽', '👩\u200d👩\u200d👧', '🇷🇴', '\u200b', '\ufeff', '\uffff', '\u{10ffff}', '�'],
  ...[' - Restarted at 2025-01-31 12:00:00', ' - Restarted at ', 'poweroff', '../../etc'],
];

/** A table with a few rows. */
export function charsetCase(random: Random): CharsetPart[] {
  const table: TablePart = {
    kind: 'table',
    name: textColumn(random),
    notes: random(6) === 0 ? pick(random, [...BYTES, ...ENUMS]) : textColumn(random),
    mode: someModes(random),
  };
  const rows = Array.from({ length: 1 + random(6) }, (): RowPart => {
    const fate = pick(random, ['cleared', 'cleared', 'changed', 'left'] as const);
    return { kind: 'row', name: someName(random), notes: someNotes(random), fate };
  });
  return [table, ...rows];
}

function textColumn(random: Random): string {
  const [charset = '', ...collation] = pick(random, CHARSETS).split(' ');
  const length = pick(random, LENGTHS);
  const type = pick(random, ['VARCHAR', 'VARCHAR', 'VARCHAR', 'CHAR', 'TINYTEXT', 'TEXT']);
  const sized = type.endsWith('TEXT') ? type : `${type}(${length})`;
  return `${sized} CHARACTER SET ${charset} ${collation.join(' ')}`.trim();
}

function someModes(random: Random): string {
  const modes = Array.from({ length: 1 + random(3) }, () => pick(random, MODES));
  return [...new Set(modes.filter((mode) => mode !== ''))].join(',');
}

function someName(random: Random): string {
  return random(2) === 0
    ? `'${pick(random, ['nginx', 'web@1', 'NGINX', 'a.b'])}'`
    : someText(random);
}

function someNotes(random: Random): string {
  return random(8) === 0 ? 'NULL' : someText(random);
}

/** A text up to the limits of its column and beyond, or bytes that mean nothing in most character sets. */
function someText(random: Random): string {
  if (random(4) === 0) {
    const bytes = Array.from({ length: random(300) >> random(6) }, () => random(256));
    return `X'${Buffer.from(bytes).toString('hex')}'`;
  }
  const pieces = Array.from({ length: random(7) }, () => pick(random, TEXTS));
  const text = pieces.join('');
  const isLong = random(3) === 0 && text !== '';
  const points = [...(isLong ? text.repeat(300) : text)];
  const limit = isLong ? pick(random, LENGTHS) - 2 + random(5) : points.length;
  const hex = Buffer.from(points.slice(0, limit).join('')).toString('hex');
  return `CONVERT(X'${hex}' USING utf8mb4)`;
}
