import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StoreError } from '../../src/monitor/alarm_store.ts';
import { alarm, settingsWith } from './fakes.ts';
import { areCleared, stage } from './stage.ts';

const NO_ALARM = 'INFO Database check: no process in alarm';

describe('a check', () => {
  test('that finds no alarm says so and does nothing', async () => {
    const { check, calls, monitor } = stage({ alarms: [] });
    assert.deepEqual(await check(), [NO_ALARM]);
    assert.deepEqual(calls, []);
    assert.deepEqual(await monitor.check(''), {
      isRead: true,
      leftAlone: 0,
      restarts: [],
      joined: [],
    });
  });

  test('finds, restarts and clears', async () => {
    const { check, calls } = stage({
      alarms: [alarm(1, 'apache2')],
      outcomes: { apache2: 'verified' },
    });
    assert.deepEqual(await check(), [
      'INFO Found process in alarm: apache2 (ID: 1)',
      'INFO Alarm cleared for apache2 (ID: 1)',
    ]);
    assert.deepEqual(calls, ['restart apache2, at most 2 times', 'clear 1']);
  });

  test('has a process restarted with its own settings', async () => {
    const { check, calls } = stage({
      alarms: [alarm(1, 'apache2')],
      outcomes: { apache2: 'verified' },
      settings: settingsWith({}, { apache2: { max_attempts: 5 } }),
    });
    await check();
    assert.deepEqual(calls, ['restart apache2, at most 5 times', 'clear 1']);
  });

  test('leaves the alarm of a process that could not be healed', async () => {
    const { check, calls, monitor } = stage({
      alarms: [alarm(1, 'apache2')],
      outcomes: { apache2: 'failed' },
    });
    assert.deepEqual(await check(), ['INFO Found process in alarm: apache2 (ID: 1)']);
    assert.deepEqual(calls, ['restart apache2, at most 2 times']);
    const { restarts } = await monitor.check('');
    assert.deepEqual(await areCleared(restarts), [false]);
  });

  test('restarts a process once for all rows that name it, and clears each of them', async () => {
    const { check, calls } = stage({
      alarms: [alarm(1, 'apache2'), alarm(2, 'sshd'), alarm(3, 'apache2')],
      outcomes: { apache2: 'verified', sshd: 'verified' },
    });
    assert.deepEqual((await check()).sort(), [
      'INFO Alarm cleared for apache2 (ID: 1)',
      'INFO Alarm cleared for apache2 (ID: 3)',
      'INFO Alarm cleared for sshd (ID: 2)',
      'INFO Found process in alarm: apache2 (ID: 1)',
      'INFO Found process in alarm: apache2 (ID: 3)',
      'INFO Found process in alarm: sshd (ID: 2)',
    ]);
    assert.deepEqual(calls.toSorted(), [
      'clear 1',
      'clear 2',
      'clear 3',
      'restart apache2, at most 2 times',
      'restart sshd, at most 2 times',
    ]);
  });

  test('tells what a run that makes one check only needs to know', async () => {
    const { monitor } = stage({
      alarms: [alarm(1, 'a'), alarm(2, 'b'), alarm(3, undefined), alarm(4, '$(id)')],
      outcomes: { a: 'verified', b: 'failed' },
    });
    const { isRead, leftAlone, restarts } = await monitor.check('');
    assert.deepEqual([isRead, leftAlone, await areCleared(restarts)], [true, 2, [true, false]]);
  });

  test('that finds more alarms than it takes says so', async () => {
    const alarms = Array.from({ length: 10_000 }, (_, id) => alarm(id, undefined));
    const { check } = stage({ alarms });
    const first = 'WARNING 10000 alarms or more: only those with the lowest IDs are handled';
    assert.equal((await check())[0], first);
    assert.deepEqual(await check(), [first]);
  });

  test('survives a restart that breaks in a way nobody thought of', async () => {
    const { check, breakers } = stage({
      alarms: [alarm(1, 'a'), alarm(2, 'b')],
      outcomes: { a: new Error('no more memory'), b: 'verified' },
    });
    assert.deepEqual((await check()).toSorted(), [
      'ERROR Restart of a failed: no more memory',
      'INFO Alarm cleared for b (ID: 2)',
      'INFO Found process in alarm: a (ID: 1)',
      'INFO Found process in alarm: b (ID: 2)',
    ]);
    assert.equal(breakers.of('a').state, 'closed');
  });
});

describe('a name or a row that nothing can be restarted for', () => {
  test('is told once, as one line, while it stands', async () => {
    const { check, world } = stage({ alarms: [alarm(7, undefined), alarm(8, 'a; touch x')] });
    assert.deepEqual(await check(), [
      'WARNING Alarm without a process: ID 7 is in STATUS_PROCESS but not in PROCESE',
      'ERROR Process name refused: "a; touch x" (ID: 8): expected letters, digits and _.@:+-, at most 100 characters, beginning with a letter or digit',
    ]);
    assert.deepEqual(await check(), []);
    world.alarms = [];
    await check();
    world.alarms = [alarm(7, undefined)];
    assert.equal((await check()).length, 1);
  });

  test('is shown cut where it is long', async () => {
    const { check } = stage({ alarms: [alarm(1, `${'x'.repeat(120)}yz`)] });
    const [line] = await check();
    assert.ok(
      line?.startsWith(`ERROR Process name refused: "${'x'.repeat(120)}…" (ID: 1): `),
      line,
    );
  });

  test('is counted as left alone by every check', async () => {
    const { monitor } = stage({ alarms: [alarm(7, undefined), alarm(8, '-f'), alarm(9, 'halt')] });
    assert.equal((await monitor.check('')).leftAlone, 3);
    assert.equal((await monitor.check('')).leftAlone, 3);
  });
});

describe('a database that can not be read', () => {
  const DOWN = new StoreError('db:3306: connect ECONNREFUSED; is the database server running?');

  test('is one ERROR per check, and one INFO when it is back', async () => {
    const { check, world } = stage({ alarms: DOWN });
    const error =
      'ERROR Database check failed: db:3306: connect ECONNREFUSED; is the database server running? (next try in 300 seconds)';
    assert.deepEqual(await check(), [error]);
    assert.deepEqual(await check(), [error]);
    world.alarms = [];
    assert.deepEqual(await check(), ['INFO Database connection restored', NO_ALARM]);
    assert.deepEqual(await check(), [NO_ALARM]);
    world.alarms = DOWN;
    assert.deepEqual(await check(), [error]);
  });

  test('is told to whoever makes one check only, without a next try', async () => {
    const { monitor, log } = stage({ alarms: DOWN });
    assert.deepEqual(await monitor.check(''), {
      isRead: false,
      leftAlone: 0,
      restarts: [],
      joined: [],
    });
    assert.match(log.lines[0] ?? '', /is the database server running\?$/);
  });

  test('is nobody’s concern any more when the service ends', async () => {
    const { monitor, log, stopping } = stage({ alarms: DOWN });
    stopping.abort();
    assert.equal((await monitor.check('')).isRead, false);
    assert.deepEqual(log.lines, []);
  });

  test('does not make the monitor forget whom it told', async () => {
    const { check, world } = stage({ alarms: [alarm(7, undefined)] });
    await check();
    world.alarms = DOWN;
    await check();
    world.alarms = [alarm(7, undefined)];
    assert.deepEqual(await check(), ['INFO Database connection restored']);
  });
});
