/** The harness itself: a test can be believed only as far as its tools can. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { type DatabaseAddress, parseAddress, sharedServer } from '../support/address.ts';
import { serverVersion } from '../support/connection.ts';
import { type DatabaseServer, startMariadb } from '../support/database_server.ts';
import { isAlive } from '../support/processes.ts';
import { type FaultyProxy, type Meddler, startProxy } from '../support/proxy.ts';
import { freshDatabase, type TestDatabase } from '../support/test_database.ts';
import { within } from '../support/wait.ts';

const LATE = /in vain/;

describe('a private database server', () => {
  let server: DatabaseServer;
  let database: TestDatabase;

  before(async () => {
    server = await startMariadb();
    database = await freshDatabase(server.address);
    await database.add({ id: 1, name: 'nginx', notes: 'kept' });
  });
  after(() => server.stop());

  test('answers on its port and on its socket', async () => {
    assert.match(await serverVersion(server.address), /MariaDB/);
    assert.match(await serverVersion(server), /MariaDB/);
  });

  test('answers nothing while frozen, and all of it when thawed', async () => {
    server.freeze();
    const answer = database.sql('SELECT 1 AS one');
    await assert.rejects(within('an answer', 200, answer), LATE);
    server.thaw();
    assert.deepEqual({ ...(await answer)[0] }, { one: 1 });
  });

  test('keeps its data, port and socket over a crash and a halt', async () => {
    await server.kill();
    await assert.rejects(serverVersion(server.address), /ECONNREFUSED/);
    await server.restart();
    assert.equal((await database.row(1))?.notes, 'kept');
    await server.halt();
    await server.restart();
    assert.equal((await database.row(1))?.notes, 'kept');
  });

  test('is stopped, frozen or not, and leaves nothing behind', async () => {
    const other = await startMariadb();
    const { pid } = other;
    other.freeze();
    await other.stop();
    assert.equal(isAlive(pid), false);
    assert.equal(existsSync(other.socket), false);
  });
});

describe('a fresh database', () => {
  test('is the product’s, empty and one’s own', async (t) => {
    const databases = await Promise.all([1, 2].map(() => freshDatabase(sharedServer())));
    const [one, two] = databases as [TestDatabase, TestDatabase];
    t.after(() => Promise.all([one.drop(), two.drop()]));
    await one.add({ id: 7, name: null, alarm: true });
    await one.add({ id: 8, name: 'sshd' });
    await one.raise(8);
    assert.deepEqual(await one.row(8), { alarma: 1, sound: 0, notes: null });
    assert.deepEqual((await one.sql('SELECT process_id FROM PROCESE')).map(String).length, 1);
    assert.equal(await two.row(8), undefined);
    assert.ok(one.config.startsWith('[database]\n'));
  });

  test('is on the server that a URL names', () => {
    const url = 'mysql://me:p%23%3Aw@[::1]:33060/?socket=/run/my.sock&ssl_mode=required';
    assert.deepEqual(parseAddress(url), {
      host: '::1',
      port: 33060,
      user: 'me',
      password: 'p#:w',
      socket: '/run/my.sock',
      ssl_mode: 'required',
    });
  });
});

describe('a proxy', () => {
  let proxy: FaultyProxy;
  let proxied: DatabaseAddress;
  let database: TestDatabase;

  before(async () => {
    const server = sharedServer();
    proxy = await startProxy(server.socket ? { path: server.socket } : server);
    const { socket, ...rest } = server;
    proxied = { ...rest, host: '127.0.0.1', port: proxy.port };
    database = await freshDatabase(proxied);
  });
  after(async () => {
    await database.drop();
    await proxy.close();
  });

  test('holds every byte, and releases them', async () => {
    await database.sql('SELECT 1');
    const before = proxy.connections;
    proxy.hold();
    const answer = database.sql('SELECT 2 AS two');
    await assert.rejects(within('an answer', 200, answer), LATE);
    proxy.release();
    assert.deepEqual({ ...(await answer)[0] }, { two: 2 });
    assert.equal(proxy.connections, before);
  });

  test('cuts what is connected, and connects again', async () => {
    const answer = database.sql('SELECT SLEEP(5)');
    setImmediate(() => proxy.cut());
    await assert.rejects(answer, /closed|LOST|ECONNRESET/i);
    assert.equal((await database.sql('SELECT 1')).length, 1);
  });

  test('hands what passes to who meddles, on each connection by itself, until told not to', async () => {
    await database.sql('SELECT 1');
    const meddled: string[] = [];
    proxy.meddle(() => {
      const said = new Set<string>();
      return (bytes, sender, link) => {
        said.add(sender);
        meddled.push([...said].join(' then '));
        link.pass(bytes, sender === 'client' ? 'server' : 'client');
      };
    });
    assert.deepEqual({ ...(await database.sql('SELECT 2 AS two'))[0] }, { two: 2 });
    assert.deepEqual(meddled, ['client', 'client then server']);
    assert.ok(await serverVersion(proxied));
    assert.equal(meddled[2], 'server');
    proxy.meddle((): Meddler => (_bytes, _sender, link) => link.cut());
    await assert.rejects(database.sql('SELECT 3'), /closed|LOST|ECONNRESET/i);
    proxy.meddle(undefined);
    const before = meddled.length;
    assert.ok(await serverVersion(proxied));
    assert.equal(meddled.length, before);
  });

  test('refuses connections until it accepts them again', async () => {
    await proxy.refuse();
    await assert.rejects(serverVersion(proxied), { code: 'ECONNREFUSED' });
    await proxy.accept();
    assert.ok(await serverVersion(proxied));
  });
});
