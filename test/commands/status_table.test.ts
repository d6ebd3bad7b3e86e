/** status: the service and the tables together. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, SELDOM, startListening } from '../service/control_client.ts';
import { openScene } from '../service/database_scene.ts';
import { HEALS_AT_ONCE, openStage } from '../service/stage.ts';
import { run } from '../support/binary.ts';
import { startProxy } from '../support/proxy.ts';
import { waitFor } from '../support/wait.ts';

test('every process of the table is told, by name and by ID, be nothing the matter with it', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM, processes: { web: HEALS_AT_ONCE } });
  stage.inAlarm('web');
  stage.calm('mysqld', 'sshd');
  await startListening(stage);
  await stage.cleared('web');
  const { stdout } = await command(stage, 'status');
  assert.match(stdout, /^Table: {5}3 processes, 3 ok$/m);
  assert.match(stdout, /^mysqld +not in alarm +closed +0$/m);
  const some = await command(stage, 'status', '2', 'sshd', 'web');
  assert.equal(some.code, 0);
  assert.match(
    some.stdout,
    /^mysqld\n {2}State: +not in alarm\n {2}Breaker: +closed, no failures\n\nsshd\n.*\n\nweb\n.*verified after/s,
  );
  const { processes, counts } = JSON.parse((await command(stage, 'status', '--json')).stdout);
  assert.deepEqual(counts, { processes: 3, ok: 3, held: 0, in_alarm: 0 });
  assert.deepEqual(
    processes.map(({ name, ids }: { name: string; ids: number[] }) => [name, ids]),
    [
      ['web', [1]],
      ['mysqld', [2]],
      ['sshd', [3]],
    ],
  );
});

test('words that stand for no process, or for half of one, are told beside the others', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM });
  stage.calm('mysqld');
  stage.inAlarmWithoutProcess(9);
  await startListening(stage);
  const { code, stdout, stderr } = await command(stage, 'status', 'mysql', '8', '9', 'mysqld');
  assert.equal(code, 1);
  assert.match(stdout, /^mysqld\n {2}State: +not in alarm$/m);
  assert.deepEqual(stderr.trimEnd().split('\n'), [
    "monitor_service: ID 9 is in STATUS_PROCESS but not in PROCESE; add it: INSERT INTO PROCESE (process_id, process_name) VALUES (9, 'NAME')",
    'monitor_service: nothing is known of mysql: no alarm, no failure, no restart; did you mean mysqld?',
    'monitor_service: no process has the ID 8',
  ]);
});

test('a process that was deleted is told no more, and by its name as one that is not in the database', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM, processes: { web: HEALS_AT_ONCE } });
  stage.inAlarm('web');
  await startListening(stage);
  await stage.cleared('web');
  assert.match((await command(stage, 'status')).stdout, /^web /m);
  stage.delete('web');
  assert.doesNotMatch((await command(stage, 'status')).stdout, /web/);
  assert.match((await command(stage, 'status', 'web')).stdout, /State: +not in the database$/m);
});

test('with a database that hangs it answers all the same, and says why the table is not read', async (t) => {
  const scene = await openScene(t);
  const { socket, host, port } = scene.address;
  const proxy = await startProxy(socket ? { path: socket } : { host, port });
  t.after(() => proxy.close());
  const { socket: _, ...address } = scene.address;
  scene.configure({
    address: { ...address, host: '127.0.0.1', port: proxy.port },
    monitor: SELDOM,
  });
  const service = await scene.start();
  await service.waitForLog('no process in alarm');
  proxy.hold();
  const began = performance.now();
  const { code, stdout } = await run(['status', '-c', scene.config]);
  assert.equal(code, 0);
  assert.ok(performance.now() - began < 6_000, `${performance.now() - began} ms`);
  assert.match(stdout, /^Table: {5}not read: .*no (?:connection|answer) within 2 seconds/m);
});

test('while the service knows the database to be down it is not waited for', async (t) => {
  const stage = await openStage(t);
  const port = 9; // nobody answers there
  stage.write(
    `[database]\nhost = 127.0.0.1\nport = ${port}\n[monitor]\ncheck_interval = 3600\nstate_directory = ${stage.space.path('state')}\ncontrol_socket = ${stage.space.path('control.sock')}\n[logging]\nlog_file = ${stage.space.path('monitor.log')}\n`,
  );
  await stage.start();
  await waitFor('down', async () =>
    (await command(stage, 'status')).stdout.includes('Database:  down'),
  );
  const whole = await command(stage, 'status');
  assert.doesNotMatch(whole.stdout, /^Table:/m);
  const { code, stderr } = await command(stage, 'status', 'web', '4');
  assert.equal(code, 1);
  assert.equal(
    stderr,
    'monitor_service: nothing is known of web: no alarm, no failure, no restart; the database is down\nmonitor_service: no process of ID 4 is known; the database is down\n',
  );
});
