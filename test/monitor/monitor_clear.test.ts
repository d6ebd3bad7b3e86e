import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StoreError } from '../../src/monitor/alarm_store.ts';
import { alarm } from './fakes.ts';
import { areCleared, stage } from './stage.ts';

const FOUND = 'INFO Found process in alarm: nginx (ID: 1)';
const DENIED = new StoreError('UPDATE command denied; see GRANT at the end of setup.sql');
const NOT_CLEARED =
  'ERROR Alarm for nginx (ID: 1) could not be cleared: UPDATE command denied; see GRANT at the end of setup.sql';

describe('an alarm that somebody changed while its process was restarted', () => {
  test('stays, and the next check handles it', async () => {
    const { check, world, takeCalls } = stage({
      alarms: [alarm(1, 'nginx', 'seen')],
      outcomes: { nginx: 'verified' },
      clears: { 1: false },
    });
    assert.deepEqual(await check(), [
      FOUND,
      'WARNING Alarm for nginx (ID: 1) was changed meanwhile, the next check handles it',
    ]);
    world.alarms = [alarm(1, 'nginx', 'changed')];
    world.clears = {};
    takeCalls();
    assert.deepEqual(await check(), [FOUND, 'INFO Alarm cleared for nginx (ID: 1)']);
    assert.deepEqual(takeCalls(), ['restart nginx, at most 2 times', 'clear 1']);
  });

  test('does not keep the other rows of its process from being cleared', async () => {
    const { monitor, log } = stage({
      alarms: [alarm(1, 'nginx'), alarm(2, 'nginx')],
      outcomes: { nginx: 'verified' },
      clears: { 1: false },
    });
    const { restarts } = await monitor.check('');
    assert.deepEqual(await areCleared(restarts), [false]);
    assert.equal(log.lines.at(-1), 'INFO Alarm cleared for nginx (ID: 2)');
  });
});

describe('a user who may only SELECT', () => {
  const denied = () => {
    const all = stage({
      alarms: [alarm(1, 'nginx')],
      outcomes: { nginx: 'verified' },
      clears: { 1: DENIED },
    });
    return all;
  };

  test('is told once, and the process is not restarted again while its check passes', async () => {
    const { check, world, takeCalls } = denied();
    assert.deepEqual(await check(), [FOUND, NOT_CLEARED]);
    assert.deepEqual(takeCalls(), ['restart nginx, at most 2 times', 'clear 1', 'remember 1']);
    world.isHealthy = true;
    for (let count = 0; count < 3; count++) {
      assert.deepEqual(await check(), [FOUND]);
      assert.deepEqual(takeCalls(), ['check nginx', 'clear 1']);
    }
  });

  test('has the process restarted again once its check does not pass', async () => {
    const { check, world, takeCalls } = denied();
    await check();
    world.isHealthy = false;
    takeCalls();
    assert.deepEqual(await check(), [FOUND]);
    assert.deepEqual(takeCalls(), ['check nginx', 'restart nginx, at most 2 times', 'clear 1']);
  });

  test('has the process restarted again for another alarm', async () => {
    const { check, world, takeCalls } = denied();
    await check();
    takeCalls();
    world.alarms = [alarm(1, 'nginx', 'raised anew')];
    assert.deepEqual(await check(), [FOUND, NOT_CLEARED]);
    assert.deepEqual(takeCalls(), [
      'forget 1',
      'restart nginx, at most 2 times',
      'clear 1',
      'remember 1',
    ]);
  });

  test('has the process restarted again where a second row names it', async () => {
    const { check, world, takeCalls } = denied();
    await check();
    takeCalls();
    world.alarms = [alarm(1, 'nginx'), alarm(2, 'nginx')];
    await check();
    assert.equal(takeCalls()[0], 'restart nginx, at most 2 times');
  });

  test('who may UPDATE in the end has the alarm cleared without a restart', async () => {
    const { check, world, takeCalls } = denied();
    await check();
    takeCalls();
    world.isHealthy = true;
    world.clears = {};
    assert.deepEqual(await check(), [FOUND, 'INFO Alarm cleared for nginx (ID: 1)']);
    assert.deepEqual(takeCalls(), ['check nginx', 'clear 1', 'forget 1']);
  });

  test('gets no second restart from a service that was restarted', async () => {
    const { check, calls } = stage(
      { alarms: [alarm(1, 'nginx')], isHealthy: true, clears: { 1: DENIED } },
      { healed: [['1', 'seen 1']] },
    );
    assert.deepEqual(await check(), [FOUND]);
    assert.deepEqual(calls, ['check nginx', 'clear 1']);
  });
});

test('a database that goes while an alarm is cleared is told, and its alarm cleared afterwards', async () => {
  const { check, world, takeCalls } = stage({
    alarms: [alarm(1, 'nginx')],
    outcomes: { nginx: 'verified' },
    clears: { 1: new StoreError('db:3306: gone') },
  });
  assert.deepEqual(await check(), [
    FOUND,
    'ERROR Alarm for nginx (ID: 1) could not be cleared: db:3306: gone',
  ]);
  world.clears = {};
  world.isHealthy = true;
  takeCalls();
  assert.deepEqual(await check(), [FOUND, 'INFO Alarm cleared for nginx (ID: 1)']);
  assert.deepEqual(takeCalls(), ['check nginx', 'clear 1', 'forget 1']);
});
