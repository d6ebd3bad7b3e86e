/** A database server that goes away and comes back. */
import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import { type DatabaseServer, startMariadb } from '../support/database_server.ts';
import { waitFor } from '../support/wait.ts';
import { occurrences, openScene, type Scene } from './database_scene.ts';

const FAILED = 'ERROR - Database check failed: ';
const RESTORED = 'INFO - Database connection restored';

let server: DatabaseServer;
before(async () => {
  server = await startMariadb();
});
afterEach(() => server.thaw());
after(() => server.stop());

function openSockets(pid: number): number {
  const isSocket = (fd: string) => readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith('socket:');
  return readdirSync(`/proc/${pid}/fd`).filter(isSocket).length;
}

/** Waits for a dead process to be healed, which shows that all works again. */
async function heals(scene: Scene, id: number): Promise<void> {
  const name = await scene.inAlarm(id);
  await scene.cleared(id);
  assert.equal(scene.running(name), 1);
}

test('a server that is not there at start is asked again every check, until it is there', async (t) => {
  const scene = await openScene(t, server.address);
  scene.configure();
  await server.halt();
  const startedAt = performance.now();
  const service = await scene.start();
  const place = `127.0.0.1:${server.port}`;
  const message = `${FAILED}${place}: connect ECONNREFUSED ${place}; is the database server running? (next try in 1 second)`;
  let position = 0;
  for (let check = 1; check <= 4; check++) {
    position = await service.waitForLog(`${message}\n`, { after: position });
  }
  assert.ok(performance.now() - startedAt > 2_900, 'one check a second, no more');
  await server.restart();
  await service.waitForLog(RESTORED, { after: position });
  await heals(scene, 1);
  assert.equal(occurrences(service.log(), RESTORED), 1);
  assert.equal(occurrences(service.log(), ' - ERROR - '), occurrences(service.log(), message));
});

test('a server that dies during a check fails that check, and is used again once it is back', async (t) => {
  const scene = await openScene(t, server.address);
  scene.configure({ database: { query_timeout: 60 } });
  const lock = await scene.session();
  await lock.query('LOCK TABLES PROCESE WRITE, STATUS_PROCESS WRITE');
  const service = await scene.start();
  await waitFor('the check to wait', async () => {
    const waiting = "SELECT 1 FROM information_schema.processlist WHERE state LIKE 'Waiting%lock'";
    return (await scene.database.sql(waiting)).length === 1;
  });
  await server.kill();
  await service.waitForLog(
    /ERROR - Database check failed: 127.0.0.1:\d+: .*; (was|is) the database server (stopped|running)\? \(next try in 1 second\)/,
  );
  await server.restart();
  await service.waitForLog(RESTORED);
  await heals(scene, 1);
});

test('a server that hangs fails the check after query_timeout, and gets a new connection', async (t) => {
  const scene = await openScene(t, server.address);
  scene.configure({ database: { query_timeout: 1, connect_timeout: 1 } });
  const service = await scene.start();
  await scene.passChecks(service, 1);
  const before = await scene.connections();
  assert.equal(before.length, 1);
  const sockets = openSockets(service.pid);
  server.freeze();
  let position = await service.waitForLog(
    `${FAILED}127.0.0.1:${server.port}: no answer within 1 second (query_timeout) (next try in 1 second)`,
    { timeoutMs: 4_000 },
  );
  for (let check = 1; check <= 3; check++) {
    position = await service.waitForLog(
      `${FAILED}127.0.0.1:${server.port}: no connection within 1 second (connect_timeout) (next try in 1 second)`,
      { after: position, timeoutMs: 4_000 },
    );
  }
  assert.ok(openSockets(service.pid) <= sockets, 'what was given up is closed');
  server.thaw();
  await service.waitForLog(RESTORED, { after: position });
  await heals(scene, 1);
  const now = await scene.connections();
  assert.equal(now.length, 1);
  assert.notDeepEqual(now, before);
});

test('a server that was restarted between two checks is no error', async (t) => {
  const scene = await openScene(t, server.address);
  scene.configure({ monitor: { check_interval: 8 } });
  const service = await scene.start();
  await scene.passChecks(service, 1);
  await server.restart();
  const web = await scene.inAlarm(1);
  service.signal('SIGUSR1');
  await scene.cleared(1);
  assert.equal(scene.running(web), 1);
  assert.equal(occurrences(service.log(), ' - ERROR - '), 0);
  assert.equal(occurrences(service.log(), RESTORED), 0);
});

test('an alarm healed while the server hangs is cleared later, without another restart', async (t) => {
  const scene = await openScene(t, server.address);
  const web = await scene.inAlarm(1);
  const gate = scene.space.path('gate');
  scene.configure({
    database: { query_timeout: 1, connect_timeout: 1 },
    processes: { [web]: { health_check_command: `test -e ${gate}`, health_check_timeout: 20 } },
  });
  const service = await scene.start();
  await service.waitForLog('Attempt 1 of 2');
  server.freeze();
  await service.waitForLog(FAILED);
  scene.space.write('gate', '');
  await service.waitForLog(
    /ERROR - Alarm for \S+ \(ID: 1\) could not be cleared: .*no (answer|conn)/,
  );
  server.thaw();
  await service.waitForLog(RESTORED);
  await service.waitForLog(`Alarm cleared for ${web} (ID: 1)`);
  assert.equal(occurrences(service.log(), 'Beginning restart procedure'), 1);
  assert.equal(scene.running(web), 1);
});

test('twenty alarms healed while the server hangs do not wait for it one after the other', async (t) => {
  const scene = await openScene(t, server.address);
  const gate = scene.space.path('gate');
  for (let id = 1; id <= 20; id++) {
    await scene.database.add({ id, name: scene.name('web'), alarm: true });
  }
  scene.configure({
    database: { query_timeout: 1, connect_timeout: 1 },
    monitor: { max_parallel_restarts: 20, check_interval: 60 },
    processes: {
      default: {
        restart_strategy: 'custom',
        restart_command: `while ! test -e ${gate}; do sleep 0.1; done`,
        health_check_command: 'true',
      },
    },
  });
  const service = await scene.start();
  await waitFor('all restarts to begin', () => occurrences(service.log(), 'Attempt 1') === 20);
  server.freeze();
  scene.space.write('gate', '');
  const failed = () => occurrences(service.log(), 'could not be cleared') === 20;
  await waitFor('all to be told', failed, 8_000);
});

test('a service told to stop while the server hangs ends within its time limits', async (t) => {
  const scene = await openScene(t, server.address);
  scene.configure({ database: { query_timeout: 2, connect_timeout: 2 } });
  const service = await scene.start();
  await scene.passChecks(service, 1);
  server.freeze();
  await service.waitForLog(FAILED);
  service.signal('SIGTERM');
  assert.deepEqual(await service.exit(5_000), { code: 0, signal: null });
});
