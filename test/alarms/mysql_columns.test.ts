/** Tables that were made before setup.sql, or by somebody else: what their notes column takes. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Alarm } from '../../src/monitor/alarm_store.ts';
import { sharedServer } from '../support/address.ts';
import {
  addRow,
  type MysqlBed,
  mysqlBed,
  NEVER,
  NOON,
  rowOf,
  STAMP,
  STAMP_ALONE,
  withStamp,
} from './store_bed.ts';

interface ColumnCase {
  column: string;
  notes: string;
  kept: string;
}

const CASES: ColumnCase[] = [
  { column: 'VARCHAR(100) CHARACTER SET latin1', notes: 'Web server', kept: 'Web server' },
  { column: 'VARCHAR(100) CHARACTER SET latin1', notes: 'ñ'.repeat(60), kept: 'ñ'.repeat(60) },
  { column: 'VARCHAR(100) CHARACTER SET latin1', notes: 'ñ'.repeat(100), kept: 'ñ'.repeat(65) },
  {
    column: 'VARCHAR(100) CHARACTER SET utf8mb3',
    notes: 'ñ进'.repeat(50),
    kept: `${'ñ进'.repeat(32)}ñ`,
  },
  { column: 'CHAR(100)', notes: 'x'.repeat(100), kept: 'x'.repeat(65) },
  { column: 'TINYTEXT', notes: 'x'.repeat(255), kept: 'x'.repeat(220) },
  { column: 'TINYTEXT', notes: 'ñ'.repeat(127), kept: 'ñ'.repeat(110) },
  { column: 'TEXT', notes: '💣'.repeat(500), kept: '💣'.repeat(500) },
  { column: 'TEXT', notes: '💣'.repeat(16_383), kept: '💣'.repeat(16_375) },
  { column: 'LONGTEXT', notes: 'x'.repeat(100_000), kept: 'x'.repeat(100_000) },
  { column: `VARCHAR(${STAMP.length})`, notes: 'Web server', kept: '' },
  { column: 'VARCHAR(40) COLLATE utf8mb4_bin', notes: 'Web server', kept: 'Web s' },
];

let bed: MysqlBed;

before(async () => {
  bed = await mysqlBed(sharedServer());
});
beforeEach(async () => {
  await bed.sql('DELETE FROM STATUS_PROCESS');
  await bed.sql('DELETE FROM PROCESE');
  await bed.store.close(); // what a column takes is learned once per connection
});
after(() => bed.end());

/** Clears the one alarm, ten times in a row. */
async function clearTenTimes(): Promise<void> {
  for (let round = 0; round < 10; round++) {
    await bed.sql('UPDATE STATUS_PROCESS SET alarma = 1');
    const [alarm] = await bed.store.findAlarms(NEVER);
    assert.equal(await bed.store.clearAlarm(alarm as Alarm, NOON), true);
  }
}

describe('a notes column', () => {
  for (const { column, notes, kept } of CASES) {
    const [first = ''] = notes;
    test(`${column} with ${[...notes].length} characters (${first}…) takes the stamp ten times in a row`, async () => {
      await bed.sql(`ALTER TABLE STATUS_PROCESS MODIFY notes ${column}`);
      await addRow(bed, { id: 1, name: 'nginx', notes });
      await clearTenTimes();
      assert.deepEqual(await rowOf(bed, 1), [0, 0, withStamp(kept)]);
    });
  }

  test('that is too short for the stamp keeps its notes, and the alarm is cleared', async () => {
    await bed.sql('ALTER TABLE STATUS_PROCESS MODIFY notes VARCHAR(20)');
    await addRow(bed, { id: 1, name: 'nginx', notes: 'Web server' });
    await clearTenTimes();
    assert.deepEqual(await rowOf(bed, 1), [0, 0, 'Web server']);
  });

  test('that became shorter meanwhile is asked anew on a new connection', async () => {
    await bed.sql('ALTER TABLE STATUS_PROCESS MODIFY notes VARCHAR(100)');
    await addRow(bed, { id: 1, name: 'nginx', notes: 'x'.repeat(60) });
    await clearTenTimes();
    await bed.sql(`UPDATE STATUS_PROCESS SET notes = NULL`);
    await bed.sql('ALTER TABLE STATUS_PROCESS MODIFY notes VARCHAR(40)');
    await bed.store.close();
    await clearTenTimes();
    assert.deepEqual(await rowOf(bed, 1), [0, 0, STAMP_ALONE]);
  });
});

