/** setup.sql, on the server that the tests share, in a database and for a user of the test's own name. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Connection } from 'mysql2/promise';
import { MysqlStore } from '../../src/alarms/mysql_store.ts';
import type { Alarm } from '../../src/monitor/alarm_store.ts';
import { sharedServer } from '../support/address.ts';
import { connect } from '../support/connection.ts';
import { startMariadb } from '../support/database_server.ts';
import { repository } from '../support/repository.ts';
import { NEVER, NOON, STAMP, settingsFor } from './store_bed.ts';

const name = `monitor_test_${randomBytes(6).toString('hex')}`;
const file = readFileSync(join(repository, 'setup.sql'), 'utf8');
const setup = file.replaceAll('v_process_monitor', name);
const SAMPLE = [
  [1, 'apache2', 'Web server'],
  [2, 'mysqld', 'Database server'],
  [3, 'sshd', 'Remote login'],
  [4, 'crond', 'Scheduled jobs'],
  [5, 'rsyslogd', 'System log'],
];
let session: Connection;

before(async () => {
  session = await connect(sharedServer(), { multipleStatements: true, rowsAsArray: true });
});
beforeEach(() => session.query(`DROP DATABASE IF EXISTS ${name}`));
after(async () => {
  await session.query(`DROP DATABASE IF EXISTS ${name}`);
  await session.end();
});

/** The last statement gives the comments before it something to belong to. */
async function runSetup(connection = session, script = setup): Promise<void> {
  await connection.query(`${script}\nDO 0`);
}

async function rows(sql: string, connection = session): Promise<unknown> {
  return (await connection.query(sql))[0];
}

const processes = (connection = session) =>
  rows(
    `SELECT p.process_id, p.process_name, s.notes FROM ${name}.PROCESE p
       JOIN ${name}.STATUS_PROCESS s USING (process_id) ORDER BY 1`,
    connection,
  );

describe('setup.sql', () => {
  test('makes sample rows, none of them in alarm', async () => {
    await runSetup();
    assert.deepEqual(await processes(), SAMPLE);
    assert.deepEqual(await rows(`SELECT SUM(alarma), SUM(sound) FROM ${name}.STATUS_PROCESS`), [
      ['0', '0'],
    ]);
  });

  test('run twice changes nothing', async () => {
    await runSetup();
    const tables = () => rows(`SHOW CREATE TABLE ${name}.STATUS_PROCESS`);
    const before = await tables();
    await runSetup();
    assert.deepEqual(await processes(), SAMPLE);
    assert.deepEqual(await tables(), before);
  });

  test('keeps rows that were deleted deleted, and rows that were edited as they are', async () => {
    await runSetup();
    await session.query(`DELETE FROM PROCESE WHERE process_id IN (2, 3);
      DELETE FROM STATUS_PROCESS WHERE process_id IN (2, 3);
      UPDATE PROCESE SET process_name = 'httpd' WHERE process_id = 1;
      UPDATE STATUS_PROCESS SET alarma = 1, notes = NULL WHERE process_id = 1`);
    await runSetup();
    assert.deepEqual(await processes(), [[1, 'httpd', null], SAMPLE[3], SAMPLE[4]]);
    assert.deepEqual(await rows(`SELECT process_id FROM ${name}.STATUS_PROCESS WHERE alarma = 1`), [
      [1],
    ]);
  });

  test('adds no sample row to a table that is left with rows in one table only', async () => {
    await runSetup();
    await session.query('DELETE FROM PROCESE');
    await runSetup();
    assert.deepEqual(await processes(), []);
  });

  test('gives a table of before the index, and keeps its rows', async () => {
    await session.query(`CREATE DATABASE ${name};
      CREATE TABLE ${name}.STATUS_PROCESS (process_id INT NOT NULL PRIMARY KEY, alarma INT,
        sound INT, notes VARCHAR(100));
      CREATE TABLE ${name}.PROCESE (process_id INT NOT NULL PRIMARY KEY, process_name VARCHAR(100));
      INSERT INTO ${name}.STATUS_PROCESS VALUES (7, 1, 0, 'mine');
      INSERT INTO ${name}.PROCESE VALUES (7, 'mine')`);
    await runSetup();
    await runSetup();
    assert.deepEqual(await processes(), [[7, 'mine', 'mine']]);
    assert.deepEqual(
      await rows(`SELECT INDEX_NAME, COLUMN_NAME FROM information_schema.STATISTICS
        WHERE TABLE_SCHEMA = '${name}' AND INDEX_NAME <> 'PRIMARY' ORDER BY SEQ_IN_INDEX`),
      [
        ['alarma_process_id', 'alarma'],
        ['alarma_process_id', 'process_id'],
      ],
    );
  });

  test('leaves an index of one’s own that begins with alarma as it is', async () => {
    await session.query(`CREATE DATABASE ${name};
      CREATE TABLE ${name}.STATUS_PROCESS (process_id INT NOT NULL PRIMARY KEY, alarma INT,
        sound INT, notes VARCHAR(100), KEY mine (alarma))`);
    await runSetup();
    assert.deepEqual(
      await rows(`SELECT INDEX_NAME FROM information_schema.STATISTICS
        WHERE TABLE_SCHEMA = '${name}' AND TABLE_NAME = 'STATUS_PROCESS' AND INDEX_NAME <> 'PRIMARY'`),
      [['mine']],
    );
  });

  test('takes the INSERT statements of the guide as they stand', async () => {
    await runSetup();
    await session.query(`USE ${name};

      -- Add to STATUS_PROCESS table
      INSERT INTO STATUS_PROCESS (process_id, alarma, sound, notes)
      VALUES (6, 0, 0, 'New process');

      -- Add to PROCESE table
      INSERT INTO PROCESE (process_id, process_name)
      VALUES (6, 'new_process_name');`);
    assert.deepEqual(await processes(), [...SAMPLE, [6, 'new_process_name', 'New process']]);
  });

  test('makes its sample rows on a server that commits only when told to', async (t) => {
    const server = await startMariadb({ settings: ['--autocommit=0'] });
    t.after(() => server.stop());
    const options = { multipleStatements: true, rowsAsArray: true };
    const administrator = await connect(server.address, options);
    await runSetup(administrator);
    await administrator.end();
    const other = await connect(server.address, options);
    t.after(() => other.destroy());
    assert.deepEqual(await processes(other), SAMPLE);
  });
});

