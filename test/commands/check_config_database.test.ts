/** check-config --database: can the service work with this database? */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { type DatabaseAddress, databaseSection, sharedServer } from '../support/address.ts';
import { run } from '../support/binary.ts';
import { freePort } from '../support/ports.ts';
import { repository } from '../support/repository.ts';
import { freshDatabase, type TestDatabase } from '../support/test_database.ts';
import { type Workspace, workspace } from '../support/workspace.ts';

const PASSWORD = 'hunter#2;"two"';

let space: Workspace;
before(async () => {
  space = await workspace();
});
after(() => space.remove());

/** What it connected to, which has a test of its own. */
const CONNECTED = /^database: (?:MariaDB|MySQL) [\d.]+ at .*\n|^database: embedded database .*\n/;

/** Checks a `[database]` section; what is wrong is on standard output. */
async function check(section: string, ...args: string[]) {
  const file = space.write('config.ini', section);
  const result = await run(['check-config', '--database', '-c', file, ...args]);
  assert.equal(result.stderr, '');
  assert.doesNotMatch(result.stdout, /hunter/);
  return { ...result, stdout: result.stdout.replace(CONNECTED, ''), file };
}

/** Each problem on a line of its own, nothing else, and exit status 1. */
async function assertMissing(section: string, ...problems: RegExp[]): Promise<void> {
  const { code, stdout } = await check(section);
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines.length, problems.length, stdout);
  for (const [index, problem] of problems.entries()) {
    assert.match(lines[index] ?? '', problem);
  }
  assert.equal(code, 1);
}

describe('a database', () => {
  let database: TestDatabase;
  let user: string;

  beforeEach(async () => {
    database = await freshDatabase(sharedServer());
    user = `mt_${randomBytes(6).toString('hex')}`;
  });
  afterEach(async () => {
    await database.sql(`DROP USER IF EXISTS ${user}@'%'`);
    await database.drop();
  });

  /** A user with these privileges alone; the section that the service would use it with. */
  async function sectionOfUser(grants: string[]): Promise<string> {
    await database.sql(`CREATE USER ${user}@'%' IDENTIFIED BY '${PASSWORD}'`);
    for (const grant of grants) {
      await database.sql(`${grant} TO ${user}@'%'`);
    }
    return section({ ...sharedServer(), user, password: PASSWORD });
  }

  const section = (address: DatabaseAddress) => databaseSection(address, database.name);
  const on = (table: string) => `ON ${database.name}.${table}`;

  test('as setup.sql makes it is good', async () => {
    const { code, stdout, file } = await check(database.config);
    assert.deepEqual([code, stdout], [0, `${file}: valid\n`]);
  });

  test('is left as it is by the check', async () => {
    await database.add({ id: 1, name: 'sshd', alarm: true, notes: 'kept' });
    assert.equal((await check(database.config)).code, 0);
    assert.deepEqual(await database.row(1), { alarma: 1, sound: 0, notes: 'kept' });
  });

  test('is good for the user that the end of setup.sql creates', async () => {
    const grants = [
      ...readFileSync(join(repository, 'setup.sql'), 'utf8').matchAll(/^-- (GRANT .+) TO /gm),
    ];
    assert.ok(grants.length > 0);
    const ours = grants.map(([, grant = '']) => grant.replace('v_process_monitor', database.name));
    assert.equal((await check(await sectionOfUser(ours))).code, 0);
  });

  test('refuses a wrong password, and the password is not told', async () => {
    const right = await sectionOfUser([`GRANT SELECT, UPDATE ${on('*')}`]);
    assert.equal((await check(right)).code, 0);
    await assertMissing(
      section({ ...sharedServer(), user, password: 'hunter, not quite' }),
      /^database: \S+: Access denied for user .*; check user and password in \[database\]/,
    );
  });

  test('that does not exist is to be made by setup.sql', async () => {
    await assertMissing(
      databaseSection(sharedServer(), `${database.name}_not`),
      new RegExp(
        `^database: \\S+: Unknown database '${database.name}_not'.*; run setup\\.sql, or check database`,
      ),
    );
  });

  test('without a table is to be mended by setup.sql', async () => {
    await database.sql('DROP TABLE PROCESE');
    const missing = /^database: \S+: Table '.*\.PROCESE' doesn't exist.*; run setup\.sql$/i;
    await assertMissing(database.config, missing);
    await database.sql('DROP TABLE STATUS_PROCESS');
    const other = /^database: \S+: Table '.*\.STATUS_PROCESS' doesn't exist.*; run setup\.sql$/i;
    await assertMissing(database.config, other, missing);
  });

  test('without a column is to be compared with setup.sql', async () => {
    await database.sql('ALTER TABLE STATUS_PROCESS DROP COLUMN sound');
    await assertMissing(
      database.config,
      /^database: \S+: Unknown column 'sound'.*; compare the tables with setup\.sql$/,
    );
  });

  test('without its index is good, with a warning', async () => {
    await database.sql('ALTER TABLE STATUS_PROCESS DROP INDEX alarma_process_id');
    const { code, stdout, file } = await check(database.config);
    assert.equal(
      stdout,
      'database: warning: STATUS_PROCESS has no index that begins with alarma; run setup.sql\n' +
        `${file}: valid\n`,
    );
    assert.equal(code, 0);
  });

  test('whose user may not UPDATE is told with what to grant', async () => {
    await assertMissing(
      await sectionOfUser([`GRANT SELECT ${on('*')}`]),
      /^database: \S+: UPDATE command denied to user .*; the user lacks a privilege, see GRANT at the end of setup\.sql$/,
    );
  });

  test('whose user may not SELECT is told with what to grant', async () => {
    const denied = (table: string) =>
      new RegExp(
        `^database: \\S+: SELECT command denied to user .*${table}.*; the user lacks a privilege, see GRANT at the end of setup\\.sql$`,
        'i',
      );
    await assertMissing(
      await sectionOfUser([`GRANT INSERT ${on('*')}`]),
      denied('STATUS_PROCESS'),
      denied('PROCESE'),
      /^database: \S+: (UPDATE|SELECT) command denied to user /,
    );
  });

  test('whose user has no privilege at all is told with what to grant', async () => {
    await assertMissing(
      await sectionOfUser([]),
      /^database: \S+: Access denied for user .*; check user and database in \[database\], and GRANT at the end of setup\.sql$/,
    );
  });

  test('is told about in JSON too', async () => {
    await database.sql('DROP TABLE PROCESE');
    const { code, stdout, file } = await check(database.config, '--json');
    const { database_problems, database: server, ...rest } = JSON.parse(stdout);
    assert.match(server, /^(?:MariaDB|MySQL) [\d.]+ at /);
    assert.deepEqual(rest, { file, valid: false, problems: [] });
    assert.equal(database_problems.length, 1);
    assert.equal(database_problems[0].severity, 'error');
    assert.match(database_problems[0].message, /run setup\.sql$/);
    assert.equal(code, 1);
  });
});

