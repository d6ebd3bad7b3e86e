/** Whoever answers in the database server's place may hold up nothing, and fill no log. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { addressOf } from '../../src/alarms/mysql_address.ts';
import { MysqlStore } from '../../src/alarms/mysql_store.ts';
import { StoreError } from '../../src/monitor/alarm_store.ts';
import { type DatabaseAddress, databaseSection } from '../support/address.ts';
import { run } from '../support/binary.ts';
import {
  curiousServer,
  evilServer,
  greeting,
  serve,
  speechlessServer,
} from '../support/evil_server.ts';
import { waitFor } from '../support/wait.ts';
import { configText, workspace } from '../support/workspace.ts';
import { databaseSettings, NEVER, settingsFor } from './store_bed.ts';

const CONNECT_TIMEOUT = 1;
const LIMITS = `connect_timeout = ${CONNECT_TIMEOUT}\nquery_timeout = 1\n`;
const MAX_MESSAGE = 1200;
const SIZE = 400_000;
const CLIENT_LOCAL_FILES = 0x80;

const repeated = (part: string) => part.repeat(SIZE / part.length);

/** What a check gives, and how long it takes. */
async function check(t: TestContext, address: DatabaseAddress) {
  const store = new MysqlStore(settingsFor(address, 'v_process_monitor', LIMITS));
  t.after(() => store.close());
  const started = performance.now();
  const error = await store.findAlarms(NEVER).then(
    () => assert.fail('it found alarms'),
    (error: Error) => error,
  );
  return { error, tookMs: performance.now() - started };
}

async function assertBounded(t: TestContext, address: DatabaseAddress): Promise<Error> {
  const { error, tookMs } = await check(t, address);
  assert.ok(tookMs < (CONNECT_TIMEOUT + 1) * 1000, `${tookMs} ms`);
  assert.ok(error instanceof StoreError);
  assert.ok(error.message.length < MAX_MESSAGE, `${error.message.length} characters`);
  return error;
}

describe('400 KB of an error cost a check no time, and are told in short', () => {
  for (const moment of ['greeting', 'login', 'statement'] as const) {
    for (const part of ['a', 'password=', '-', 'pwd-', '//a:', "password='", 'é', '\n']) {
      test(`in the ${moment}, of ${JSON.stringify(part)}`, async (t) => {
        const error = await assertBounded(t, await evilServer(t, moment, repeated(part)));
        assert.doesNotMatch(error.message, /connect_timeout|query_timeout/);
      });
    }
  }
});

describe('a check is over in time', () => {
  test('where the greeting comes byte by byte', async (t) => {
    const address = await serve(t, (socket) => {
      const bytes = [...greeting()];
      const drip = setInterval(() => socket.write(Buffer.from([bytes.shift() ?? 0])), 50);
      socket.on('close', () => clearInterval(drip));
    });
    const error = await assertBounded(t, address);
    assert.match(error.message, /no connection within 1 second \(connect_timeout\)/);
  });

  test('where the greeting never ends, and memory stays bounded', async (t) => {
    const address = await serve(t, (socket) => {
      socket.write(Buffer.from([0xff, 0xff, 0xff, 0, 0x0a]));
      floods(socket);
    });
    const before = process.memoryUsage().rss;
    const error = await assertBounded(t, address);
    assert.match(error.message, /: the server sent more than 1 MB$/);
    assert.ok(process.memoryUsage().rss - before < 300e6);
  });
});

describe('a server that asks for a file of this host', () => {
  for (const moment of ['prepare', 'execute'] as const) {
    test(`where a statement is to be ${moment}d gets none, and the check is over in time`, async (t) => {
      const space = await workspace();
      t.after(() => space.remove());
      const file = space.write('shadow', 'precious'.repeat(1000));
      const heard: Buffer[] = [];
      const address = await curiousServer(t, moment, file, (data) => heard.push(data));
      const { error, tookMs } = await check(t, address);
      assert.ok(tookMs < 2500, `${tookMs} ms`);
      assert.ok(error instanceof StoreError, error.message);
      const all = Buffer.concat(heard);
      assert.ok(all.includes('innodb_lock_wait_timeout'), 'it was asked something');
      assert.ok(!all.includes('precious'));
      assert.equal(all.readUInt32LE(4) & CLIENT_LOCAL_FILES, 0, 'files were offered');
    });
  }
});

/** As fast as it is taken. */
function floods(socket: Socket): void {
  const more = Buffer.alloc(65_536, 'a');
  const flow = () => {
    if (!socket.destroyed) {
      socket.write(more, flow);
    }
  };
  flow();
}

test('an answer to something else is one error, and the connection is not used again', async (t) => {
  const { address, closed } = await speechlessServer(t);
  const { error } = await check(t, address);
  assert.ok(error instanceof StoreError);
  assert.match(error.message, /^127\.0\.0\.1:\d+: the server's answer makes no sense$/);
  await waitFor('the connection to be closed', () => closed() === 1);
});

test('a check at such a server is one ERROR of bounded length', async (t) => {
  const space = await workspace();
  t.after(() => space.remove());
  const address = await evilServer(t, 'greeting', repeated('password='));
  const database = databaseSection(address, 'v_process_monitor') + LIMITS;
  const file = space.write('config.ini', configText(space, { database }));
  const { code, stdout } = await run(['run', '--once', '-c', file], { timeoutMs: 10_000 });
  assert.equal(code, 1);
  const errors = stdout.split('\n').filter((line) => line.includes('ERROR'));
  assert.equal(errors.length, 1, stdout);
  assert.match(errors[0] ?? '', /Database check failed: 127\.0\.0\.1:\d+: /);
  assert.ok((errors[0] ?? '').length < MAX_MESSAGE + 200, `${errors[0]?.length} characters`);
});

test('a socket in a directory where anybody can put one is not even looked for', () => {
  const lookedFor: string[] = [];
  addressOf(databaseSettings('[database]\nhost = localhost\n'), (path) => {
    lookedFor.push(path);
    return false;
  });
  assert.ok(lookedFor.length > 0);
  assert.deepEqual(
    lookedFor.filter((path) => !/^\/(var\/lib\/mysql|(var\/)?run\/mysqld)\//.test(path)),
    [],
  );
});
