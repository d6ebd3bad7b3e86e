import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { waitFor } from '../support/wait.ts';
import { openStage } from './stage.ts';

const CUSTOM = {
  restart_strategy: 'custom',
  health_check_command: 'true',
  health_check_stable_time: 0,
};
const TWENTY = Array.from({ length: 20 }, (_, index) => `quick-${index + 1}`);

test('twenty restarts that take no time are done at once beside one that takes very long', async (t) => {
  const stage = await openStage(t);
  stage.configure({
    processes: {
      default: { ...CUSTOM, restart_command: 'true' },
      slow: { ...CUSTOM, restart_command: 'sleep 600', restart_timeout: 600 },
    },
  });
  stage.inAlarm('slow', ...TWENTY);
  const service = await stage.start();
  await service.waitForLog('Attempt 1 of 2 for slow');
  await waitFor('the twenty to be cleared', () => stage.alarms().length === 1, 5_000);
  assert.deepEqual(stage.alarms(), ['slow']);

  // The checks went on meanwhile, and none of them began a second restart of it.
  stage.inAlarm('late');
  await stage.cleared('late');
  assert.equal(service.log().match(/Beginning restart procedure for slow/g)?.length, 1);
});

test('no more than max_parallel_restarts run at the same time', async (t) => {
  const stage = await openStage(t);
  const file = stage.space.path('running');
  stage.configure({
    monitor: { max_parallel_restarts: 3 },
    processes: {
      default: { ...CUSTOM, restart_command: `echo 1 >>${file}; sleep 0.2; echo -1 >>${file}` },
    },
  });
  stage.inAlarm(...TWENTY.slice(0, 10));
  const service = await stage.start({ args: ['--once'] });
  assert.deepEqual(await service.exit(), { code: 0, signal: null });
  let running = 0;
  const numbers = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((step) => (running += Number(step)));
  assert.equal(numbers.length, 20);
  assert.equal(Math.max(...numbers), 3);
  assert.equal(running, 0);
});

test('two rows of one name share one restart, and both are cleared', async (t) => {
  const stage = await openStage(t);
  const file = stage.space.path('restarts');
  stage.configure({ processes: { web: { ...CUSTOM, restart_command: `echo x >>${file}` } } });
  stage.inAlarm('web', 'web');
  const service = await stage.start({ args: ['--once'] });
  assert.deepEqual(await service.exit(), { code: 0, signal: null });
  assert.equal(readFileSync(file, 'utf8'), 'x\n');
  assert.deepEqual(stage.alarms(), []);
});
