import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { HEALS_AT_ONCE, messages, openStage } from './stage.ts';

test('every line of the log is on standard output too, and the file has mode 0640', async (t) => {
  const stage = await openStage(t);
  stage.configure({ processes: { default: HEALS_AT_ONCE } });
  stage.inAlarm('web');
  const service = await stage.start({ args: ['--once'] });
  assert.deepEqual(await service.exit(), { code: 0, signal: null });
  assert.equal(service.stdout(), service.log());
  for (const line of service.log().trimEnd().split('\n')) {
    assert.match(line, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d - (INFO|WARNING) - \S/);
  }
  assert.equal(statSync(stage.space.path('monitor_service.log')).mode & 0o777, 0o640);
});

test('with log_format = json every line is a JSON object', async (t) => {
  const stage = await openStage(t);
  stage.configure({ logging: { log_format: 'json' }, processes: { default: HEALS_AT_ONCE } });
  stage.inAlarm('web');
  const service = await stage.start({ args: ['--once'] });
  await service.exit();
  const entries = service
    .log()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    entries.map(({ level, message }) => `${level} ${message}`),
    [
      'INFO Starting Process Monitor Service',
      'INFO Found process in alarm: web (ID: 1)',
      'INFO RESTART LOG: Beginning restart procedure for web (strategy: custom)',
      'INFO RESTART LOG: Attempt 1 of 2 for web',
      'INFO RESTART LOG: Successfully restarted and verified process: web',
      'INFO Alarm cleared for web (ID: 1)',
    ],
  );
  for (const { time } of entries) {
    assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000, time);
  }
});

test('with log_level = ERROR only errors are logged', async (t) => {
  const stage = await openStage(t);
  const restart_command = 'exit 1';
  stage.configure({
    logging: { log_level: 'ERROR' },
    processes: { default: HEALS_AT_ONCE, broken: { restart_command, max_attempts: 1 } },
  });
  stage.inAlarm('web', 'broken');
  const service = await stage.start({ args: ['--once'] });
  await service.exit();
  assert.deepEqual(messages(service.log()), [
    'ERROR RESTART LOG: Custom restart command failed for: broken: exit code 1',
    'ERROR RESTART LOG: All restart attempts failed for broken',
  ]);
});

test('what a command prints cannot break or fake a line of the log', async (t) => {
  const stage = await openStage(t);
  const faked = '2030-01-01 00:00:00 - INFO - Alarm cleared for web (ID: 1)';
  const restart_command = `printf 'x\\033[2J\\r${faked}\\n' >&2; exit 1`;
  stage.configure({ processes: { web: { ...HEALS_AT_ONCE, restart_command, max_attempts: 1 } } });
  stage.inAlarm('web');
  const service = await stage.start({ args: ['--once'] });
  await service.exit();
  assert.ok(!service.log().includes('\u001b'));
  assert.ok(service.log().includes(faked));
  assert.ok(
    !service
      .log()
      .split('\n')
      .some((line) => line.startsWith('2030')),
  );
});

test('rotation under load loses no line, splits none, and keeps to its size and number', async (t) => {
  const stage = await openStage(t);
  const names = Array.from({ length: 200 }, (_, index) => `web-${index + 1}`);
  stage.configure({
    monitor: { max_parallel_restarts: 50 },
    logging: { max_log_size: 4, log_files_to_keep: 50 },
    processes: { default: HEALS_AT_ONCE },
  });
  stage.inAlarm(...names);
  const service = await stage.start({ args: ['--once'] });
  assert.deepEqual(await service.exit(60_000), { code: 0, signal: null });
  const numbers = rotated(stage.space.path());
  assert.ok(numbers.length > 10, `${numbers}`);
  const files = [
    ...numbers.map((number) => `monitor_service.log.${number}`),
    'monitor_service.log',
  ];
  const texts = files.map((file) => readFileSync(stage.space.path(file), 'utf8'));
  assert.ok(texts.every((text) => text.endsWith('\n') && text.length <= 4096));
  assert.equal(texts.join(''), service.stdout());
});

test('no more than log_files_to_keep rotated files are kept', async (t) => {
  const stage = await openStage(t);
  stage.configure({
    logging: { max_log_size: 1, log_files_to_keep: 2 },
    processes: { default: HEALS_AT_ONCE },
  });
  stage.inAlarm(...Array.from({ length: 30 }, (_, index) => `web-${index + 1}`));
  const service = await stage.start({ args: ['--once'] });
  await service.exit();
  assert.deepEqual(rotated(stage.space.path()), [2, 1]);
});

test('a log whose folder was removed and made again is written again', async (t) => {
  const stage = await openStage(t);
  const log_file = stage.space.path('logs/monitor_service.log');
  mkdirSync(stage.space.path('logs'));
  stage.configure({ logging: { log_file }, processes: { default: HEALS_AT_ONCE } });
  stage.inAlarm('first');
  const service = await stage.start();
  await service.waitForLog('Alarm cleared for first');
  rmSync(stage.space.path('logs'), { recursive: true });
  stage.inAlarm('second');
  await stage.cleared('second');
  mkdirSync(stage.space.path('logs'));
  stage.inAlarm('third');
  await service.waitForLog('Alarm cleared for third');
  assert.match(messages(service.log())[0] as string, /is written again; \d+ messages are missing/);
});

/** The numbers of the rotated files, the oldest first. */
function rotated(folder: string): number[] {
  return readdirSync(folder)
    .map((name) => Number(/^monitor_service\.log\.(\d+)$/.exec(name)?.[1]))
    .filter((number) => !Number.isNaN(number))
    .sort((a, b) => b - a);
}