describe('a notes column of another kind', () => {
  /** The bytes of the notes after the alarm was cleared ten times, each as the first. */
  async function cleared(column: string, notes: string): Promise<string> {
    await bed.sql(`ALTER TABLE STATUS_PROCESS MODIFY notes ${column}`);
    await bed.sql('INSERT INTO STATUS_PROCESS (process_id, alarma) VALUES (1, 1)');
    await bed.store.close();
    await bed.sql("SET sql_mode = ''"); // takes what means nothing in its character set
    await bed.sql(`UPDATE STATUS_PROCESS SET notes = ${notes}`);
    await clearTenTimes();
    const [row] = await bed.sql('SELECT HEX(notes) AS bytes FROM STATUS_PROCESS');
    return String(row?.bytes).toLowerCase();
  }
  const hex = (text: string) => Buffer.from(text).toString('hex');

  test('that holds bytes takes as many of them as it has room for', async () => {
    const notes = `X'${hex('ñ'.repeat(50))}'`;
    assert.equal(await cleared('VARBINARY(100)', notes), hex('ñ'.repeat(32) + STAMP));
    await bed.sql('DELETE FROM STATUS_PROCESS');
    assert.equal(await cleared('BINARY(60)', "'Web'"), hex(`Web${STAMP}`.padEnd(60, '\0')));
  });

  test('whose bytes mean nothing in its character set keeps them', async () => {
    const [bytes, stamp] = ['53746f7081907f', hex(STAMP)];
    assert.equal(await cleared('VARCHAR(100) CHARACTER SET cp1250', `X'${bytes}'`), bytes + stamp);
    await bed.sql('DELETE FROM STATUS_PROCESS');
    assert.equal(await cleared('VARBINARY(100)', `X'${bytes}'`), bytes + stamp);
  });

  test('whose characters take two bytes each is not given more than it takes', async () => {
    const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16().toString('hex');
    const column = 'TINYTEXT CHARACTER SET ucs2';
    assert.equal(await cleared(column, `'${'x'.repeat(127)}'`), swapped('x'.repeat(92) + STAMP));
  });

  test('with a CHECK that the stamp would not pass, as JSON has one, keeps its own, and the alarm is cleared', async () => {
    const notes = '{"a": 1}';
    const column = 'LONGTEXT, ADD CONSTRAINT is_json CHECK (JSON_VALID(notes))';
    try {
      assert.equal(await cleared(column, `'${notes}'`), hex(notes));
    } finally {
      await bed.sql('ALTER TABLE STATUS_PROCESS DROP CONSTRAINT is_json');
    }
  });

  test('that takes a few texts only keeps the one it has, and the alarm is cleared', async () => {
    const member = 'a member that is as long as the stamp and more';
    assert.equal(await cleared(`ENUM('', '${member}')`, `'${member}'`), hex(member));
  });
});

test('a change at the end of notes longer than half a max_allowed_packet is a change', async () => {
  await bed.sql('ALTER TABLE STATUS_PROCESS MODIFY notes LONGTEXT');
  const [server] = await bed.sql('SELECT @@max_allowed_packet AS bytes');
  const length = Math.floor(Number(server?.bytes) / 2) + 1;
  const fill = (end: string) =>
    bed.sql(`UPDATE STATUS_PROCESS SET notes = CONCAT(REPEAT('x', ${length}), '${end}')`);
  await addRow(bed, { id: 1, name: 'nginx' });
  await fill('a');
  const [alarm] = await bed.store.findAlarms(NEVER);
  await fill('b');
  assert.equal(await bed.store.clearAlarm(alarm as Alarm, NOON), false);
  const [changed] = await bed.store.findAlarms(NEVER);
  assert.equal(await bed.store.clearAlarm(changed as Alarm, NOON), true);
  await bed.sql('DELETE FROM STATUS_PROCESS');
});

describe('other columns', () => {
  test('in latin1 give names and notes as they are', async () => {
    await bed.sql('ALTER TABLE STATUS_PROCESS MODIFY notes VARCHAR(100) CHARACTER SET latin1');
    await bed.sql('ALTER TABLE PROCESE MODIFY process_name VARCHAR(100) CHARACTER SET latin1');
    await addRow(bed, { id: 1, name: 'café', notes: 'señal' });
    const [alarm] = await bed.store.findAlarms(NEVER);
    assert.deepEqual([alarm?.name, alarm?.notes], ['café', 'señal']);
  });

  test('that may be NULL where setup.sql has them not are no obstacle', async () => {
    await bed.sql('ALTER TABLE STATUS_PROCESS MODIFY sound TINYINT NULL, MODIFY alarma INT NULL');
    await bed.sql('ALTER TABLE PROCESE MODIFY process_name VARCHAR(100) NULL');
    await bed.sql('INSERT INTO STATUS_PROCESS (process_id, alarma, sound) VALUES (1, 1, NULL)');
    await bed.sql('INSERT INTO STATUS_PROCESS (process_id, alarma) VALUES (2, NULL)');
    await bed.sql('INSERT INTO PROCESE (process_id, process_name) VALUES (1, NULL)');
    const [alarm, ...others] = await bed.store.findAlarms(NEVER);
    assert.deepEqual([alarm?.id, alarm?.name, others], ['1', undefined, []]);
    await bed.sql('UPDATE STATUS_PROCESS SET sound = 0');
    assert.equal(await bed.store.clearAlarm(alarm as Alarm, NOON), false);
    await bed.sql('UPDATE STATUS_PROCESS SET sound = NULL');
    assert.equal(await bed.store.clearAlarm(alarm as Alarm, NOON), true);
  });

  test('for ids beyond 2^53 tell one row from the next', async () => {
    await bed.sql('ALTER TABLE STATUS_PROCESS MODIFY process_id BIGINT NOT NULL');
    const ids = ['9007199254740992', '9007199254740993'];
    for (const id of ids) {
      await bed.sql(`INSERT INTO STATUS_PROCESS (process_id, alarma) VALUES (${id}, 1)`);
    }
    const alarms = await bed.store.findAlarms(NEVER);
    assert.deepEqual(
      alarms.map(({ id }) => id),
      ids,
    );
    assert.equal(await bed.store.clearAlarm(alarms[1] as Alarm, NOON), true);
    assert.deepEqual(
      (await bed.store.findAlarms(NEVER)).map(({ id }) => id),
      [ids[0]],
    );
  });
});
