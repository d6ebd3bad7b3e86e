/** Whatever answers in the place of a database server, or does not. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { sharedServer } from '../support/address.ts';
import { freePort } from '../support/ports.ts';
import { startProxy } from '../support/proxy.ts';
import { occurrences, openScene } from './database_scene.ts';

/** A server that does this with each connection; gives its port and what is connected. */
async function impostor(t: TestContext, greet: (socket: Socket) => void) {
  const connected = new Set<Socket>();
  let accepted = 0;
  const server = createServer((socket) => {
    accepted++;
    connected.add(socket);
    socket.on('error', () => {}).on('close', () => connected.delete(socket));
    socket.resume();
    greet(socket);
  });
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of connected) {
      socket.destroy();
    }
  });
  const address = { host: '127.0.0.1', port, user: 'root', password: 'secret' };
  return { address, connected, accepted: () => accepted };
}

test('a server that accepts and says nothing is given up after connect_timeout, check by check', async (t) => {
  const { address, connected, accepted } = await impostor(t, () => {});
  const scene = await openScene(t);
  scene.configure({ address, database: { connect_timeout: 1 } });
  const service = await scene.start();
  const message =
    /ERROR - Database check failed: 127.0.0.1:\d+: no connection within 1 second \(connect_timeout\).* \(next try in 1 second\)\n/;
  let position = 0;
  for (let check = 1; check <= 4; check++) {
    position = await service.waitForLog(message, { after: position, timeoutMs: 4_000 });
  }
  assert.ok(connected.size <= 1, `${connected.size} connections are left open`);
  assert.ok(accepted() <= 5, `${accepted()} connections for 4 checks`);
});

test('a network that swallows everything is given up after query_timeout, and used once it is back', async (t) => {
  const server = sharedServer();
  const proxy = await startProxy(server.socket ? { path: server.socket } : server);
  t.after(() => proxy.close());
  const { socket, ...rest } = server;
  const scene = await openScene(t);
  scene.configure({
    address: { ...rest, host: '127.0.0.1', port: proxy.port },
    database: { query_timeout: 1, connect_timeout: 1 },
  });
  const service = await scene.start();
  await scene.passChecks(service, 1);
  proxy.hold();
  let position = await service.waitForLog(/no answer within 1 second \(query_timeout\)/);
  position = await service.waitForLog(/no connection within 1 second \(connect_timeout\)/, {
    after: position,
  });
  proxy.release();
  await service.waitForLog('INFO - Database connection restored', { after: position });
  await scene.passChecks(service, 1);
});

for (const { what, greet } of [
  { what: 'closes at once', greet: (socket: Socket) => socket.end() },
  { what: 'resets at once', greet: (socket: Socket) => socket.resetAndDestroy() },
  {
    what: 'speaks HTTP',
    greet: (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n'),
  },
  { what: 'speaks SSH', greet: (socket: Socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n') },
  { what: 'sends zeros', greet: (socket: Socket) => socket.write(Buffer.alloc(65_536)) },
  { what: 'sends ones', greet: (socket: Socket) => socket.write(Buffer.alloc(65_536, 0xff)) },
  {
    what: 'sends a greeting cut short',
    greet: (socket: Socket) => socket.write(Buffer.from('\x05\0\0\0\x0a8.0.', 'latin1')),
  },
  {
    what: 'refuses in an old protocol',
    greet: (socket: Socket) =>
      socket.end(Buffer.from('\x11\0\0\0\xff\x15\x04Host blocked!!', 'latin1')),
  },
]) {
  test(`a server that ${what} is one ERROR per check, and the service goes on`, async (t) => {
    const { address } = await impostor(t, greet);
    const scene = await openScene(t);
    scene.configure({ address, database: { connect_timeout: 1, query_timeout: 1 } });
    const service = await scene.start();
    let position = 0;
    for (let check = 1; check <= 2; check++) {
      const line = /ERROR - Database check failed: 127.0.0.1:\d+: \S.* \(next try in 1 second\)\n/;
      position = await service.waitForLog(line, { after: position, timeoutMs: 5_000 });
    }
    scene.configure();
    service.signal('SIGHUP');
    await service.waitForLog('INFO - Database connection restored', { after: position });
    const web = await scene.inAlarm(1);
    await scene.cleared(1);
    assert.equal(scene.running(web), 1);
    assert.equal(service.stderr(), '');
    assert.equal(occurrences(service.log(), 'secret'), 0);
  });
}