test('a server that is not there is asked whether it runs', async () => {
  const port = await freePort();
  const nowhere = { host: '127.0.0.1', port, user: 'root', password: PASSWORD };
  await assertMissing(
    databaseSection(nowhere, 'v_process_monitor'),
    new RegExp(
      `^database: 127\\.0\\.0\\.1:${port}: connect ECONNREFUSED 127\\.0\\.0\\.1:${port}; is the database server running\\?$`,
    ),
  );
  const socket = space.path('mysql.sock');
  await assertMissing(
    databaseSection({ ...nowhere, socket }, 'v_process_monitor'),
    /mysql\.sock: connect ENOENT .*; is the database server running, and is this its socket\?$/,
  );
});

test('an invalid configuration is not tried on a database', async () => {
  const { code, stdout, file } = await check('[database]\nport = x\n');
  assert.equal(code, 78);
  assert.equal(
    stdout,
    `${file}:2: [database] port: got "x", expected a whole number from 1 to 65535\n`,
  );
});

test('an embedded database is good as soon as its directory is there', async () => {
  const good = await check(`[database]\ndriver = sqlite\nfile = ${space.path('alarms.db')}\n`);
  const warning = `database: warning: ${space.path('alarms.db')} does not exist; the service makes it, empty\n`;
  assert.deepEqual([good.code, good.stdout], [0, `${warning}${good.file}: valid\n`]);
  const missing = space.path('nowhere', 'alarms.db');
  await assertMissing(
    `[database]\ndriver = sqlite\nfile = ${missing}\n`,
    /^database: .*\/nowhere\/alarms\.db: its directory does not exist$/,
  );
});
