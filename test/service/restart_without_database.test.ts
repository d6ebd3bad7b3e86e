/** What a person asks to be restarted may be the database itself. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { run } from '../support/binary.ts';
import { type DatabaseServer, startMariadb } from '../support/database_server.ts';
import { waitFor } from '../support/wait.ts';
import { SELDOM } from './control_client.ts';
import { openScene } from './database_scene.ts';
import { HEALS_AT_ONCE } from './stage.ts';

let server: DatabaseServer;
before(async () => {
  server = await startMariadb();
});
afterEach(() => server.thaw());
after(() => server.stop());

test('a database that hangs is restarted by its name, and its alarm cleared once it answers', async (t) => {
  const scene = await openScene(t, server.address);
  const mysqld = { ...HEALS_AT_ONCE, restart_command: `kill -CONT ${server.pid}` };
  scene.configure({ monitor: SELDOM, processes: { mysqld } });
  const service = await scene.start();
  await scene.passChecks(service, 1);
  await scene.database.add({ id: 1, name: 'mysqld', alarm: true });
  server.freeze();
  const { code, stdout, stderr } = await run(['restart', 'mysqld', '-c', scene.config]);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /\nmysqld: restarted and verified, alarm cleared\n$/);
  assert.match((await scene.database.row(1))?.notes ?? '', /Restarted at /);
});

test('while the server is dead any name is taken, and an ID is not', async (t) => {
  const scene = await openScene(t, server.address);
  scene.configure({ monitor: SELDOM, processes: { default: HEALS_AT_ONCE } });
  const service = await scene.start();
  await scene.passChecks(service, 1);
  await server.kill();
  t.after(() => server.restart());
  const { code, stdout, stderr } = await run(['restart', 'nowhere', '-c', scene.config]);
  assert.equal(code, 0);
  assert.match(stderr, /^monitor_service: names are not looked up in the database: .*ECONNREFUSED/);
  assert.match(
    stdout,
    /\nnowhere: restarted and verified; the database could not be read, so an alarm of it stays\n$/,
  );
  const id = await run(['restart', '1', 'nowhere', '-c', scene.config]);
  assert.deepEqual([id.code, id.stdout], [1, '']);
  assert.match(id.stderr, /^monitor_service: the name of ID 1 is not known without the database: /);
  const check = await run(['check', 'nowhere', '-c', scene.config]);
  assert.deepEqual([check.code, check.stdout.split('\n')[0]], [0, 'nowhere: healthy']);
  assert.equal((await run(['check-now', '--wait', '-c', scene.config])).code, 1);
  await waitFor('the service to live on', async () => (await scene.status()) !== undefined);
});
