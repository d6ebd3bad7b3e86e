/** Alarms without waiting: the running service is told to check. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, SELDOM, startListening } from '../service/control_client.ts';
import { HEALS_AT_ONCE, openStage } from '../service/stage.ts';
import { run } from '../support/binary.ts';

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
  test(`${args.join(' ')} tells what is wrong with an invalid configuration`, async (t) => {
    const stage = await openStage(t);
    stage.configure({ monitor: { control_socket: 'control.sock' } });
    const file = stage.space.path('config.ini');
    const { code, stdout, stderr } = await run([...args, '-c', file]);
    assert.deepEqual([code, stdout], [78, '']);
    assert.match(stderr, /control_socket: got "control\.sock", expected an absolute path\n$/);
  });
}
