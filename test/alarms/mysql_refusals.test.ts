/** Refusals of a real server, each with what an operator can do about it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ConnectionLost } from '../../src/alarms/mysql_errors.ts';
import { MysqlProcesses } from '../../src/alarms/mysql_processes.ts';
import { MysqlStore } from '../../src/alarms/mysql_store.ts';
import type { StoreError } from '../../src/monitor/alarm_store.ts';
import { type DatabaseServer, startMariadb } from '../support/database_server.ts';
import { addRow, type MysqlBed, mysqlBed, NEVER, settingsFor } from './store_bed.ts';

const PASSWORD = 's3cret';
let server: DatabaseServer;
let bed: MysqlBed;

before(async () => {
  server = await startMariadb({ settings: ['--plugin-load-add=auth_ed25519'] });
  bed = await mysqlBed(server);
  await addRow(bed, { id: 1, name: 'nginx' });
});
after(async () => {
  await bed.end();
  await server.stop();
});

/** What a user is told who is made so, of a check or of something else. */
async function told(
  how: string,
  work = (store: MysqlStore): Promise<unknown> => store.findAlarms(NEVER),
  { keys = '', password = PASSWORD } = {},
): Promise<StoreError> {
  await bed.sql(`CREATE OR REPLACE USER victim@'%' ${how}`);
  await bed.sql(`GRANT SELECT, UPDATE ON *.* TO victim@'%'`);
  const address = { ...server.address, user: 'victim', password };
  const store = new MysqlStore(settingsFor(address, bed.database.name, keys));
  try {
    await work(store);
  } catch (error) {
    return error as StoreError;
  } finally {
    await store.close();
  }
  throw new Error('nothing was refused');
}

const BY_PASSWORD = `IDENTIFIED BY '${PASSWORD}'`;

describe('a login that MariaDB refuses', () => {
  const cases: [what: string, how: string, expected: RegExp][] = [
    [
      'of a locked user, by the name that MariaDB gives it',
      `${BY_PASSWORD} ACCOUNT LOCK`,
      /this account is locked \(ER_ACCOUNT_HAS_BEEN_LOCKED\); unlock the user: ALTER USER/,
    ],
    [
      'of a user with ed25519',
      `IDENTIFIED VIA ed25519 USING PASSWORD('${PASSWORD}')`,
      /authenticated by client_ed25519, which the service does not support.*; give the user a password: ALTER USER 'USER'@'HOST' IDENTIFIED VIA mysql_native_password/,
    ],
    [
      'of a user of unix_socket',
      'IDENTIFIED VIA unix_socket',
      /Access denied.*; check user and password in \[database\]; a user of unix_socket or auth_socket logs in through the socket/,
    ],
    [
      'of a user who must encrypt',
      `${BY_PASSWORD} REQUIRE SSL`,
      /Access denied.*; check user and password in \[database\]; a user with REQUIRE SSL needs ssl_mode = required$/,
    ],
  ];
  for (const [what, how, expected] of cases) {
    test(what, async () => {
      const { message } = await told(how);
      assert.match(message, expected);
      assert.doesNotMatch(message, /TODO|s3cret/);
    });
  }

  test('of a user whose password has expired', async () => {
    await bed.sql('SET GLOBAL disconnect_on_expired_password = 1');
    const { message } = await told(`${BY_PASSWORD} PASSWORD EXPIRE`);
    assert.match(
      message,
      /\(ER_MUST_CHANGE_PASSWORD(?:_LOGIN)?\); the password has expired: ALTER/,
    );
  });

  test('of one who comes from the wrong host', async () => {
    await bed.sql(`CREATE OR REPLACE USER stranger@'192.0.2.1' ${BY_PASSWORD}`);
    const address = { ...server.address, user: 'stranger', password: PASSWORD };
    const store = new MysqlStore(settingsFor(address, bed.database.name));
    await assert.rejects(store.findAlarms(NEVER), /Access denied.*; check user and password/);
    await store.close();
  });
});

describe('a statement that MariaDB refuses', () => {
  test('as it took too long is no broken connection, and has its name', async () => {
    const error = await told(`${BY_PASSWORD} WITH MAX_STATEMENT_TIME 0.000001`, async (store) => {
      await bed.sql('LOCK TABLES STATUS_PROCESS WRITE');
      try {
        await store.findAlarms(NEVER);
      } finally {
        await bed.sql('UNLOCK TABLES');
      }
    });
    assert.match(error.message, /\(ER_STATEMENT_TIMEOUT\); the server ends longer statements/);
    assert.equal(error instanceof ConnectionLost, false);
  });

  test('as the tables are in another case is told with their names', async () => {
    await bed.sql('RENAME TABLE STATUS_PROCESS TO status_process, PROCESE TO Procese');
    try {
      const expected =
        /: the tables are called (?:Procese and status_process|status_process and Procese); upper and lower case differ here: RENAME TABLE (?:Procese TO PROCESE, )?status_process TO STATUS_PROCESS/;
      assert.match((await told(BY_PASSWORD)).message, expected);
      const problems: unknown[] = [];
      await told(BY_PASSWORD, async (store) => {
        problems.push(...(await store.inspect()));
        throw new Error('inspected');
      });
      assert.equal(problems.length, 1);
      assert.match((problems[0] as { message: string }).message, expected);
    } finally {
      await bed.sql('RENAME TABLE status_process TO STATUS_PROCESS, Procese TO PROCESE');
    }
  });

  test('as the user may not add a process is told with the grants', async () => {
    await assert.rejects(
      adding(),
      /INSERT command denied.*; the user lacks a privilege: alarm set --create needs INSERT on both tables, see the last GRANTs of setup\.sql$/,
    );
  });

  test('as a column of somebody’s own has no default', async () => {
    await bed.sql('ALTER TABLE PROCESE ADD COLUMN owner INT NOT NULL');
    await bed.sql(`GRANT INSERT ON *.* TO victim@'%'`);
    await assert.rejects(adding(), /\(ER_NO_DEFAULT_FOR_FIELD\); the sql_mode is strict/);
    await bed.sql('ALTER TABLE PROCESE DROP COLUMN owner');
  });
});

async function adding(): Promise<void> {
  const address = { ...server.address, user: 'victim', password: PASSWORD };
  const processes = new MysqlProcesses(settingsFor(address, bed.database.name));
  try {
    await processes.add('postfix', '');
  } finally {
    await processes.close();
  }
}
