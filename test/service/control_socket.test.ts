/** The control socket: who may use it, what becomes of those who misuse it, and of one that cannot be made. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type TestContext, test } from 'node:test';
import { checkNow } from '../../src/control/client.ts';
import type { Service } from '../support/service.ts';
import { waitFor } from '../support/wait.ts';
import {
  answer,
  command,
  rawConnection,
  SELDOM,
  socketOf,
  startListening,
} from './control_client.ts';
import { HEALS_AT_ONCE, messages, openStage, type Stage } from './stage.ts';

const CHECKED = 'Database check: no process in alarm\n';

test('only root may use the socket, and only root the directory that is made for it', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: { ...SELDOM, control_socket: stage.space.path('run/a/c.sock') } });
  await stage.start();
  const socket = await waitFor('the socket', () =>
    statSync(stage.space.path('run/a/c.sock'), { throwIfNoEntry: false }),
  );
  assert.deepEqual([socket?.isSocket(), (socket?.mode ?? 0) & 0o777], [true, 0o600]);
  assert.equal(statSync(stage.space.path('run/a')).mode & 0o777, 0o700);
  assert.equal(statSync(stage.space.path('run')).mode & 0o777, 0o700);
});

test('a request that the service does not know is told to be of another version', async (t) => {
  const stage = await quietStage(t);
  for (const [path, method] of [
    ['/', 'GET'],
    ['/status', 'POST'],
    ['/check-now', 'GET'],
    ['//', 'GET'],
    ['/breakers/reset/web', 'POST'],
  ] as const) {
    assert.deepEqual(await answer(stage, path, { method }), {
      status: 404,
      body: { error: 'the service knows no such request; is it of another version?' },
    });
  }
});

for (const body of ['', '{', 'null', '[]', '{"names":"web"}', '{"names":[1]}', '{"all":1}']) {
  test(`a reset of ${body || 'nothing'} is refused`, async (t) => {
    const stage = await quietStage(t);
    const told = await answer(stage, '/breakers/reset', { method: 'POST', body });
    assert.equal(told?.status, 400);
    assert.match(told?.body.error, /^expected \{"names"|is not JSON$/);
  });
}

for (const path of ['/restarts', '/examinations']) {
  test(`${path} takes names alone, and refuses those that may not be put into a command`, async (t) => {
    const stage = await quietStage(t);
    for (const [content, reason] of [
      ['{"all":true}', /^expected \{"names": \[NAME, …\]\}$/],
      ['{"names":["$(id)"]}', /^"\$\(id\)" is refused: expected letters, digits/],
      ['{"names":["web","poweroff"]}', /^"poweroff" is refused: to start it would stop or harm/],
      [JSON.stringify({ names: Array(101).fill('web') }), /^at most 100 names at once$/],
    ] as const) {
      const told = await answer(stage, path, { method: 'POST', body: content });
      assert.equal(told?.status, 400);
      assert.match(told?.body.error, reason);
    }
    assert.deepEqual(stage.attempts(), []);
  });
}

test('tickets have a bound, and an unknown one is told', async (t) => {
  const stage = await openStage(t);
  stage.configure({
    monitor: SELDOM,
    processes: {
      slow: { ...HEALS_AT_ONCE, health_check_command: 'sleep 60', health_check_timeout: 60 },
    },
  });
  await startListening(stage);
  const ask = (name: string) =>
    answer(stage, '/examinations', { method: 'POST', body: JSON.stringify({ names: [name] }) });
  const { body } = (await ask('quick')) ?? {};
  const report = () => answer(stage, `/tickets?ticket=${body.ticket}`);
  await waitFor('the health check', async () => (await report())?.body.done);
  for (let waiting = 1; waiting < 100; waiting++) {
    assert.equal((await ask('slow'))?.status, 200);
  }
  assert.equal((await ask('slow'))?.status, 200, 'in place of one that is done');
  const late = await ask('slow');
  assert.deepEqual(
    [late?.status, late?.body.error],
    [503, '100 requests wait already, try again later'],
  );
  for (const path of [`/tickets?ticket=${body.ticket}`, '/tickets', '/tickets?ticket=../..']) {
    assert.equal((await answer(stage, path))?.status, 404);
  }
});

test('a request that is too long is refused, and not kept in memory', async (t) => {
  const stage = await quietStage(t);
  const body = 'x'.repeat(100_000);
  const told = await answer(stage, '/breakers/reset', { method: 'POST', body });
  assert.equal(told?.status, 413);
  const names = JSON.stringify({ names: Array.from({ length: 101 }, (_, index) => `p${index}`) });
  const many = await answer(stage, '/breakers/reset', { method: 'POST', body: names });
  assert.deepEqual([many?.status, many?.body.error], [400, 'at most 100 names at once, or --all']);
});

test('headers without an end are cut off', async (t) => {
  const stage = await quietStage(t);
  const socket = await rawConnection(t, stage);
  socket.write(`GET /status HTTP/1.1\r\n${'X-A: b\r\n'.repeat(10_000)}`);
  await waitFor('the end of the connection', () => socket.destroyed || socket.closed, 5_000);
  assert.equal((await answer(stage))?.status, 200);
});

test('whoever babbles, stalls or reads nothing is let go, and the checks go on', async (t) => {
  const stage = await openStage(t);
  stage.configure();
  const service = await startListening(stage);
  const before = await fewestSockets(service);
  const garbage = await rawConnection(t, stage);
  garbage.end(Buffer.from(Array.from({ length: 65_536 }, (_, index) => index % 251)));
  await rawConnection(t, stage); // says nothing
  const slow = await rawConnection(t, stage);
  const dripping = setInterval(() => slow.write('G'), 50);
  t.after(() => clearInterval(dripping));
  const body = await rawConnection(t, stage);
  body.write('POST /breakers/reset HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{');
  let after = service.log().length;
  for (let check = 0; check < 3; check++) {
    after = await service.waitForLog(CHECKED, { after });
    assert.equal((await answer(stage))?.status, 200);
  }
  assert.ok(openSockets(service) > before);
  await waitFor('all of them to be let go', () => openSockets(service) <= before, 15_000);
  assert.deepEqual(
    messages(service.log()).filter((line) => !line.startsWith('INFO')),
    [],
  );
});

test('two hundred connections at once, and requests in a row on one of them, harm nothing', async (t) => {
  const stage = await openStage(t);
  stage.configure();
  const service = await startListening(stage);
  const before = residentKilobytes(service);
  const sockets = await Promise.all(
    Array.from({ length: 200 }, () => rawConnection(t, stage).catch(() => undefined)),
  );
  const [first] = sockets;
  first?.write('GET /status HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(5_000));
  const after = await service.waitForLog(CHECKED, { after: service.log().length });
  await service.waitForLog(CHECKED, { after });
  for (const socket of sockets) {
    socket?.destroy();
  }
  await waitFor('an answer', async () => (await answer(stage).catch(() => {}))?.status === 200);
  assert.ok(residentKilobytes(service) - before < 50_000, `${residentKilobytes(service)} KB`);
  assert.equal(service.stderr(), '');
});

test('many who ask at once are all answered, some of them a moment later', async (t) => {
  const stage = await quietStage(t);
  const told = await Promise.all(Array.from({ length: 200 }, () => checkNow(socketOf(stage))));
  assert.deepEqual(new Set(told), new Set([true]));
});

test('while the service stops it still tells its status, and takes no other request', async (t) => {
  const stage = await openStage(t);
  const restart_command = `until test -e ${stage.space.path('go')}; do sleep 0.05; done`;
  stage.configure({ monitor: SELDOM, processes: { web: { ...HEALS_AT_ONCE, restart_command } } });
  stage.inAlarm('web');
  const service = await startListening(stage);
  service.signal('SIGTERM');
  await waitFor('stopping', async () => (await answer(stage))?.body.state === 'stopping');
  const refused = { status: 503, body: { error: 'the service is stopping' } };
  assert.deepEqual(await answer(stage, '/check-now', { method: 'POST' }), refused);
  const { code, stderr } = await command(stage, 'breaker', 'reset', 'web');
  assert.deepEqual([code, stderr], [1, 'monitor_service: the service is stopping\n']);
  const held = await rawConnection(t, stage);
  const closed = once(held, 'close');
  stage.space.write('go', '');
  assert.deepEqual(await service.exit(5_000), { code: 0, signal: null });
  await closed;
});

for (const [what, prepare, reason] of [
  [
    'a path longer than a socket may have',
    (stage: Stage) => stage.space.path('x'.repeat(120)),
    /its path is \d+ bytes too long; status, check-now and breaker reset do not work$/,
  ],
  [
    'a file in its place',
    (stage: Stage) => stage.space.write('notes.txt', 'precious'),
    /something that is no socket is in its place; status, check-now and breaker reset do not work$/,
  ],
  [
    'a directory that is none',
    (stage: Stage) => `${stage.space.write('notes.txt', 'precious')}/control.sock`,
    /EEXIST: .*; status, check-now and breaker reset do not work, and a second service would not be noticed$/,
  ],
  [
    'a lock that is none',
    (stage: Stage) => {
      mkdirSync(stage.space.path('c.sock.lock'));
      return stage.space.path('c.sock');
    },
    /EISDIR: .*; status, check-now and breaker reset do not work, and a second service would not be noticed$/,
  ],
] as const) {
  test(`with ${what} the service heals all the same, and says what does not work`, async (t) => {
    const stage = await openStage(t);
    const control_socket = prepare(stage);
    stage.configure({ monitor: { control_socket }, processes: { web: HEALS_AT_ONCE } });
    stage.inAlarm('web');
    const service = await stage.start();
    await stage.cleared('web');
    const [error = '', ...more] = messages(service.log()).filter((line) => /^ERROR/.test(line));
    assert.ok(error.startsWith(`ERROR Control socket ${control_socket} cannot be made: `), error);
    assert.match(error, reason);
    assert.deepEqual(more, []);
    if (control_socket.includes('notes')) {
      assert.equal(readFileSync(stage.space.path('notes.txt'), 'utf8'), 'precious');
    }
  });
}

test('a lock left by a crash, and a socket that was never finished, are no obstacle', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM });
  writeFileSync(`${socketOf(stage)}.lock`, '');
  writeFileSync(`${socketOf(stage)}.new`, '');
  await startListening(stage);
});

async function quietStage(t: TestContext): Promise<Stage> {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM });
  await startListening(stage);
  return stage;
}

/** Without the last one's, who was just answered. */
async function fewestSockets(service: Service): Promise<number> {
  const counts: number[] = [];
  await waitFor('twenty looks', () => counts.push(openSockets(service)) >= 20);
  return Math.min(...counts);
}

function openSockets({ pid }: Service): number {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return ''; // closed meanwhile
    }
  });
  return links.filter((link) => link.startsWith('socket:')).length;
}

function residentKilobytes({ pid }: Service): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
}
