/** Users, privileges and tables that are not as they should be. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { MysqlStore } from '../../src/alarms/mysql_store.ts';
import type { Alarm } from '../../src/monitor/alarm_store.ts';
import { sharedServer } from '../support/address.ts';
import { addRow, type MysqlBed, mysqlBed, NEVER, NOON, rowOf, settingsFor } from './store_bed.ts';

const PASSWORD = "p;a#s's w=rd%";
const user = `monitor_${randomBytes(4).toString('hex')}`;
let bed: MysqlBed;

before(async () => {
  bed = await mysqlBed(sharedServer());
  await addRow(bed, { id: 1, name: 'nginx', notes: 'as it was' });
  await bed.database.sql(`CREATE USER '${user}'@'%' IDENTIFIED BY ?`, [PASSWORD]);
});
after(async () => {
  await bed.sql(`DROP USER '${user}'@'%'`);
  await bed.end();
});

/** Asks a store of the test's own user; the user's privileges are those given. */
async function asUser<T>(
  grants: string[],
  work: (store: MysqlStore) => Promise<T>,
  { password = PASSWORD, database = bed.database.name } = {},
): Promise<T> {
  await bed.sql(`REVOKE ALL PRIVILEGES, GRANT OPTION FROM '${user}'@'%'`);
  for (const grant of grants) {
    await bed.sql(`GRANT ${grant} TO '${user}'@'%'`);
  }
  const store = new MysqlStore(settingsFor({ ...sharedServer(), user, password }, database));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const on = (table: string) => `ON ${bed.database.name}.${table}`;
const find = (store: MysqlStore) => store.findAlarms(NEVER);
const inspect = (store: MysqlStore) => store.inspect();

describe('a user', () => {
  test('who may only SELECT finds alarms, and is told why clearing them fails', async () => {
    await asUser([`SELECT ${on('*')}`], async (store) => {
      const [alarm] = await store.findAlarms(NEVER);
      assert.equal(alarm?.name, 'nginx');
      await assert.rejects(store.clearAlarm(alarm as Alarm, NOON), {
        message:
          /UPDATE command denied.*; the user lacks a privilege, see GRANT at the end of setup\.sql$/,
      });
      assert.equal((await store.findAlarms(NEVER)).length, 1);
    });
    assert.deepEqual(await rowOf(bed, 1), [1, 0, 'as it was']);
  });

  test('who may not SELECT is told what to grant', async () => {
    const grants = [`SELECT ${on('PROCESE')}`];
    await assert.rejects(asUser(grants, find), {
      message:
        /SELECT command denied.*; the user lacks a privilege, see GRANT at the end of setup\.sql$/,
    });
  });

  test('who may do nothing in the database is told to check user and database', async () => {
    await assert.rejects(asUser([], find), {
      message:
        /Access denied.*; check user and database in \[database\], and GRANT at the end of setup\.sql$/,
    });
  });

  test('with a wrong password is told so, without the password', async () => {
    const wrong = asUser([], find, { password: 'wr0ng passw0rd' });
    await assert.rejects(wrong, (error: Error) => {
      assert.match(
        error.message,
        /Access denied.*; check user and password in \[database\]; a user with REQUIRE SSL/,
      );
      assert.ok(!error.message.includes('wr0ng'));
      return true;
    });
  });
});

describe('a database that is missing something', () => {
  test('is told to be set up where it is not there at all', async () => {
    const store = new MysqlStore(settingsFor(sharedServer(), 'monitor_test_never_made'));
    await assert.rejects(store.findAlarms(NEVER), {
      message:
        /Unknown database 'monitor_test_never_made'.*; run setup\.sql, or check database in \[database\]/,
    });
    await store.close();
  });

  test('is told to be set up where a table is not there', async () => {
    await bed.sql('RENAME TABLE PROCESE TO PROCESE_AWAY');
    await assert.rejects(bed.store.findAlarms(NEVER), { message: /PROCESE.*; run setup\.sql$/ });
    assert.deepEqual(
      (await bed.store.inspect()).map(({ severity }) => severity),
      ['error'],
    );
    await bed.sql('RENAME TABLE PROCESE_AWAY TO PROCESE');
    assert.equal((await bed.store.findAlarms(NEVER)).length, 1);
  });

  test('is told to be compared with setup.sql where a column is not there', async () => {
    await bed.sql('ALTER TABLE STATUS_PROCESS RENAME COLUMN sound TO noise');
    await assert.rejects(bed.store.findAlarms(NEVER), {
      message: /sound.*; compare the tables with setup\.sql$/,
    });
    await bed.sql('ALTER TABLE STATUS_PROCESS RENAME COLUMN noise TO sound');
  });
});

describe('a look at schema and privileges', () => {
  test('finds nothing wrong with the privileges that setup.sql grants', async () => {
    const grants = [
      `SELECT ${on('STATUS_PROCESS')}`,
      `SELECT ${on('PROCESE')}`,
      `UPDATE (alarma, notes) ${on('STATUS_PROCESS')}`,
    ];
    assert.deepEqual(await asUser(grants, inspect), []);
  });

  test('tells every privilege that is missing', async () => {
    const problems = await asUser([`SELECT ${on('PROCESE')}`], inspect);
    assert.deepEqual(
      problems.map(({ severity, message }) => [
        severity,
        /(SELECT|UPDATE) command/.exec(message)?.[1],
      ]),
      [
        ['error', 'SELECT'],
        ['error', 'UPDATE'],
      ],
    );
  });

  test('warns of a missing index', async () => {
    await bed.sql('ALTER TABLE STATUS_PROCESS DROP INDEX alarma_process_id');
    const message = 'STATUS_PROCESS has no index that begins with alarma; run setup.sql';
    assert.deepEqual(await bed.store.inspect(), [{ severity: 'warning', message }]);
    await bed.sql('ALTER TABLE STATUS_PROCESS ADD INDEX other (alarma)');
    assert.deepEqual(await bed.store.inspect(), []);
  });

  test('throws where the server can not be asked', async () => {
    const store = new MysqlStore(settingsFor(sharedServer(), 'monitor_test_never_made'));
    await assert.rejects(store.inspect(), /; run setup\.sql, or check/);
    await store.close();
  });
});
