import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alarm } from './fakes.ts';
import { stage } from './stage.ts';

const DOWN = new Error('ECONNREFUSED');

test('before the first check nothing is claimed', () => {
  const { overview } = stage({});
  const { database, lastCheckMs, isChecking, alarms, inAlarm } = overview;
  assert.deepEqual(
    [database, lastCheckMs, isChecking, alarms, inAlarm.size],
    [{ state: 'unknown' }, undefined, false, undefined, 0],
  );
});

test('what a check found stands until the next one, but for what was cleared since', async () => {
  const { overview, check, world } = stage({
    alarms: [
      alarm(1, 'web'),
      alarm(2, 'mail'),
      alarm(3, 'mail'),
      alarm(4, undefined),
      alarm(5, 'no name'),
    ],
    outcomes: { web: 'verified', mail: 'failed' },
  });
  await check();
  assert.equal(overview.alarms, 4);
  assert.deepEqual(overview.withoutProcess, ['4']);
  const { refusal, ...refused } = overview.inAlarm.get('no name') ?? {};
  assert.match(String(refusal), /^expected letters, digits/);
  assert.deepEqual(refused, { alarms: 1 });
  assert.deepEqual(overview.inAlarm.get('mail'), { alarms: 2 });
  assert.deepEqual([...overview.inAlarm.keys()].sort(), ['mail', 'no name']);
  world.alarms = [];
  await check();
  assert.deepEqual([overview.alarms, overview.inAlarm.size], [0, 0]);
});

test('an alarm that could not be cleared stands', async () => {
  const { overview, check } = stage({
    alarms: [alarm(1, 'web')],
    outcomes: { web: 'verified' },
    clears: { 1: false },
  });
  await check();
  assert.deepEqual(overview.inAlarm.get('web'), { alarms: 1 });
});

test('why an alarm could not be cleared is told until it is cleared', async () => {
  const { overview, check, world } = stage({
    alarms: [alarm(1, 'web')],
    outcomes: { web: 'verified' },
    clears: { 1: new Error('UPDATE denied') },
  });
  await check();
  const told = { alarms: 1, notCleared: 'UPDATE denied' };
  assert.deepEqual(overview.inAlarm.get('web'), told);
  world.isHealthy = true;
  await check();
  assert.deepEqual(overview.inAlarm.get('web'), told);
  world.clears = {};
  await check();
  assert.equal(overview.inAlarm.size, 0);
});

test('the database is connected or down since the check that first found it so', async () => {
  const { overview, check, world } = stage({});
  const at = async (nowMs: number, alarms: [] | Error) => {
    Object.assign(world, { nowMs, alarms });
    await check();
    return overview.database;
  };
  assert.deepEqual(await at(10, []), { state: 'connected', sinceMs: 10 });
  assert.deepEqual(await at(20, []), { state: 'connected', sinceMs: 10 });
  assert.deepEqual(await at(30, DOWN), { state: 'down', sinceMs: 30, reason: DOWN.message });
  const other = new Error('ETIMEDOUT');
  assert.deepEqual(await at(40, other), { state: 'down', sinceMs: 30, reason: 'ETIMEDOUT' });
  assert.deepEqual(await at(50, []), { state: 'connected', sinceMs: 50 });
  assert.deepEqual([overview.lastCheckMs, overview.isChecking], [50, false]);
});

test('what was in alarm when the database went away is told on', async () => {
  const { overview, check, world } = stage({
    alarms: [alarm(1, 'web')],
    outcomes: { web: 'failed' },
  });
  await check();
  world.alarms = DOWN;
  await check();
  assert.equal(overview.alarms, 1);
});

test('a refused name is kept to 120 characters', async () => {
  const { overview, check } = stage({ alarms: [alarm(1, 'x'.repeat(60_000))] });
  await check();
  assert.deepEqual([...overview.inAlarm.keys()], ['x'.repeat(120)]);
});
