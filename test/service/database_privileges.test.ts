/** An alarm that is healed and can't be cleared. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { run } from '../support/binary.ts';
import { type DatabaseServer, startMariadb } from '../support/database_server.ts';
import { endAll, processesNamed } from '../support/processes.ts';
import { waitFor } from '../support/wait.ts';
import { checksFinding, occurrences, openScene, type Scene } from './database_scene.ts';

let server: DatabaseServer;
before(async () => {
  server = await startMariadb();
});
after(() => server.stop());

/** strategy, attempt and outcome of what state.db holds. */
function history({ space }: Scene): unknown[] {
  const state = new DatabaseSync(space.path('state/state.db'));
  try {
    const rows = state.prepare('SELECT strategy, attempt, outcome FROM attempt ORDER BY id').all();
    return rows.map((row) => Object.values(row).join(' '));
  } finally {
    state.close();
  }
}

test('a user with SELECT only: one ERROR and one restart, as long as the process stays healthy', async (t) => {
  const scene = await openScene(t, server.address);
  const { name } = scene.database;
  const account = await scene.account([`SELECT ON ${name}.*`]);
  const web = await scene.inAlarm(1);
  scene.configure({ address: account });

  let service = await scene.start();
  await service.waitForLog(
    new RegExp(
      `ERROR - Alarm for ${web} \\(ID: 1\\) could not be cleared: .*UPDATE command denied to user .*; ` +
        'the user lacks a privilege, see GRANT at the end of setup.sql\\n',
    ),
  );
  const first = processesNamed(web);
  assert.equal(first.length, 1);
  await checksFinding(service, 3, web);
  const { stdout } = await run(['status', web, '-c', scene.config]);
  assert.match(
    stdout,
    /^ {2}State: +restarted and verified, but in alarm still: it could not be cleared: .*UPDATE command denied/m,
  );
  await service.stop();

  service = await scene.start();
  await checksFinding(service, 3, web);
  assert.equal(occurrences(service.log(), ' - ERROR - '), 1);
  assert.equal(occurrences(service.log(), 'Beginning restart procedure'), 1);
  assert.deepEqual(processesNamed(web), first);
  assert.deepEqual(history(scene), ['process 1 verified']);
  assert.equal((await scene.database.row(1))?.alarma, 1);

  await endAll(web);
  await waitFor('it to be restarted once more', () => scene.running(web) === 1);
  await checksFinding(service, 2, web);
  assert.deepEqual(history(scene), ['process 1 verified', 'process 1 verified']);

  await scene.database.sql(`GRANT UPDATE ON ${name}.STATUS_PROCESS TO ?`, [account.user]);
  await scene.cleared(1);
  assert.equal(occurrences(service.log(), 'Beginning restart procedure'), 2);
});

test('the least privileges that setup.sql names are enough', async (t) => {
  const scene = await openScene(t, server.address);
  const { name } = scene.database;
  const address = await scene.account([
    `SELECT ON ${name}.STATUS_PROCESS`,
    `SELECT ON ${name}.PROCESE`,
    `UPDATE (alarma, notes) ON ${name}.STATUS_PROCESS`,
  ]);
  const web = await scene.inAlarm(1);
  scene.configure({ address });
  assert.equal((await scene.once()).code, 0);
  assert.equal(scene.running(web), 1);
  assert.match((await scene.database.row(1))?.notes ?? '', /^Restarted at /);
});

test('a read-only server: one ERROR, one restart, and cleared once it can be written', async (t) => {
  const scene = await openScene(t, server.address);
  const address = await scene.account([`SELECT, UPDATE ON ${scene.database.name}.*`]);
  const web = await scene.inAlarm(1);
  scene.configure({ address });
  await scene.database.sql('SET GLOBAL read_only = 1');
  const service = await scene.start();
  try {
    await service.waitForLog(
      /ERROR - Alarm for .* could not be cleared: .*; the database server is read-only\n/,
    );
    await checksFinding(service, 3, web);
  } finally {
    await scene.database.sql('SET GLOBAL read_only = 0');
  }
  await scene.cleared(1);
  assert.equal(occurrences(service.log(), ' - ERROR - '), 1);
  assert.equal(occurrences(service.log(), 'Beginning restart procedure'), 1);
});
