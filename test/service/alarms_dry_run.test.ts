/** `run --dry-run`: says what would be done, and does nothing. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { waitFor } from '../support/wait.ts';
import { configText } from '../support/workspace.ts';
import { occurrences, openScene, type Scene } from './database_scene.ts';
import { HEALS_AT_ONCE, messages, openStage } from './stage.ts';

/** Commands that leave a file each, were they run. */
function tellTales({ space }: Scene) {
  return {
    restart_strategy: 'custom',
    pre_restart_command: `touch ${space.path('ran/pre')}`,
    restart_command: `touch ${space.path('ran/restart')} %s`,
    health_check_command: `touch ${space.path('ran/health')}`,
  };
}

test('every step is told and none is taken', async (t) => {
  const scene = await openScene(t);
  scene.space.write('ran/not', '');
  const [web, mail] = [await scene.inAlarm(1, 'web'), await scene.inAlarm(2, 'mail')];
  const tale = tellTales(scene);
  scene.configure({ processes: { [web]: tale } });
  const rows = await scene.database.sql('SELECT * FROM STATUS_PROCESS ORDER BY process_id');
  const result = await scene.once('--dry-run');
  assert.equal(result.code, 1, 'the alarms are left');
  assert.deepEqual(messages(result.stdout), [
    'INFO Starting Process Monitor Service',
    `INFO Found process in alarm: ${web} (ID: 1)`,
    `INFO Found process in alarm: ${mail} (ID: 2)`,
    `INFO DRY RUN: would run the pre-restart command for ${web}: ${tale.pre_restart_command}`,
    `INFO DRY RUN: would restart ${web} (strategy: custom): ${tale.restart_command.replace('%s', web)}`,
    `INFO DRY RUN: would check the health of ${web}: ${tale.health_check_command}`,
    `INFO DRY RUN: would clear the alarm of ${web} once it is healthy`,
    `INFO DRY RUN: would restart ${mail} (strategy: process): end ${mail}; exec ${scene.space.path('bin', mail)} 600`,
    `INFO DRY RUN: would check the health of ${mail}: pgrep ${mail}`,
    `INFO DRY RUN: would clear the alarm of ${mail} once it is healthy`,
  ]);
  assert.deepEqual(readdirSync(scene.space.path('ran')), ['not']);
  assert.equal(scene.running(mail), 0);
  assert.deepEqual(
    await scene.database.sql('SELECT * FROM STATUS_PROCESS ORDER BY process_id'),
    rows,
  );
  assert.deepEqual(readdirSync(scene.space.path()).sort(), ['bin', 'config.ini', 'ran']);
});

test('no check of many changes a row, a breaker or the history', async (t) => {
  const scene = await openScene(t);
  scene.space.write('ran/not', '');
  const web = await scene.inAlarm(1);
  scene.configure({
    monitor: { max_restart_failures: 1 },
    processes: { [web]: tellTales(scene) },
  });
  const service = await scene.start({ args: ['--dry-run'] });
  const text = `DRY RUN: would clear the alarm of ${web}`;
  for (let check = 1; check <= 5; check++) {
    await waitFor(`check ${check}`, () => occurrences(service.stdout(), text) >= check);
    service.signal('SIGUSR1');
  }
  await service.stop();
  assert.equal(occurrences(service.stdout(), 'breaker'), 0);
  assert.deepEqual(readdirSync(scene.space.path('ran')), ['not']);
  assert.deepEqual(await scene.database.row(1), { alarma: 1, sound: 0, notes: null });
  assert.ok(!existsSync(scene.space.path('state')), 'not even its directory');
});

test('a breaker that is open stays open', async (t) => {
  const scene = await openScene(t);
  const web = await scene.inAlarm(1);
  const failing = { restart_strategy: 'custom', restart_command: 'exit 1', max_attempts: 1 };
  scene.configure({ monitor: { max_restart_failures: 1 }, processes: { [web]: failing } });
  await scene.once();
  const before = remembered(scene);
  const files = readdirSync(scene.space.path('state'));
  const log = scene.log();
  const { stdout } = await scene.once('--dry-run');
  assert.match(stdout, /WARNING - Circuit breaker open for .*, skipping restart \(\d+ sec/);
  assert.equal(occurrences(stdout, 'DRY RUN'), 0);
  assert.equal(scene.log(), log);
  assert.deepEqual(readdirSync(scene.space.path('state')), files);
  assert.deepEqual(remembered(scene), before);
  assert.equal(before.length, 2, 'one breaker, one attempt');
});

test('what can be written nowhere, and a level that leaves steps out, are no matter', async (t) => {
  const scene = await openScene(t);
  const web = await scene.inAlarm(1);
  scene.configure({
    monitor: { state_directory: '/proc/state', control_socket: '/proc/none/control.sock' },
    logging: { log_file: '/dev/full', log_level: 'ERROR' },
    processes: { [web]: tellTales(scene) },
  });
  const { stdout, stderr, code } = await scene.once('--dry-run');
  assert.match(stdout, new RegExp(`INFO - DRY RUN: would clear the alarm of ${web} `));
  assert.doesNotMatch(stdout + stderr, / - ERROR - /);
  assert.equal(code, 1);
});

test('an embedded database that is not there is not made', async (t) => {
  const stage = await openStage(t);
  const file = stage.space.path('none.db');
  stage.write(configText(stage.space, { database: stage.databaseSection(file) }));
  const service = await stage.start({ args: ['--once', '--dry-run'] });
  assert.equal((await service.exit()).code, 0);
  assert.match(service.stdout(), /INFO - Database check: no process in alarm$/m);
  assert.ok(!existsSync(file));
});

test('what a running service writes meanwhile is left to it, the embedded database too', async (t) => {
  const stage = await openStage(t);
  const slow = { ...HEALS_AT_ONCE, restart_command: 'sleep 600', restart_timeout: 600 };
  stage.configure({ monitor: { check_interval: 3600 }, processes: { slow } });
  stage.inAlarm('slow');
  const service = await stage.start();
  await service.waitForLog('Attempt 1 of 2 for slow');
  const log = service.log();
  const rehearsal = await stage.start({ args: ['--once', '--dry-run'] });
  await rehearsal.exit();
  assert.match(rehearsal.stdout(), /DRY RUN: would restart slow \(strategy: custom\): sleep 600$/m);
  assert.equal(service.log(), log);
  assert.deepEqual(
    stage.attempts().map(({ outcome }) => outcome),
    ['running'],
  );
});

/** The breakers and attempts of state.db. */
function remembered({ space }: Scene): unknown[] {
  const state = new DatabaseSync(space.path('state/state.db'));
  try {
    return ['breaker', 'attempt'].flatMap((table) => state.prepare(`SELECT * FROM ${table}`).all());
  } finally {
    state.close();
  }
}
