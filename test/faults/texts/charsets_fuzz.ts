/** Names and notes in every character set, on a real server: what is in the tables may come from anywhere. */
import assert from 'node:assert/strict';
import { MysqlStore } from '../../../src/alarms/mysql_store.ts';
import type { Alarm } from '../../../src/monitor/alarm_store.ts';
import { refusalOf } from '../../../src/monitor/process_name.ts';
import { databaseSettings, NEVER, NOON, STAMP, STAMP_ALONE } from '../../alarms/store_bed.ts';
import type { TestDatabase } from '../../support/test_database.ts';
import type { Property, Tally } from '../property.ts';
import { type CharsetPart, charsetCase, type RowPart, type TablePart } from './charset_cases.ts';

export const ROUNDS = { quick: 40, long: 2500 };

const DEFAULT_TABLE: TablePart = {
  kind: 'table',
  name: 'VARCHAR(100) CHARACTER SET utf8mb4',
  notes: 'VARCHAR(100) CHARACTER SET utf8mb4',
  mode: '',
};

/** A row byte by byte. */
interface Bytes {
  readonly alarma: number;
  readonly name: string | null;
  readonly notes: string | null;
}

/** On a database of a server that is nobody else's, as its sql_mode is set. */
export function charsetsKeepTheirTexts(database: TestDatabase): Property<CharsetPart> {
  return {
    title:
      'in every character set alarms are found and cleared, and no text is lost but for its end',
    ...ROUNDS,
    expected: [
      ...['cleared: whole', 'cleared: cut', 'cleared: no room for the stamp'],
      ...['changed meanwhile: not cleared', 'name refused', 'name accepted'],
    ],
    generate: charsetCase,
    async check(parts, tally) {
      const table = parts.find((part) => part.kind === 'table') ?? DEFAULT_TABLE;
      const rows = parts.filter((part) => part.kind === 'row');
      await makeTables(database, table, rows);
      const store = new MysqlStore(databaseSettings(database.config));
      try {
        await checkRows(database, store, rows, tally);
      } finally {
        await store.close();
      }
    },
  };
}

async function makeTables(
  database: TestDatabase,
  { name, notes, mode }: TablePart,
  rows: readonly RowPart[],
): Promise<void> {
  await database.sql("SET sql_mode = ''");
  await database.sql('DROP TABLE IF EXISTS STATUS_PROCESS, PROCESE');
  await database.sql(`CREATE TABLE PROCESE (process_id INT PRIMARY KEY, process_name ${name})`);
  await database.sql(`CREATE TABLE STATUS_PROCESS (process_id INT PRIMARY KEY,
    alarma INT NOT NULL, sound INT, notes ${notes}, KEY (alarma, process_id))`);
  for (const [index, row] of rows.entries()) {
    await database.sql(`INSERT IGNORE INTO PROCESE VALUES (${index}, ${row.name})`);
    await database.sql(`INSERT IGNORE INTO STATUS_PROCESS VALUES (${index}, 1, 0, ${row.notes})`);
  }
  await database.sql(`SET GLOBAL sql_mode = '${mode}'`); // for the connections that come
}

async function checkRows(
  database: TestDatabase,
  store: MysqlStore,
  rows: readonly RowPart[],
  tally: Tally,
): Promise<void> {
  const alarms = await store.findAlarms(NEVER);
  assert.deepEqual(
    alarms.map(({ id }) => id),
    rows.map((_, index) => String(index)),
  );
  for (const [index, { fate }] of rows.entries()) {
    const alarm = alarms[index] as Alarm;
    checkName(alarm.name, tally);
    if (fate === 'left') {
      continue;
    }
    const isChanged = fate === 'changed' && (await change(database, index));
    const before = await bytesOf(database);
    const isCleared = await store.clearAlarm(alarm, NOON);
    const after = await bytesOf(database);
    assert.equal(isCleared, !isChanged, `row ${index} ${isChanged ? 'changed' : 'unchanged'}`);
    const expected = isChanged
      ? before[index]
      : { ...after[index], alarma: 0, name: before[index]?.name };
    assert.deepEqual(after, before.with(index, expected as Bytes));
    if (isChanged) {
      tally('changed meanwhile: not cleared');
    } else {
      const signs = await signsOf(database);
      tally(`cleared: ${kept(before[index] as Bytes, after[index] as Bytes, signs)}`);
      await clearAgain(database, store, index);
    }
  }
}

