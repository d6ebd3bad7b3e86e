/** Alarms without waiting: the running service is told to check. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, SELDOM, startListening } from '../service/control_client.ts';
import { HEALS_AT_ONCE, openStage } from '../service/stage.ts';

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

for (const args of [['check-now'], ['status'], ['breaker', 'reset', '--all']]) {
  const typed = args.join(' ');

  test(`${typed} reaches a running service although config.ini is invalid by now`, async (t) => {
    const stage = await openStage(t);
    stage.configure({ monitor: SELDOM });
    await startListening(stage);
    stage.configure({ monitor: { check_interval: 'often' } });
    const { code, stdout, stderr } = await command(stage, ...args);
    assert.equal(code, 0);
    assert.match(stdout, /^(?:monitor_service .*, PID|The service checks now|No breaker is open)/);
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