describe('the user at the end of setup.sql', () => {
  const user = `monitor_${randomBytes(4).toString('hex')}`;
  const PASSWORD = 'choose a password';

  before(async () => {
    await runSetup();
    const [, block = ''] = /(^-- CREATE USER.*)/ms.exec(setup) ?? [];
    const statements = block
      .replace(/^-- ?/gm, '')
      .replaceAll("'monitor_service'@'localhost'", `'${user}'@'%'`);
    assert.equal(statements.match(/^(CREATE USER|GRANT) /gm)?.length, 4);
    await session.query(statements);
  });
  after(() => session.query(`DROP USER '${user}'@'%'`));
  // The database that the privileges are for is made again for each test; they stay.
  beforeEach(() => runSetup());

  const address = () => ({ ...sharedServer(), user, password: PASSWORD });

  test('can do a whole check: find an alarm and clear it', async (t) => {
    await session.query(`UPDATE ${name}.STATUS_PROCESS SET alarma = 1 WHERE process_id = 1`);
    const store = new MysqlStore(settingsFor(address(), name));
    t.after(() => store.close());
    assert.deepEqual(await store.inspect(), []);
    const [alarm] = await store.findAlarms(NEVER);
    assert.equal(alarm?.name, 'apache2');
    assert.equal(await store.clearAlarm(alarm as Alarm, NOON), true);
    assert.deepEqual(
      await rows(`SELECT alarma, notes FROM ${name}.STATUS_PROCESS WHERE process_id = 1`),
      [[0, `Web server${STAMP}`]],
    );
  });

  const FORBIDDEN = [
    'UPDATE STATUS_PROCESS SET sound = 1',
    'UPDATE STATUS_PROCESS SET process_id = 9 WHERE process_id = 1',
    "UPDATE PROCESE SET process_name = 'sh'",
    "INSERT INTO PROCESE VALUES (9, 'sh')",
    'INSERT INTO STATUS_PROCESS (process_id) VALUES (9)',
    'DELETE FROM STATUS_PROCESS',
    'DELETE FROM PROCESE',
    'CREATE TABLE other (id INT)',
    'DROP TABLE PROCESE',
    'ALTER TABLE PROCESE ADD other INT',
    'CREATE DATABASE monitor_test_of_nobody',
    'SELECT * FROM mysql.user',
    "CREATE USER 'other'@'%'",
  ];
  for (const statement of FORBIDDEN) {
    test(`may not ${statement}`, async (t) => {
      const own = await connect(address(), { database: name });
      t.after(() => own.destroy());
      await assert.rejects(own.query(statement), /denied/);
    });
  }
});
