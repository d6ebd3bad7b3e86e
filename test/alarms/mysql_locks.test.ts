/** Rows and tables that another session holds: only what is locked waits, and the server says so before the client gives up. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Connection } from 'mysql2/promise';
import { lockLimits } from '../../src/alarms/lock_limits.ts';
import type { Alarm } from '../../src/monitor/alarm_store.ts';
import { sharedServer } from '../support/address.ts';
import { connect } from '../support/connection.ts';
import { type Meddler, startProxy } from '../support/proxy.ts';
import { addRow, type MysqlBed, mysqlBed, NEVER, NOON, rowOf, STAMP_ALONE } from './store_bed.ts';

const LOCKED = /ER_LOCK_WAIT_TIMEOUT\); another session holds a lock on the row or table$/;
/** How much later than told an old InnoDB ends a wait, in milliseconds. */
const LATE_MS = 2000;

test('an old server’s two seconds more end before the client gives up, whatever query_timeout is', () => {
  for (let queryTimeout = 1; queryTimeout <= 300; queryTimeout++) {
    const { waitSeconds, writeSeconds } = lockLimits(queryTimeout);
    assert.ok(waitSeconds >= 1, 'below, MySQL makes a second of it, and MariaDB does not wait');
    assert.ok(waitSeconds + 2 < writeSeconds);
    assert.equal(writeSeconds, Math.max(4, queryTimeout));
  }
});

for (const queryTimeout of [1, 2, 4]) {
  describe(`with query_timeout = ${queryTimeout}`, { concurrency: true }, () => {
    const keys = `query_timeout = ${queryTimeout}\n`;

    test('a row that another session has locked stays in alarm, and the others are cleared', async (t) => {
      const bed = await lockedBed(keys);
      t.after(bed.end);
      const alarms = await bed.store.findAlarms(NEVER);
      assert.equal(alarms.length, 3);
      const cleared = alarms.map((alarm) => bed.store.clearAlarm(alarm, NOON));
      await assert.rejects(cleared[0] as Promise<boolean>, { message: LOCKED });
      assert.deepEqual(await Promise.all(cleared.slice(1)), [true, true]);
      assert.deepEqual(await rowOf(bed, 2), [0, 0, STAMP_ALONE]);
      await bed.locker.query('ROLLBACK');
      assert.equal(await bed.store.clearAlarm(alarms[0] as Alarm, NOON), true);
    });

    test('the same where the server says so two seconds late', async (t) => {
      const proxy = await startProxy(direct());
      proxy.meddle(lateMeddler);
      const bed = await lockedBed(keys, proxy.port);
      t.after(async () => {
        await bed.end();
        await proxy.close();
      });
      const alarms = await bed.store.findAlarms(NEVER);
      const cleared = alarms.map((alarm) => bed.store.clearAlarm(alarm, NOON));
      await assert.rejects(cleared[0] as Promise<boolean>, { message: LOCKED });
      assert.deepEqual(await Promise.all(cleared.slice(1)), [true, true]);
    });
  });
}

/** Lets the answer through as late as an old InnoDB would give it, which may be late by itself. */
function lateMeddler(): Meddler {
  let askedAt = 0;
  return (bytes, sender, link) => {
    if (sender === 'client') {
      askedAt = performance.now();
      link.pass(bytes, 'server');
      return;
    }
    const isOfLock = bytes.includes('Lock wait timeout');
    const dueMs = isOfLock ? askedAt + 1000 * lockLimits(1).waitSeconds + LATE_MS : 0;
    setTimeout(() => link.pass(bytes, 'client'), Math.max(0, dueMs - performance.now()));
  };
}

function direct() {
  const { socket, ...rest } = sharedServer();
  return socket === undefined ? rest : { path: socket };
}

interface LockedBed extends MysqlBed {
  readonly locker: Connection;
}

/** Three rows in alarm, the first of them locked by another session. */
async function lockedBed(keys: string, port?: number): Promise<LockedBed> {
  const { socket, ...rest } = sharedServer();
  const bed = await mysqlBed(
    port === undefined ? sharedServer() : { ...rest, host: '127.0.0.1', port },
    keys,
  );
  for (const [id, name] of [
    [1, 'nginx'],
    [2, 'mysqld'],
    [3, 'web'],
  ] as const) {
    await addRow(bed, { id, name });
  }
  const locker = await connect(sharedServer(), { database: bed.database.name });
  await locker.query('BEGIN');
  await locker.query('SELECT * FROM STATUS_PROCESS WHERE process_id = 1 FOR UPDATE');
  return {
    ...bed,
    locker,
    async end() {
      locker.destroy();
      await bed.end();
    },
  };
}
