/** Rows and tables that another session holds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checksFinding, occurrences, openScene } from './database_scene.ts';

test('a row that another session locks: one ERROR in time, one restart, and cleared later', async (t) => {
  const scene = await openScene(t);
  const web = await scene.inAlarm(1);
  scene.configure({ database: { query_timeout: 2 } });
  const lock = await scene.session();
  await lock.query('BEGIN');
  await lock.query('SELECT * FROM STATUS_PROCESS WHERE process_id = 1 FOR UPDATE');
  const service = await scene.start();
  const after = await service.waitForLog('Successfully restarted');
  await service.waitForLog(
    /ERROR - Alarm for .* could not be cleared: .*; another session holds a lock on the row or table\n/,
    { after, timeoutMs: 6_000 },
  );
  await checksFinding(service, 2, web);
  await lock.query('COMMIT');
  await scene.cleared(1);
  assert.equal(occurrences(service.log(), ' - ERROR - '), 1);
  assert.equal(occurrences(service.log(), 'Beginning restart procedure'), 1);
});

test('a row that another session locks: the alarms of the others are cleared, and no check fails', async (t) => {
  const scene = await openScene(t);
  await scene.inAlarm(1);
  await scene.inAlarm(2);
  scene.configure({ database: { query_timeout: 1 } });
  const lock = await scene.session();
  await lock.query('BEGIN');
  await lock.query('SELECT * FROM STATUS_PROCESS WHERE process_id = 1 FOR UPDATE');
  const service = await scene.start();
  await service.waitForLog(/ERROR - Alarm for .* could not be cleared: .*ER_LOCK_WAIT_TIMEOUT/, {
    timeoutMs: 15_000,
  });
  await scene.cleared(2);
  assert.equal((await scene.database.row(1))?.alarma, 1);
  assert.doesNotMatch(service.log(), /Database check failed|no answer/);
  await lock.query('COMMIT');
  await scene.cleared(1);
});

test('a table that another session locks: each check fails in time and leaves nothing on the server', async (t) => {
  const scene = await openScene(t);
  const web = await scene.inAlarm(1);
  scene.configure({ database: { query_timeout: 1 } });
  const lock = await scene.session();
  await lock.query('LOCK TABLES STATUS_PROCESS WRITE');
  const service = await scene.start();
  let position = 0;
  for (let check = 1; check <= 5; check++) {
    position = await service.waitForLog(/ERROR - Database check failed: .* \(next try in 1 s/, {
      after: position,
      timeoutMs: 4_000,
    });
  }
  const [lockers, ...others] = await scene.connections();
  assert.ok(lockers);
  assert.ok(others.length <= 2, `${others.length} of the service's statements wait on the server`);
  await lock.query('UNLOCK TABLES');
  await service.waitForLog('INFO - Database connection restored', { after: position });
  await scene.cleared(1);
  assert.equal(scene.running(web), 1);
});
