import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MysqlStore } from '../../src/alarms/mysql_store.ts';
import type { Alarm } from '../../src/monitor/alarm_store.ts';
import { type DatabaseAddress, sharedServer } from '../support/address.ts';
import { connect } from '../support/connection.ts';
import { type Meddler, passing, startProxy } from '../support/proxy.ts';
import { waitFor } from '../support/wait.ts';
import {
  addRow,
  type MysqlBed,
  mysqlBed,
  NEVER,
  NOON,
  rowOf,
  STAMP_ALONE,
  settingsFor,
} from './store_bed.ts';

let bed: MysqlBed;

beforeEach(async () => {
  bed = await mysqlBed(sharedServer(), 'query_timeout = 2\nconnect_timeout = 2\n');
  await addRow(bed, { id: 1, name: 'nginx' });
});
afterEach(() => bed.end());

/** The ids of the sessions on the test's database, apart from the test's own. */
async function sessions(): Promise<number[]> {
  const [own] = await bed.sql('SELECT CONNECTION_ID() AS id');
  const rows = await bed.sql(
    `SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = '${bed.database.name}'`,
  );
  return rows.map(({ id }) => Number(id)).filter((id) => id !== Number(own?.id));
}

async function clearOne(): Promise<boolean> {
  const [alarm] = await bed.store.findAlarms(NEVER);
  return await bed.store.clearAlarm(alarm as Alarm, NOON);
}

describe('the connection', () => {
  test('is one for many checks, and is closed with the store', async () => {
    await bed.store.findAlarms(NEVER);
    const [first] = await sessions();
    for (let check = 0; check < 50; check++) {
      await bed.store.findAlarms(NEVER);
    }
    await clearOne();
    await Promise.all([
      bed.store.findAlarms(NEVER),
      bed.store.findAlarms(NEVER),
      bed.store.inspect(),
    ]);
    assert.deepEqual(await sessions(), [first]);
    await bed.store.close();
    await waitFor('the session to end', async () => (await sessions()).length === 0);
  });

  test('takes little memory, so that one that breaks at every check leaves little to collect', async (t) => {
    const settings = settingsFor(sharedServer(), bed.database.name, '');
    const stores = Array.from({ length: 20 }, () => new MysqlStore(settings));
    t.after(() => Promise.all(stores.map((store) => store.close())));
    await bed.store.findAlarms(NEVER); // what is loaded once is loaded now
    const before = memoryInUse();
    await Promise.all(stores.map((store) => store.findAlarms(NEVER)));
    const each = (memoryInUse() - before) / stores.length;
    assert.ok(each < 200_000, `${each} bytes`);
  });

  test('that was killed while it lay idle is replaced without an error', async () => {
    await bed.store.findAlarms(NEVER);
    const [first] = await sessions();
    await bed.sql(`KILL ${first}`);
    assert.equal((await bed.store.findAlarms(NEVER)).length, 1);
    const [second, ...others] = await sessions();
    assert.ok(second !== undefined && second !== first);
    assert.deepEqual(others, []);
  });

  test('that was killed before an alarm is cleared is replaced without an error', async () => {
    const [alarm] = await bed.store.findAlarms(NEVER);
    const [first] = await sessions();
    await bed.sql(`KILL ${first}`);
    assert.equal(await bed.store.clearAlarm(alarm as Alarm, NOON), true);
    assert.deepEqual(await rowOf(bed, 1), [0, 0, STAMP_ALONE]);
  });

  test('commits by itself, so that others see the cleared alarm and no lock is kept', async () => {
    await bed.store.findAlarms(NEVER);
    await clearOne();
    const other = await connect(sharedServer(), { database: bed.database.name });
    try {
      await other.query('SET innodb_lock_wait_timeout = 1');
      await other.query('UPDATE STATUS_PROCESS SET sound = 1 WHERE process_id = 1');
    } finally {
      other.destroy();
    }
    assert.deepEqual(await rowOf(bed, 1), [0, 1, STAMP_ALONE]);
  });

  test('sees what others have committed between two checks', async () => {
    assert.equal((await bed.store.findAlarms(NEVER)).length, 1);
    await bed.sql('UPDATE STATUS_PROCESS SET alarma = 0');
    assert.equal((await bed.store.findAlarms(NEVER)).length, 0);
  });
});