function checkName(name: string | undefined, tally: Tally): void {
  const refusal = refusalOf(name ?? '');
  tally(refusal === undefined ? 'name accepted' : 'name refused');
  assert.ok(refusal !== undefined || /^[a-z0-9][\w.@:+-]{0,99}$/i.test(name ?? ''));
}

/** As somebody may who sees the same in both: by its collation, or with a space behind it. False: nothing is other. */
async function change(database: TestDatabase, index: number): Promise<boolean> {
  const before = await bytesOf(database);
  await database.sql(`UPDATE IGNORE STATUS_PROCESS SET notes = IF(notes = LOWER(notes),
    CONCAT(IFNULL(notes, ''), ' '), LOWER(notes)) WHERE process_id = ${index}`);
  const after = await bytesOf(database);
  return before[index]?.notes !== after[index]?.notes;
}

async function bytesOf(database: TestDatabase): Promise<Bytes[]> {
  const rows = await database.sql(`
    SELECT s.alarma AS alarma, HEX(p.process_name) AS name, HEX(s.notes) AS notes
      FROM STATUS_PROCESS s LEFT JOIN PROCESE p USING (process_id) ORDER BY s.process_id`);
  return rows.map(({ alarma, name, notes }) => ({ alarma, name, notes }));
}

/** In the bytes of the column of the notes, in hexadecimal. */
interface Signs {
  readonly stamp: string;
  /** Of notes that were empty. */
  readonly alone: string;
  /** What a CHAR or a BINARY is filled up with. */
  readonly filling: string;
}

async function signsOf(database: TestDatabase): Promise<Signs> {
  const [column] = await database.sql(`
    SELECT CHARACTER_SET_NAME AS charset FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'STATUS_PROCESS' AND COLUMN_NAME = 'notes'`);
  const hex = (text: string) => `HEX(CONVERT('${text}' USING ${column?.charset ?? 'latin1'}))`;
  const [row] = await database.sql(
    `SELECT ${hex(STAMP)} AS stamp, ${hex(STAMP_ALONE)} AS alone, ${hex(' ')} AS space`,
  );
  return { stamp: row?.stamp, alone: row?.alone, filling: column?.charset ? row?.space : '00' };
}

/** What became of the notes; throws where more than their end is gone. */
function kept(before: Bytes, after: Bytes, signs: Signs): string {
  const { stamp, alone, filling } = signs;
  const [old, now] = [before.notes, after.notes].map((notes) => without(filling, notes ?? '')) as [
    string,
    string,
  ];
  if (now === alone) {
    return [alone, ''].includes(without(stamp, old)) ? 'whole' : 'cut';
  }
  if (!now.endsWith(stamp)) {
    assert.equal(now, old, 'neither stamped nor left');
    return 'no room for the stamp';
  }
  const rest = now.slice(0, -stamp.length);
  assert.ok(
    (before.notes ?? '').startsWith(rest),
    `more than the end is gone: ${old} became ${now}`,
  );
  return [old, before.notes ?? '', without(stamp, old)].includes(rest) ? 'whole' : 'cut';
}

function without(end: string, text: string): string {
  return text.endsWith(end) ? without(end, text.slice(0, -end.length)) : text;
}

/** In alarm again and cleared again, it is stamped once, and has lost nothing more. */
async function clearAgain(database: TestDatabase, store: MysqlStore, index: number): Promise<void> {
  const before = await bytesOf(database);
  await database.sql(`UPDATE STATUS_PROCESS SET alarma = 1 WHERE process_id = ${index}`);
  const alarm = (await store.findAlarms(NEVER)).find(({ id }) => id === String(index));
  assert.equal(await store.clearAlarm(alarm as Alarm, NOON), true);
  assert.deepEqual(await bytesOf(database), before, 'other after a second time');
}
