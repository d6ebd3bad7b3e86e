/** `run --once`: what its exit status says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../support/binary.ts';
import { freePort } from '../support/ports.ts';
import { openScene, type Scene } from './database_scene.ts';

const FAILING = { restart_strategy: 'custom', restart_command: 'exit 1', max_attempts: 1 };

async function statusOf(scene: Scene): Promise<number | null> {
  return (await scene.once()).code;
}

test('no alarm: 0', async (t) => {
  const scene = await openScene(t);
  scene.configure();
  await scene.database.add({ id: 1, name: await scene.killed() });
  assert.equal(await statusOf(scene), 0);
});

test('every alarm healed: 0, after the slowest restart', async (t) => {
  const scene = await openScene(t);
  const [web, mail] = [await scene.inAlarm(1, 'web'), await scene.inAlarm(2, 'mail')];
  scene.configure({ processes: { [mail]: { health_check_stable_time: 2 } } });
  assert.equal(await statusOf(scene), 0);
  assert.deepEqual([scene.running(web), scene.running(mail)], [1, 1]);
  assert.equal((await scene.database.row(2))?.alarma, 0);
});

test('a restart failed beside one that healed: 1', async (t) => {
  const scene = await openScene(t);
  const [web, mail] = [await scene.inAlarm(1, 'web'), await scene.inAlarm(2, 'mail')];
  scene.configure({ processes: { [mail]: FAILING } });
  assert.equal(await statusOf(scene), 1);
  assert.equal(scene.running(web), 1);
  assert.equal((await scene.database.row(1))?.alarma, 0);
  assert.equal((await scene.database.row(2))?.alarma, 1);
});

test('a breaker that was open already: 1', async (t) => {
  const scene = await openScene(t);
  const web = await scene.inAlarm(1);
  scene.configure({ monitor: { max_restart_failures: 1 }, processes: { [web]: FAILING } });
  assert.equal(await statusOf(scene), 1);
  scene.configure();
  assert.equal(await statusOf(scene), 1);
  assert.match(scene.log(), /skipping restart \(1\d{3} seconds left\)\n$/);
  assert.equal(scene.running(web), 0);
});

test('a name refused: 1', async (t) => {
  const scene = await openScene(t);
  scene.configure();
  await scene.database.add({ id: 1, name: 'a; true', alarm: true });
  assert.equal(await statusOf(scene), 1);
});

test('an alarm without a process: 1', async (t) => {
  const scene = await openScene(t);
  scene.configure();
  await scene.database.add({ id: 1, name: null, alarm: true });
  assert.equal(await statusOf(scene), 1);
});

test('an alarm that somebody changed meanwhile: 1', async (t) => {
  const scene = await openScene(t);
  const web = await scene.inAlarm(1);
  scene.configure({ processes: { [web]: { health_check_stable_time: 2 } } });
  const { exit, log } = await scene.start({ args: ['--once'] }).then((service) => {
    return { exit: service.exit(), log: service.waitForLog('Attempt 1') };
  });
  await log;
  await scene.database.sql("UPDATE STATUS_PROCESS SET notes = 'again' WHERE process_id = 1");
  assert.deepEqual(await exit, { code: 1, signal: null });
});

test('a database that can’t be read: 1, and no word of a next try', async (t) => {
  const scene = await openScene(t);
  const nowhere = { host: '127.0.0.1', port: await freePort(), user: 'root', password: '' };
  scene.configure({ address: nowhere });
  assert.equal(await statusOf(scene), 1);
  assert.match(scene.log(), /ERROR - Database check failed: .*is the database server running\?\n$/);
});

test('an invalid configuration: 78, a mistyped option: 2', async (t) => {
  const scene = await openScene(t);
  scene.configure({ monitor: { check_interval: 'soon' } });
  const invalid = await scene.once();
  assert.equal(invalid.code, 78);
  assert.match(invalid.stderr, /\[monitor\] check_interval: got "soon", expected whole seconds/);
  const mistyped = await run(['run', '--onec', '-c', scene.config]);
  assert.equal(mistyped.code, 2);
  assert.match(mistyped.stderr, /--once/);
});
