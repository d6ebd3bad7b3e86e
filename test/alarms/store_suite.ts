import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Alarm } from '../../src/monitor/alarm_store.ts';
import {
  addRow,
  type BedRow,
  NEVER,
  NOON,
  rowOf,
  STAMP,
  STAMP_ALONE,
  type StoreBed,
  withStamp,
} from './store_bed.ts';

const MAX_ALARMS = 10_000;

/** What every store must do, on a database of its own. */
export function storeSuite(subject: string, open: () => Promise<StoreBed>): void {
  describe(subject, () => {
    let bed: StoreBed;

    before(async () => {
      bed = await open();
    });
    beforeEach(async () => {
      await bed.sql('DELETE FROM STATUS_PROCESS');
      await bed.sql('DELETE FROM PROCESE');
    });
    after(() => bed.end());

    async function found(row: Omit<BedRow, 'id'>): Promise<Alarm> {
      await addRow(bed, { id: 1, ...row });
      const [alarm] = await bed.store.findAlarms(NEVER);
      return alarm as Alarm;
    }

    test('finds every row in alarm and no other, in the order of their ids', async () => {
      await addRow(bed, { id: 10, name: 'sshd', notes: 'ten' });
      await addRow(bed, { id: 9, name: 'crond', alarma: 0 });
      await addRow(bed, { id: 2, name: 'nginx', notes: 'two' });
      await addRow(bed, { id: 3, name: 'cups', alarma: 2 });
      const alarms = await bed.store.findAlarms(NEVER);
      assert.deepEqual(
        alarms.map(({ id, name, notes }) => [id, name, notes]),
        [
          ['2', 'nginx', 'two'],
          ['10', 'sshd', 'ten'],
        ],
      );
    });

    test('finds nothing in empty tables', async () => {
      assert.deepEqual(await bed.store.findAlarms(NEVER), []);
    });

    test('finds a row whose process is missing, without a name', async () => {
      assert.equal((await found({ name: null })).name, undefined);
    });

    test('finds a process from the next check on that was added by SQL, until it is removed', async () => {
      assert.equal((await found({ name: null })).name, undefined);
      await bed.sql(`INSERT INTO PROCESE (process_id, process_name) VALUES (1, 'nginx')`);
      assert.equal((await bed.store.findAlarms(NEVER))[0]?.name, 'nginx');
      await bed.sql('DELETE FROM STATUS_PROCESS');
      assert.deepEqual(await bed.store.findAlarms(NEVER), []);
    });

    test('takes notes that are NULL for empty ones', async () => {
      assert.equal((await found({ name: 'nginx', notes: null })).notes, '');
    });

    for (const name of [
      '',
      ' a ',
      "a'b",
      'a"b',
      'a\\',
      'a\nb',
      '%s',
      '`id`',
      'é💣',
      'x'.repeat(100),
    ]) {
      test(`gives the name ${JSON.stringify(name)} as it is`, async () => {
        assert.equal((await found({ name })).name, name);
      });
    }

    test('clears the alarm that was seen, and notes when', async () => {
      const alarm = await found({ name: 'nginx', sound: 1, notes: 'Web server' });
      await addRow(bed, { id: 2, name: 'sshd', sound: 1, notes: 'Web server' });
      assert.equal(await bed.store.clearAlarm(alarm, NOON), true);
      assert.deepEqual(await rowOf(bed, 1), [0, 1, `Web server${STAMP}`]);
      assert.deepEqual(await rowOf(bed, 2), [1, 1, 'Web server']);
      assert.deepEqual(
        (await bed.store.findAlarms(NEVER)).map(({ id }) => id),
        ['2'],
      );
    });

    test('clears an alarm without a process', async () => {
      const alarm = await found({ name: null });
      assert.equal(await bed.store.clearAlarm(alarm, NOON), true);
      assert.deepEqual(await rowOf(bed, 1), [0, 0, STAMP_ALONE]);
    });

    test('clears an alarm once', async () => {
      const alarm = await found({ name: 'nginx', notes: 'Web server' });
      assert.equal(await bed.store.clearAlarm(alarm, NOON), true);
      assert.equal(await bed.store.clearAlarm(alarm, NOON), false);
      assert.deepEqual(await rowOf(bed, 1), [0, 0, `Web server${STAMP}`]);
    });

    const changes: [string, string | null, string][] = [
      ['alarma', 'note', 'alarma = 0'],
      ['alarma to a value of their own', 'note', 'alarma = 2'],
      ['sound', 'note', 'sound = 1'],
      ['notes', 'note', "notes = 'another'"],
      ['notes only in case', 'note', "notes = 'Note'"],
      ['notes only by a space at their end', 'note', "notes = 'note '"],
      ['notes only by an accent', 'note', "notes = 'noté'"],
      ['notes to NULL', 'note', 'notes = NULL'],
      ['notes from empty to NULL', '', 'notes = NULL'],
      ['notes from NULL to empty', null, "notes = ''"],
      ['notes from NULL to a dash', null, "notes = '-'"],
    ];
    for (const [what, notes, assignment] of changes) {
      test(`leaves an alarm alone where somebody changed ${what} meanwhile`, async () => {
        const alarm = await found({ name: 'nginx', notes });
        await bed.sql(`UPDATE STATUS_PROCESS SET ${assignment}`);
        const changed = await rowOf(bed, 1);
        assert.equal(await bed.store.clearAlarm(alarm, NOON), false);
        assert.deepEqual(await rowOf(bed, 1), changed);
      });
    }

    test('leaves alone what was deleted meanwhile', async () => {
      const alarm = await found({ name: 'nginx' });
      await bed.sql('DELETE FROM STATUS_PROCESS');
      assert.equal(await bed.store.clearAlarm(alarm, NOON), false);
      assert.deepEqual(await rowOf(bed, 1), []);
    });

    test('finds a changed alarm as another one, and clears that', async () => {
      const alarm = await found({ name: 'nginx', notes: 'note' });
      await bed.sql("UPDATE STATUS_PROCESS SET notes = 'Note'");
      const [changed] = await bed.store.findAlarms(NEVER);
      assert.notEqual(changed?.seen, alarm.seen);
      assert.equal(await bed.store.clearAlarm(changed as Alarm, NOON), true);
      assert.deepEqual(await rowOf(bed, 1), [0, 0, `Note${STAMP}`]);
    });

    const full: [string, string | null, string][] = [
      ['of 100 characters', 'x'.repeat(100), 'x'.repeat(65)],
      ['of 100 emoji', '💣'.repeat(100), '💣'.repeat(65)],
      ['of 100 letters of two bytes', 'ñ'.repeat(100), 'ñ'.repeat(65)],
      ['of accents that must not be parted', 'e\u0301'.repeat(50), 'e\u0301'.repeat(32)],
      ['that are NULL', null, ''],
      ['that are empty', '', ''],
      ['that end with a stamp of before', `Web${STAMP.replace('2025', '2024')}`, 'Web'],
    ];
    for (const [what, notes, kept] of full) {
      test(`clears an alarm with notes ${what}, ten times in a row`, async () => {
        await addRow(bed, { id: 1, name: 'nginx', alarma: 0, notes });
        for (let round = 0; round < 10; round++) {
          await bed.sql('UPDATE STATUS_PROCESS SET alarma = 1');
          const [alarm] = await bed.store.findAlarms(NEVER);
          assert.equal(await bed.store.clearAlarm(alarm as Alarm, NOON), true);
          assert.deepEqual(await rowOf(bed, 1), [0, 0, withStamp(kept)]);
        }
      });
    }

    const hostile = [
      "'; DROP TABLE STATUS_PROCESS; --",
      '" OR ""="',
      "\\'\\",
      '\\',
      '%s %d ? ?? :a $1 @b',
      'a\nb\r\n\tc\x1a\x1b[2J',
      '/* */ # --',
      '\u202e\u0007',
      '{"a": null}',
    ];
    for (const notes of hostile) {
      test(`keeps notes such as ${JSON.stringify(notes)} as they are`, async () => {
        const alarm = await found({ name: 'nginx', notes });
        assert.equal(alarm.notes, notes);
        assert.equal(await bed.store.clearAlarm(alarm, NOON), true);
        assert.deepEqual(await rowOf(bed, 1), [0, 0, notes + STAMP]);
      });
    }

    test('finds at most 10,000 alarms, and the rest once those are cleared', async () => {
      const ids = Array.from({ length: MAX_ALARMS + 5 }, (_, index) => index + 1);
      await bed.sql(
        `INSERT INTO STATUS_PROCESS (process_id, alarma) VALUES ${ids.map((id) => `(${id}, 1)`)}`,
      );
      const alarms = await bed.store.findAlarms(NEVER);
      assert.deepEqual([alarms.length, alarms.at(-1)?.id], [MAX_ALARMS, `${MAX_ALARMS}`]);
      await bed.sql(`UPDATE STATUS_PROCESS SET alarma = 0 WHERE process_id <= ${MAX_ALARMS}`);
      assert.equal((await bed.store.findAlarms(NEVER)).length, 5);
    });

    test('clears many alarms that are asked for at once', async () => {
      const ids = Array.from({ length: 50 }, (_, index) => index + 1);
      for (const id of ids) {
        await addRow(bed, { id, name: `p${id}` });
      }
      const alarms = await bed.store.findAlarms(NEVER);
      const cleared = await Promise.all(alarms.map((alarm) => bed.store.clearAlarm(alarm, NOON)));
      assert.deepEqual(
        cleared,
        ids.map(() => true),
      );
      assert.deepEqual(await bed.store.findAlarms(NEVER), []);
    });

    test('has nothing to complain about in its tables, and changes nothing by looking', async () => {
      await addRow(bed, { id: 1, name: 'nginx', notes: 'as it was' });
      assert.deepEqual(await bed.store.inspect(), []);
      assert.deepEqual(await rowOf(bed, 1), [1, 0, 'as it was']);
    });

    test('works again after it was closed', async () => {
      await addRow(bed, { id: 1, name: 'nginx' });
      await bed.store.close();
      assert.equal((await bed.store.findAlarms(NEVER)).length, 1);
    });
  });
}
