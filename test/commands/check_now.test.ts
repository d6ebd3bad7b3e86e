/** Alarms without waiting: the running service is told to check. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { command, SELDOM, startListening } from '../service/control_client.ts';
import { HEALS_AT_ONCE, openStage } from '../service/stage.ts';
import { waitFor } from '../support/wait.ts';

test('a new alarm is found within a second, however long the interval', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM, processes: { default: HEALS_AT_ONCE } });
  await startListening(stage);
  stage.inAlarm('web');
  assert.deepEqual(await command(stage, 'check-now'), {
    code: 0,
    signal: null,
    stdout: 'The service checks now. What it finds: monitor_service status\n',
    stderr: '',
  });
  await stage.cleared('web', 1_000);
});

test('without a service: says so and what to type, with status 1', async (t) => {
  const stage = await openStage(t);
  stage.configure();
  const { code, stdout, stderr } = await command(stage, 'check-now');
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /^monitor_service: not running; start it: systemctl start monitor_service;/);
});

const BROKEN = { ...HEALS_AT_ONCE, restart_command: 'false', max_attempts: 1 };

describe('check-now --wait', () => {
  test('tells what came of each alarm, and fails while one is left', async (t) => {
    const stage = await openStage(t);
    stage.configure({
      monitor: { ...SELDOM, max_restart_failures: 1 },
      processes: { default: HEALS_AT_ONCE, broken: BROKEN, held: BROKEN },
    });
    stage.inAlarm('held');
    await startListening(stage);
    await waitFor('the breaker to open', async () => {
      const { stdout } = await command(stage, 'status', 'held');
      return stdout.includes('open since');
    });
    stage.inAlarm('web', 'broken', 'poweroff');
    stage.inAlarmWithoutProcess(77);
    const { code, stdout, stderr } = await command(stage, 'check-now', '--wait');
    assert.deepEqual([code, stderr], [1, '']);
    assert.deepEqual(stdout.trimEnd().split('\n').sort(), [
      'broken: restart failed; why, and what to do: monitor_service status broken',
      'held: in alarm; its open breaker keeps restarts away',
      'in alarm without a name in PROCESE: ID 77',
      'poweroff: in alarm; never restarted, for its name is refused: to start it would stop or harm this host',
      'web: restarted and verified, alarm cleared',
    ]);
  });

  test('succeeds where all was healed, and where nothing is in alarm', async (t) => {
    const stage = await openStage(t);
    stage.configure({ monitor: SELDOM, processes: { default: HEALS_AT_ONCE } });
    await startListening(stage);
    stage.inAlarm('web');
    const healed = await command(stage, 'check-now', '--wait');
    assert.deepEqual(
      [healed.code, healed.stdout],
      [0, 'web: restarted and verified, alarm cleared\n'],
    );
    const { code, stdout } = await command(stage, 'check-now', '--wait');
    assert.deepEqual([code, stdout], [0, 'No process is in alarm.\n']);
  });

  test('waits for a restart that an earlier check began', async (t) => {
    const stage = await openStage(t);
    const gate = stage.space.path('gate');
    const slow = {
      ...HEALS_AT_ONCE,
      restart_command: `until test -e ${gate}; do sleep 0.05; done`,
    };
    stage.configure({
      monitor: SELDOM,
      logging: { log_level: 'DEBUG' },
      processes: { default: slow },
    });
    stage.inAlarm('web');
    const service = await startListening(stage);
    await service.waitForLog('Attempt 1 of 2 for web');
    const waiting = command(stage, 'check-now', '--wait');
    await service.waitForLog('Restart of web (ID: 1) is under way');
    stage.space.write('gate', '');
    const { code, stdout } = await waiting;
    assert.deepEqual([code, stdout], [0, 'web: restarted and verified, alarm cleared\n']);
    assert.equal(stage.attempts().length, 1);
  });

  test('says why where the database cannot be read', async (t) => {
    const stage = await openStage(t);
    stage.configure({ monitor: SELDOM });
    await startListening(stage);
    stage.space.write('alarms.db', 'this is no database '.repeat(100));
    const { code, stdout, stderr } = await command(stage, 'check-now', '--wait');
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^monitor_service: the database could not be read: .*not a database/);
  });
});

for (const args of [
  ['check-now'],
  ['check-now', '--wait'],
  ['status'],
  ['breaker', 'reset', '--all'],
]) {
  const typed = args.join(' ');

  test(`${typed} reaches a running service although config.ini is invalid by now`, async (t) => {
    const stage = await openStage(t);
    stage.configure({ monitor: SELDOM });
    await startListening(stage);
    stage.configure({ monitor: { check_interval: 'often' } });
    const { code, stdout, stderr } = await command(stage, ...args);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^(?:monitor_service .*, PID|The service checks now|No process is in alarm|No breaker is open)/,
    );
    const [problem, consequence, rest] = stderr.split('\n');
    assert.match(problem ?? '', /config\.ini:\d+: \[monitor\] check_interval: got "often"/);
    const told = `monitor_service: ${stage.space.path('config.ini')} can't be used; a service that runs goes on with the settings that it read before`;
    assert.deepEqual([consequence, rest], [told, '']);
  });

  test(`${typed} tells what is wrong with the configuration where no service answers`, async (t) => {
    const stage = await openStage(t);
    stage.configure({ monitor: { check_interval: 'often' } });
    const { code, stdout, stderr } = await command(stage, ...args);
    assert.equal(code, 78);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /check_interval: got "often".*\n.*\nmonitor_service: not running; start it/,
    );
  });
}
