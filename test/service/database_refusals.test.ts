/** A database server that is there and says no. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Connection } from 'mysql2/promise';
import { connect } from '../support/connection.ts';
import { type DatabaseServer, startMariadb } from '../support/database_server.ts';
import { freshDatabase } from '../support/test_database.ts';
import { waitFor } from '../support/wait.ts';
import { occurrences, openScene, type Scene } from './database_scene.ts';

/** The fewest that MariaDB allows. */
const MAX_CONNECTIONS = 10;

let server: DatabaseServer;
before(async () => {
  server = await startMariadb({ settings: [`--max-connections=${MAX_CONNECTIONS}`] });
});
after(() => server.stop());

/** The service says this at each check, and nothing else, until `mend` is done; then it heals. */
async function saysUntil(scene: Scene, reason: RegExp, mend: () => Promise<unknown>) {
  const service = await scene.start();
  const message = new RegExp(
    `ERROR - Database check failed: 127.0.0.1:${server.port}: ${reason.source} \\(next try in 1 second\\)\\n`,
    'g',
  );
  let position = 0;
  for (let check = 1; check <= 3; check++) {
    position = await service.waitForLog(message, { after: position });
  }
  await mend();
  await service.waitForLog('INFO - Database connection restored', { after: position });
  const web = await scene.inAlarm(1);
  await scene.cleared(1);
  assert.equal(scene.running(web), 1);
  assert.equal(occurrences(service.log(), ' - ERROR - '), service.log().match(message)?.length);
}

const everything = (scene: Scene) => [`SELECT, UPDATE ON ${scene.database.name}.*`];

test('a wrong password: look at user and password', async (t) => {
  const scene = await openScene(t, server.address);
  const account = await scene.account(everything(scene), 'right');
  scene.configure({ address: { ...account, password: 'wrong!' } });
  await saysUntil(
    scene,
    /Access denied for user '\w+'@'[\w.]+' \(using password: YES\) \(ER_ACCESS_DENIED_ERROR\); check user and password in \[database\]; a user with REQUIRE SSL needs ssl_mode = required/,
    () => scene.database.sql("SET PASSWORD FOR ? = PASSWORD('wrong!')", [account.user]),
  );
});

test('no such database: run setup.sql', async (t) => {
  const scene = await openScene(t, server.address);
  const other = await freshDatabase(server.address);
  t.after(() => other.drop());
  scene.configure();
  const { name } = scene.database;
  await scene.database.sql(`DROP DATABASE ${name}`);
  await saysUntil(
    scene,
    new RegExp(
      `Unknown database '${name}' \\(ER_BAD_DB_ERROR\\); run setup.sql, or check database in .*`,
    ),
    async () => {
      await scene.database.sql(`CREATE DATABASE ${name}`);
      for (const table of ['PROCESE', 'STATUS_PROCESS']) {
        await scene.database.sql(`CREATE TABLE ${name}.${table} LIKE ${other.name}.${table}`);
      }
      await scene.database.sql(`USE ${name}`);
    },
  );
});

for (const table of ['STATUS_PROCESS', 'PROCESE']) {
  test(`no table ${table}: run setup.sql`, async (t) => {
    const scene = await openScene(t, server.address);
    scene.configure();
    await scene.database.sql(`RENAME TABLE ${table} TO other`);
    await saysUntil(
      scene,
      new RegExp(
        `Table '${scene.database.name}.${table}' doesn't exist \\(ER_NO_SUCH_TABLE\\); run setup.sql`,
      ),
      () => scene.database.sql(`RENAME TABLE other TO ${table}`),
    );
  });
}

test('a table from elsewhere, with other columns: compare it with setup.sql', async (t) => {
  const scene = await openScene(t, server.address);
  scene.configure();
  await scene.database.sql('ALTER TABLE PROCESE CHANGE process_name name VARCHAR(100)');
  await saysUntil(
    scene,
    /Unknown column 'p.process_name' in '[\w ]+' \(ER_BAD_FIELD_ERROR\); compare the tables with setup.sql/,
    () => scene.database.sql('ALTER TABLE PROCESE CHANGE name process_name VARCHAR(100)'),
  );
});

test('a user without SELECT: see the GRANT in setup.sql', async (t) => {
  const scene = await openScene(t, server.address);
  const { name } = scene.database;
  const account = await scene.account([`UPDATE ON ${name}.STATUS_PROCESS`]);
  scene.configure({ address: account });
  await saysUntil(
    scene,
    /SELECT command denied to user .* for table .*; the user lacks a privilege, see GRANT at the end of setup.sql/,
    () => scene.database.sql(`GRANT SELECT ON ${name}.* TO ?`, [account.user]),
  );
});

test('a user without any privilege: see the GRANT in setup.sql', async (t) => {
  const scene = await openScene(t, server.address);
  const account = await scene.account([]);
  scene.configure({ address: account });
  await saysUntil(
    scene,
    /Access denied for user .* to database .*; check user and database in \[database\], and GRANT at the end of setup.sql/,
    () => scene.database.sql(`GRANT ${everything(scene)} TO ?`, [account.user]),
  );
});

test('too many connections: look for who holds them', async (t) => {
  const scene = await openScene(t, server.address);
  const account = await scene.account(everything(scene));
  scene.configure({ address: account });
  const hogs: Connection[] = [];
  let refusals = 0;
  // Sessions of earlier tests end in their own time, so one refusal does not say that all are taken.
  await waitFor('all connections to be taken', async () => {
    const hog = await connect(account).catch(() => undefined);
    refusals = hog ? 0 : refusals + 1;
    hogs.push(...(hog ? [hog] : []));
    return refusals === 10;
  });
  await saysUntil(
    scene,
    /Too many connections \(ER_CON_COUNT_ERROR\); raise max_connections of the server, or find who holds them/,
    async () => hogs.forEach((hog) => void hog.destroy()),
  );
  await waitFor('their sessions to end', async () => (await scene.connections()).length <= 1);
});

test('too many connections of the user: look at the limit', async (t) => {
  const scene = await openScene(t, server.address);
  const account = await scene.account(everything(scene));
  await scene.database.sql('ALTER USER ? WITH MAX_USER_CONNECTIONS 1', [account.user]);
  scene.configure({ address: account });
  const hog = await connect(account);
  await saysUntil(
    scene,
    /.*max_user_connections.*; raise the user's limit of connections/,
    async () => hog.destroy(),
  );
});
