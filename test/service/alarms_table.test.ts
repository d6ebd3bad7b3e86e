/** What administrators do to the tables while the service runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitFor } from '../support/wait.ts';
import { occurrences, openScene } from './database_scene.ts';

test('a process added by SQL is healed from the next check on', async (t) => {
  const scene = await openScene(t);
  scene.configure();
  const service = await scene.start();
  await scene.passChecks(service, 1);
  const web = await scene.killed();
  const { database } = scene;
  await database.sql("INSERT INTO STATUS_PROCESS VALUES (6, 1, 0, 'New process')");
  await database.sql('INSERT INTO PROCESE (process_id, process_name) VALUES (6, ?)', [web]);
  await scene.cleared(6);
  assert.equal(scene.running(web), 1);
});

test('a process removed by SQL is left alone from the next check on', async (t) => {
  const scene = await openScene(t);
  scene.configure();
  const web = await scene.inAlarm(1);
  const service = await scene.start();
  await scene.cleared(1);
  await scene.database.sql('DELETE FROM PROCESE WHERE process_id = 1');
  await scene.database.sql('DELETE FROM STATUS_PROCESS WHERE process_id = 1');
  await scene.dies(1, web);
  await scene.passChecks(service, 2);
  assert.equal(scene.running(web), 0);
  assert.equal(occurrences(service.log(), `Found process in alarm: ${web}`), 1);
});

test('an alarm cleared by hand is not healed, one raised again is', async (t) => {
  const scene = await openScene(t);
  scene.configure();
  const web = await scene.killed();
  await scene.database.add({ id: 1, name: web });
  const service = await scene.start();
  await scene.passChecks(service, 2);
  assert.equal(scene.running(web), 0);
  await scene.database.raise(1);
  await scene.cleared(1);
  assert.equal(scene.running(web), 1);
});

test('rows that name the same process share one restart, and all are cleared', async (t) => {
  const scene = await openScene(t);
  const web = await scene.inAlarm(1);
  await scene.database.add({ id: 2, name: web, alarm: true, notes: 'port 443' });
  await scene.database.add({ id: 3, name: web });
  scene.configure();
  const result = await scene.once();
  assert.equal(result.code, 0);
  assert.equal(occurrences(scene.log(), 'Beginning restart procedure'), 1);
  for (const id of [1, 2]) {
    assert.ok(scene.log().includes(`Found process in alarm: ${web} (ID: ${id})`));
    assert.ok(scene.log().includes(`Alarm cleared for ${web} (ID: ${id})`));
    assert.match(
      (await scene.database.row(id))?.notes ?? '',
      id === 2 ? /^port 443 - Restarted at / : /^Restarted at /,
    );
  }
  assert.deepEqual(await scene.database.row(3), { alarma: 0, sound: 0, notes: null });
  assert.equal(scene.running(web), 1);
});

test('an alarm without a process is one WARNING over many checks, and others are healed', async (t) => {
  const scene = await openScene(t);
  scene.configure();
  await scene.database.add({ id: 42, name: null, alarm: true });
  const warning = /WARNING - .*\b42\b.*PROCESE/;
  const service = await scene.start();
  await service.waitForLog(warning);
  await scene.passChecks(service, 4);
  assert.equal(occurrences(service.log(), ' - WARNING - '), 1);
  const web = await scene.killed();
  await scene.database.sql('INSERT INTO PROCESE (process_id, process_name) VALUES (42, ?)', [web]);
  await scene.cleared(42);
  assert.equal(scene.running(web), 1);
  assert.equal(occurrences(service.log(), ' - ERROR - '), 0);
});

for (const { what, change, expected } of [
  { what: 'notes', change: "notes = 'disk is full'", expected: 'disk is full' },
  { what: 'sound', change: 'sound = 1', expected: 'Web server' },
  { what: 'notes, to none', change: 'notes = NULL', expected: '' },
]) {
  test(`an alarm whose row is changed (${what}) while its restart runs stays for the next check`, async (t) => {
    const scene = await openScene(t);
    const web = await scene.killed();
    await scene.database.add({ id: 1, name: web, alarm: true, notes: 'Web server' });
    // The restart is over when this file is there, and not before.
    const gate = scene.space.path('gate');
    scene.configure({ processes: { [web]: { health_check_command: `test -e ${gate}` } } });
    const service = await scene.start();
    await service.waitForLog('Attempt 1 of 2');
    await scene.database.sql(`UPDATE STATUS_PROCESS SET ${change} WHERE process_id = 1`);
    scene.space.write('gate', '');
    const after = await service.waitForLog(
      /WARNING - Alarm for .* \(ID: 1\) was changed meanwhile/,
    );
    await service.waitForLog(`Found process in alarm: ${web} (ID: 1)`, { after });
    await service.waitForLog(`Alarm cleared for ${web} (ID: 1)`, { after });
    const row = await scene.database.row(1);
    assert.equal(row?.alarma, 0);
    assert.ok(
      row?.notes?.startsWith(`${expected && `${expected} - `}Restarted at `),
      row?.notes ?? 'NULL',
    );
    assert.equal(scene.running(web), 1);
  });
}

test('an alarm cleared by somebody else while its restart runs is not touched', async (t) => {
  const scene = await openScene(t);
  const web = await scene.inAlarm(1);
  const gate = scene.space.path('gate');
  scene.configure({ processes: { [web]: { health_check_command: `test -e ${gate}` } } });
  const service = await scene.start();
  await service.waitForLog('Attempt 1 of 2');
  await scene.database.sql("UPDATE STATUS_PROCESS SET alarma = 0, notes = 'mine'");
  scene.space.write('gate', '');
  await service.waitForLog('was changed meanwhile');
  await waitFor('the restart to end', () => scene.running(web) === 1);
  await scene.passChecks(service, 2);
  assert.deepEqual(await scene.database.row(1), { alarma: 0, sound: 0, notes: 'mine' });
  assert.equal(occurrences(service.log(), `Alarm cleared for ${web}`), 0);
});