describe('a server behind a network with faults', () => {
  async function behindProxy() {
    const server = sharedServer();
    const proxy = await startProxy(server.socket ? { path: server.socket } : server);
    const { socket, ...rest } = server;
    const address: DatabaseAddress = { ...rest, host: '127.0.0.1', port: proxy.port };
    const proxied = await mysqlBed(address, 'query_timeout = 1\nconnect_timeout = 1\n');
    await addRow(proxied, { id: 1, name: 'nginx' });
    const end = async () => {
      await proxy.accept().catch(() => {});
      proxy.release();
      await proxied.end();
      await proxy.close();
    };
    return {
      proxy,
      store: proxied.store,
      database: proxied.database,
      where: `127.0.0.1:${proxy.port}`,
      end,
    };
  }

  test('is told within a minute of silence that the connection is still wanted', async (t) => {
    const { store, where, end } = await behindProxy();
    t.after(end);
    await store.findAlarms(NEVER);
    const port = Number(where.split(':')[1]);
    await waitFor('a timer that keeps it alive', () =>
      // The test's own session is left to the kernel's two hours.
      keepAliveSeconds(port).some((seconds) => seconds <= 60),
    );
  });

  test('that goes silent is given up after query_timeout, and all that waits with it', async (t) => {
    const { proxy, store, where, end } = await behindProxy();
    t.after(end);
    const [alarm] = await store.findAlarms(NEVER);
    proxy.hold();
    const started = performance.now();
    const waiting = Array.from({ length: 20 }, () => store.clearAlarm(alarm as Alarm, NOON));
    for (const result of await Promise.allSettled([store.findAlarms(NEVER), ...waiting])) {
      assert.equal(result.status, 'rejected');
      assert.equal(
        (result.reason as Error).message,
        `${where}: no answer within 1 second (query_timeout)`,
      );
    }
    assert.ok(performance.now() - started < 2500);
    await assert.rejects(store.findAlarms(NEVER), {
      message: `${where}: no connection within 1 second (connect_timeout)`,
    });
    const before = proxy.connections;
    proxy.release();
    assert.equal((await store.findAlarms(NEVER)).length, 1);
    assert.ok(proxy.connections > before, 'the old connection was used again');
  });

  test('that goes silent holds up no service that ends', async (t) => {
    const { proxy, store, end } = await behindProxy();
    t.after(end);
    await store.findAlarms(NEVER);
    proxy.hold();
    const stopping = new AbortController();
    const started = performance.now();
    const find = store.findAlarms(stopping.signal);
    stopping.abort();
    await assert.rejects(find);
    await assert.rejects(store.findAlarms(stopping.signal));
    assert.ok(performance.now() - started < 500);
  });

  test('that cuts every connection in the middle is connected to again', async (t) => {
    const { proxy, store, end } = await behindProxy();
    t.after(end);
    await store.findAlarms(NEVER);
    proxy.hold();
    const answer = store.findAlarms(NEVER);
    setImmediate(() => {
      proxy.cut();
      proxy.release();
    });
    assert.equal((await answer).length, 1);
  });

  test('that loses the answer to a cleared alarm does not have it look changed by somebody else', async (t) => {
    const { proxy, store, database, end } = await behindProxy();
    t.after(end);
    const find = async () => (await store.findAlarms(NEVER))[0] as Alarm;
    assert.equal(await store.clearAlarm(await find(), NOON), true);
    await database.raise(1);
    const alarm = await find();
    const cutting: Meddler = (bytes, sender, link) =>
      sender === 'server' ? link.cut() : link.pass(bytes, 'server');
    const meddlers = [cutting];
    proxy.meddle(() => meddlers.shift() ?? passing);
    assert.equal(await store.clearAlarm(alarm, NOON), true);
    assert.equal(meddlers.length, 0, 'no answer was lost');
    assert.equal((await database.row(1))?.alarma, 0);
    assert.equal(await store.clearAlarm({ ...alarm, notes: 'other' }, NOON), false);
  });

  test('that refuses is one clear error, and works again once it is back', async (t) => {
    const { proxy, store, where, end } = await behindProxy();
    t.after(end);
    await store.findAlarms(NEVER);
    await proxy.refuse();
    await assert.rejects(store.findAlarms(NEVER), {
      name: 'ConnectionLost',
      message: `${where}: connect ECONNREFUSED ${where}; is the database server running?`,
    });
    await proxy.accept();
    assert.equal((await store.findAlarms(NEVER)).length, 1);
  });
});

/** When the kernel next assures the peer on this port of 127.0.0.1 that connections live. */
function keepAliveSeconds(port: number): number[] {
  const peer = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const timers = new RegExp(`: \\S+ ${peer} 01 \\S+ 02:([0-9A-F]+) `, 'g');
  return [...readFileSync('/proc/net/tcp', 'utf8').matchAll(timers)].map(
    ([, hundredths = '']) => Number.parseInt(hundredths, 16) / 100,
  );
}

/** Without what is only waiting to be collected. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
