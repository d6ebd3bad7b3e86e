import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { ask } from '../../src/control/client.ts';
import { isStatusReport } from '../../src/control/shapes.ts';
import type { Service } from '../support/service.ts';
import { waitFor } from '../support/wait.ts';
import { configText } from '../support/workspace.ts';
import { messages, openStage, type Stage } from './stage.ts';

const CUSTOM = {
  restart_strategy: 'custom',
  restart_command: 'true',
  health_check_command: 'true',
  health_check_stable_time: 0,
};
const RELOADED = 'INFO - Configuration reloaded\n';

test('a broken configuration is refused with all its problems, and the old interval goes on', async (t) => {
  const { stage, service } = await reloadable(t, 1);
  const file = stage.space.path('config.ini');
  stage.write(
    configText(stage.space, {
      database: stage.databaseSection(),
      monitor: { check_interval: 'often', max_restart_failures: 0 },
      processes: { web: { restart_strategy: 'magic' } },
    }),
  );
  service.signal('SIGHUP');
  await service.waitForLog('ERROR - Configuration not reloaded, the running settings stay\n');
  const log = service.log();
  for (const told of [
    '[monitor] check_interval: got "often", expected whole seconds from 1 to 86400 (or 5m, 2h)',
    '[monitor] max_restart_failures: got "0", expected a whole number from 1 to 1000',
    '[process.web] restart_strategy: got "magic", expected one of service, process, auto, custom',
  ]) {
    assert.ok(
      log.split('\n').some((line) => line.includes(` - ERROR - ${file}:`) && line.endsWith(told)),
      `${told}\n${log}`,
    );
  }
  stage.inAlarm('later');
  await stage.cleared('later', 3_000);
});

test('a configuration that is gone is refused, and the running settings stay', async (t) => {
  const { stage, service } = await reloadable(t, 1);
  const file = stage.space.path('config.ini');
  const log = stage.space.path('monitor_service.log');
  renameSync(file, `${file}.away`);
  service.signal('SIGHUP');
  await waitFor('the refusal', () =>
    readFileSync(log, 'utf8').includes('Configuration not reloaded, the running settings stay'),
  );
  stage.inAlarm('later');
  await stage.cleared('later', 3_000);
});

for (const [what, spoil, reason] of [
  [
    'that holds bytes which are no text',
    (file: string) => writeFileSync(file, Buffer.from([0xff, 0xfe]), { flag: 'a' }),
    /config\.ini: is not UTF-8 text$/,
  ],
  [
    'in whose place is a directory',
    (file: string) => {
      renameSync(file, `${file}.away`);
      mkdirSync(file);
    },
    /config\.ini: is not a regular file$/,
  ],
] as const) {
  test(`a configuration ${what} is refused, and status says so until one is not`, async (t) => {
    const { stage, service } = await reloadable(t, 1);
    const file = stage.space.path('config.ini');
    const good = readFileSync(file);
    const lastReload = async () =>
      (
        await ask(
          stage.space.path('control.sock'),
          { method: 'GET', path: '/status' },
          isStatusReport,
        )
      )?.last_reload;
    assert.equal(await lastReload(), null);
    spoil(file);
    service.signal('SIGHUP');
    await waitFor('the refusal', async () => (await lastReload())?.refused);
    assert.match((await lastReload())?.reason ?? '', reason);
    rmSync(file, { recursive: true });
    stage.write(good.toString());
    service.signal('SIGHUP');
    await waitFor('the reload', async () => (await lastReload())?.refused === false);
    assert.equal((await lastReload())?.reason, null);
  });
}

test('the new interval of a good configuration counts at once', async (t) => {
  const { stage, service } = await reloadable(t, 3600);
  stage.configure({ monitor: { check_interval: 1 }, processes: { default: CUSTOM } });
  stage.inAlarm('second');
  service.signal('SIGHUP');
  await service.waitForLog(RELOADED);
  await stage.cleared('second', 3_000);
  stage.inAlarm('third');
  await stage.cleared('third', 3_000);
});

