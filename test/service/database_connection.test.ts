/** The one connection that stays open between checks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharedServer } from '../support/address.ts';
import { startMariadb } from '../support/database_server.ts';
import { startProxy } from '../support/proxy.ts';
import { waitFor } from '../support/wait.ts';
import { occurrences, openScene } from './database_scene.ts';

test('all checks and all clearing go over one connection', async (t) => {
  const scene = await openScene(t);
  scene.configure();
  const service = await scene.start();
  await scene.passChecks(service, 1);
  const first = await scene.connections();
  assert.equal(first.length, 1);
  await scene.passChecks(service, 3);
  assert.deepEqual(await scene.connections(), first);
  await service.stop();
  await waitFor('it to be closed', async () => (await scene.connections()).length === 0);
});

test('a connection that the server kills while idle is replaced without a word', async (t) => {
  const scene = await openScene(t);
  scene.configure();
  const service = await scene.start();
  await scene.passChecks(service, 1);
  for (let time = 1; time <= 3; time++) {
    const [id] = await scene.connections();
    await scene.database.sql(`KILL ${id}`);
    await scene.passChecks(service, 1);
    const now = await scene.connections();
    assert.equal(now.length, 1);
    assert.notEqual(now[0], id);
  }
  assert.doesNotMatch(service.log(), / - (WARNING|ERROR) - |Database connection restored/);
});

test('a connection that the network cuts while idle is replaced without a word', async (t) => {
  const server = sharedServer();
  const proxy = await startProxy(server.socket ? { path: server.socket } : server);
  t.after(() => proxy.close());
  const { socket, ...rest } = server;
  const scene = await openScene(t);
  scene.configure({ address: { ...rest, host: '127.0.0.1', port: proxy.port } });
  const service = await scene.start();
  await scene.passChecks(service, 1);
  proxy.cut();
  await scene.passChecks(service, 2);
  assert.equal(occurrences(service.log(), ' - ERROR - '), 0);
});

test('a server that closes idle connections before every check is no error', async (t) => {
  const server = await startMariadb({ settings: ['--wait-timeout=1'] });
  t.after(() => server.stop());
  const scene = await openScene(t, server.address);
  scene.configure({ monitor: { check_interval: 3 } });
  const service = await scene.start();
  for (let time = 1; time <= 2; time++) {
    await waitFor('a check', async () => (await scene.connections()).length === 1);
    await waitFor('the server to close it', async () => (await scene.connections()).length === 0);
  }
  const web = await scene.inAlarm(1);
  await scene.cleared(1);
  assert.equal(scene.running(web), 1);
  assert.doesNotMatch(service.log(), / - (WARNING|ERROR) - /);
});
