/** Tables that were made before setup.sql, or by somebody else: what their notes column takes. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Alarm } from '../../src/monitor/alarm_store.ts';
import { sharedServer } from '../support/address.ts';
import { addRow, type MysqlBed, mysqlBed, NEVER, NOON, rowOf, STAMP } from './store_bed.ts';

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
      assert.deepEqual(await rowOf(bed, 1), [0, 0, kept + STAMP]);
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
    assert.deepEqual(await rowOf(bed, 1), [0, 0, STAMP]);
  });
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
