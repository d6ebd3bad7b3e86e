/** What an operator is told when the service cannot be asked. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { ask, checkNow } from '../../src/control/client.ts';
import { workspace } from '../support/workspace.ts';

const STATUS = { method: 'GET', path: '/status' } as const;
const isPid = (content: unknown): content is { pid: number } =>
  Number.isInteger(Object(content).pid);

test('no service listens where there is no socket, or a directory is missing', async (t) => {
  const path = await socketPath(t);
  assert.equal(await checkNow(path), false);
  assert.equal(await checkNow(`${path}/control.sock`), false);
});

test('a service that says yes was told', async (t) => {
  const { path, heard } = await answering(t, 200, '{}');
  assert.equal(await checkNow(path), true);
  assert.match(heard(), /^POST \/check-now HTTP\/1\.1\r\n/);
});

test('what the service answers is handed on', async (t) => {
  const { path } = await answering(t, 200, '{"pid":7}');
  assert.deepEqual(await ask(path, STATUS, isPid), { pid: 7 });
});

test('what answers otherwise than the service is told, and nothing is made of it', async (t) => {
  const { path } = await answering(t, 200, '{"pid":"\\u001b[2J"}');
  await assert.rejects(ask(path, STATUS, isPid), {
    message: `${path}: what answers there says other things than this version of monitor_service`,
  });
  for (const body of ['null', '7', '{}', '{"error":7}']) {
    const { path } = await answering(t, 500, body);
    await assert.rejects(ask(path, STATUS, isPid), {
      message: `${path}: what answers there is not monitor_service; see [monitor] control_socket`,
    });
  }
});

test('a refusal is told in the words of the service, control characters escaped', async (t) => {
  const { path } = await answering(t, 404, '{"error":"nothing is known of \\u001b[31mweb"}');
  await assert.rejects(ask(path, STATUS, isPid), {
    message: 'nothing is known of \\x1b[31mweb',
  });
});

test('a socket that this user may not use is told with what is needed', async (t) => {
  const { path } = await answering(t, 200, '{}');
  chmodSync(path, 0);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    process.seteuid?.(65_534);
  }
  try {
    const expected = { message: `${path}: permission denied: must be root` };
    await assert.rejects(checkNow(path), expected);
  } finally {
    if (isRoot) {
      process.seteuid?.(0);
    }
  }
});

for (const [what, text] of [
  ['another protocol', '\x0aR\x00\x00\x00\x0a8.0.40'],
  ['a page', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>'],
] as const) {
  test(`${what} is not taken for the service`, async (t) => {
    const path = await listening(t, (socket) => socket.end(text));
    await assert.rejects(checkNow(path), {
      message: `${path}: what answers there is not monitor_service; see [monitor] control_socket`,
    });
  });
}

test('an answer without an end is not read for ever', async (t) => {
  const megabyte = 'x'.repeat(1024 * 1024);
  const path = await listening(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n');
    const more = () => socket.write(megabyte, () => socket.destroyed || more());
    more();
  });
  await assert.rejects(checkNow(path), /what answers there is not monitor_service/);
});

test('a service that is too busy for the first connections is asked again', async (t) => {
  let connections = 0;
  const path = await listening(t, (socket) => {
    connections += 1;
    if (connections <= 3) {
      socket.destroy();
    } else {
      socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}');
    }
  });
  assert.equal(await checkNow(path), true);
  assert.equal(connections, 4);
});

test('a service that does not answer is given up after 5 seconds', async (t) => {
  for (const treat of [() => {}, (socket: Socket) => socket.destroy()]) {
    const path = await listening(t, treat);
    await assert.rejects(checkNow(path), {
      message: `${path}: the service does not answer within 5 seconds; is it stopped, or the host overloaded?`,
    });
  }
});

async function socketPath(t: TestContext): Promise<string> {
  const space = await workspace();
  t.after(() => space.remove());
  return space.path('control.sock');
}

/** A service that answers every request with this. */
async function answering(t: TestContext, status: number, body: string) {
  let heard = '';
  const path = await listening(t, (socket) => {
    socket.once('data', (data) => {
      heard += data;
      const head = `HTTP/1.1 ${status} Told\r\nContent-Length: ${body.length}\r\n`;
      socket.end(`${head}Connection: close\r\n\r\n${body}`);
    });
  });
  return { path, heard: () => heard };
}

/** Something that listens in place of the service. */
async function listening(t: TestContext, onConnection: (socket: Socket) => void): Promise<string> {
  const path = await socketPath(t);
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.after(() => {
    for (const socket of sockets) {
      socket.destroy();
    }
    server.close();
  });
  return path;
}