test('new settings of a process count for its next restart', async (t) => {
  const { stage, service } = await reloadable(t, 1);
  const ran = stage.space.path('ran');
  stage.configure({
    processes: { default: CUSTOM, web: { restart_command: `touch ${ran}` } },
  });
  service.signal('SIGHUP');
  await service.waitForLog(RELOADED);
  stage.inAlarm('web');
  await stage.cleared('web');
  assert.ok(existsSync(ran));
});

test('a higher max_parallel_restarts lets those begin that wait, beside one that takes very long', async (t) => {
  const stage = await openStage(t);
  const processes = {
    default: CUSTOM,
    slow: { ...CUSTOM, restart_command: 'sleep 600', restart_timeout: 600 },
  };
  stage.configure({ monitor: { max_parallel_restarts: 1 }, processes });
  stage.inAlarm('slow', 'waiting');
  const service = await stage.start();
  await service.waitForLog('Attempt 1 of 2 for slow');
  stage.configure({ monitor: { max_parallel_restarts: 2 }, processes });
  service.signal('SIGHUP');
  await stage.cleared('waiting');
  assert.deepEqual(stage.alarms(), ['slow']);
});

test('a new log_file is written from the reload on, and the old one no more', async (t) => {
  const { stage, service } = await reloadable(t, 1);
  const old = stage.space.path('monitor_service.log');
  const log_file = stage.space.path('new.log');
  stage.configure({ logging: { log_file }, processes: { default: CUSTOM } });
  service.signal('SIGHUP');
  await service.waitForLog(RELOADED);
  const before = readFileSync(old, 'utf8');
  stage.inAlarm('web');
  await service.waitForLog('Alarm cleared for web');
  assert.equal(readFileSync(old, 'utf8'), before);
  assert.equal(messages(readFileSync(log_file, 'utf8'))[0], 'INFO Configuration reloaded');
});

test('a new database is read from the reload on', async (t) => {
  const { stage, service } = await reloadable(t, 1);
  const other = stage.space.path('other.db');
  const database = new DatabaseSync(other);
  t.after(() => database.close());
  database.exec(`
    CREATE TABLE STATUS_PROCESS (process_id INTEGER PRIMARY KEY, alarma INTEGER, sound INTEGER, notes TEXT);
    CREATE TABLE PROCESE (process_id INTEGER PRIMARY KEY, process_name TEXT);
    INSERT INTO STATUS_PROCESS VALUES (7, 1, 0, NULL);
    INSERT INTO PROCESE VALUES (7, 'elsewhere');`);
  stage.write(
    configText(stage.space, {
      database: stage.databaseSection(other),
      processes: { default: CUSTOM },
    }),
  );
  service.signal('SIGHUP');
  await service.waitForLog('Alarm cleared for elsewhere (ID: 7)');
  const after = service.log().length;
  stage.inAlarm('left-behind');
  database.exec('UPDATE STATUS_PROCESS SET alarma = 1');
  await service.waitForLog('Alarm cleared for elsewhere (ID: 7)', { after });
  assert.deepEqual(stage.alarms(), ['left-behind']);
});

test('a log that was renamed is made anew, with SIGHUP as without', async (t) => {
  const { stage, service } = await reloadable(t, 1);
  const log = stage.space.path('monitor_service.log');
  renameSync(log, `${log}.moved`);
  service.signal('SIGHUP');
  await waitFor('a new log', () => existsSync(log));
  await service.waitForLog(RELOADED);
  renameSync(log, `${log}.moved-again`);
  stage.inAlarm('web');
  await service.waitForLog('Alarm cleared for web');
  assert.ok(!readFileSync(`${log}.moved-again`, 'utf8').includes('web'));
});

/** A service that has done its first check. */
async function reloadable(
  t: TestContext,
  check_interval: number,
): Promise<{ stage: Stage; service: Service }> {
  const stage = await openStage(t);
  stage.configure({ monitor: { check_interval }, processes: { default: CUSTOM } });
  stage.inAlarm('first');
  const service = await stage.start();
  await service.waitForLog('Alarm cleared for first');
  return { stage, service };
}
