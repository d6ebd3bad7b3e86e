/** `run --dry-run`: says what would be done, and does nothing. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { occurrences, openScene, type Scene } from './database_scene.ts';
import { messages } from './stage.ts';

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
  assert.deepEqual(messages(scene.log()), [
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
  for (let check = 0, after = 0; check < 5; check++) {
    after = await service.waitForLog(text, { after });
    service.signal('SIGUSR1');
  }
  await service.stop();
  assert.equal(occurrences(service.log(), 'breaker'), 0);
  assert.deepEqual(readdirSync(scene.space.path('ran')), ['not']);
  assert.deepEqual(await scene.database.row(1), { alarma: 1, sound: 0, notes: null });
  assert.deepEqual(remembered(scene), []);
});

test('a breaker that is open stays open', async (t) => {
  const scene = await openScene(t);
  const web = await scene.inAlarm(1);
  const failing = { restart_strategy: 'custom', restart_command: 'exit 1', max_attempts: 1 };
  scene.configure({ monitor: { max_restart_failures: 1 }, processes: { [web]: failing } });
  await scene.once();
  const before = remembered(scene);
  await scene.once('--dry-run');
  assert.match(scene.log(), /WARNING - Circuit breaker open for .*, skipping restart \(\d+ sec/);
  assert.equal(occurrences(scene.log(), 'DRY RUN'), 0);
  assert.deepEqual(remembered(scene), before);
  assert.equal(before.length, 2, 'one breaker, one attempt');
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
