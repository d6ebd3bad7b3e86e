/** alarm set where something stands in the way: privileges, the service, its socket. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type TestContext, test } from 'node:test';
import { databaseSection, sharedServer } from '../support/address.ts';
import { startService } from '../support/service.ts';
import { freshDatabase } from '../support/test_database.ts';
import { type CommandStage, openStage, sqliteTables } from './stage.ts';

const PASSWORD = 'only4Reading!';

/** A stage on MySQL whose program works as a user with these privileges. */
async function stageOfUser(t: TestContext, ...grants: string[]): Promise<CommandStage> {
  const database = await freshDatabase(sharedServer());
  const user = `mt_${randomBytes(6).toString('hex')}`;
  await database.sql(`CREATE USER ${user}@'%' IDENTIFIED BY '${PASSWORD}'`);
  for (const grant of grants) {
    await database.sql(`GRANT ${grant.replace(' ON ', ` ON ${database.name}.`)} TO ${user}@'%'`);
  }
  await database.add({ id: 4, name: 'nginx', notes: 'Web' });
  const address = { ...sharedServer(), user, password: PASSWORD };
  return await openStage(t, async () => ({
    config: databaseSection(address, database.name),
    add: (process) => database.add(process),
    row: (id) => database.row(id),
    nameOf: async () => undefined,
    async drop() {
      await database.sql(`DROP USER ${user}@'%'`);
      await database.drop();
    },
  }));
}

test('a user who may only read is told what is missing', async (t) => {
  const stage = await stageOfUser(t, 'SELECT ON STATUS_PROCESS', 'SELECT ON PROCESE');
  assert.equal((await stage.run('list')).code, 0);
  for (const args of [
    ['alarm', 'set', 'nginx'],
    ['alarm', 'set', '--all'],
    ['alarm', 'set', '--unit=nginx'],
  ]) {
    const { code, stdout, stderr } = await stage.run(...args);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(
      stderr,
      /^monitor_service: .*UPDATE command denied.*the user lacks a privilege, see GRANT at the end of setup\.sql\n$/,
    );
    assert.doesNotMatch(stderr, /only4/);
  }
  assert.equal((await stage.tables.row(4))?.alarma, 0);
});

test('the user of setup.sql may set and clear, and is told what adding needs', async (t) => {
  const stage = await stageOfUser(
    t,
    'SELECT ON STATUS_PROCESS',
    'SELECT ON PROCESE',
    'UPDATE (alarma, notes) ON STATUS_PROCESS',
  );
  assert.equal((await stage.run('alarm', 'set', 'nginx', '--note', 'x')).code, 0);
  assert.equal((await stage.run('alarm', 'clear', '--all')).code, 0);
  const { code, stderr } = await stage.run('alarm', 'set', '--create', 'redis');
  assert.equal(code, 1);
  assert.match(stderr, /INSERT command denied.*the user lacks a privilege/);
});

/** Something that listens where the service would, and notes what it is asked. */
async function listen(t: TestContext, stage: CommandStage, status: number): Promise<string[]> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status).end(JSON.stringify({ error: 'it \x1bends' }));
  });
  server.listen(stage.space.path('control.sock'));
  await once(server, 'listening');
  t.after(() => server.close());
  return asked;
}

test('a running service is told to check now, once, and only when something was written', async (t) => {
  const stage = await openStage(t, sqliteTables);
  const asked = await listen(t, stage, 200);
  await stage.tables.add({ id: 4, name: 'nginx' });
  const { stdout } = await stage.run('alarm', 'set', 'nginx');
  assert.equal(stdout, 'nginx (ID: 4): alarm set\nThe service checks now.\n');
  assert.equal(
    (await stage.run('alarm', 'set', 'nginx')).stdout,
    'nginx (ID: 4): already in alarm\n',
  );
  assert.deepEqual(asked, ['POST /check-now']);
});

test('the running service heals what is set in alarm, without waiting for its next check', async (t) => {
  const stage = await openStage(t, sqliteTables, {
    monitor: { check_interval: 3600 },
    processes: {
      nginx: {
        restart_strategy: 'custom',
        restart_command: 'true',
        health_check_command: 'true',
        health_check_stable_time: 0,
      },
    },
  });
  await stage.tables.add({ id: 4, name: 'nginx', notes: 'Web' });
  const service = await startService(stage.space, stage.file);
  t.after(() => service.stop());
  await service.waitForLog('no process in alarm');
  const { stdout } = await stage.run('alarm', 'set', 'nginx');
  assert.match(stdout, /^The service checks now\.$/m);
  await service.waitForLog('Alarm cleared for nginx (ID: 4)');
  assert.match((await stage.tables.row(4))?.notes ?? '', /^Web - Restarted at /);
  assert.match(
    (await stage.run('history', 'nginx')).stdout,
    /nginx {2}custom, attempt 1: verified/,
  );
});

test('a service that cannot be told is no failure: the alarm is set', async (t) => {
  const stage = await openStage(t, sqliteTables);
  await listen(t, stage, 500);
  await stage.tables.add({ id: 4, name: 'nginx' });
  const { code, stdout } = await stage.run('alarm', 'set', 'nginx');
  assert.equal(code, 0);
  assert.match(stdout, /^The service could not be told, its next check sees it: it \\x1bends$/m);
  assert.equal((await stage.tables.row(4))?.alarma, 1);
});
