import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Admission, CLOSED } from '../../src/breaker/breaker.ts';
import { type Circumstances, planCheck } from '../../src/monitor/plan.ts';
import { alarm } from './fakes.ts';

const QUIET: Circumstances = {
  isBusy: () => false,
  admit: () => ({ kind: 'admitted', breaker: CLOSED }),
  isHealed: () => false,
};
const HELD_OFF: Admission = { kind: 'held off', leftMs: 1500 };
const NOTHING = { withoutProcess: [], refused: [], heldOff: [], busy: [], tasks: [] };

describe('what follows from the alarms of one check', () => {
  test('nothing from no alarm', () => {
    assert.deepEqual(planCheck([], QUIET), NOTHING);
  });

  test('one restart for each process', () => {
    const alarms = [alarm(1, 'nginx'), alarm(2, 'sshd')];
    assert.deepEqual(planCheck(alarms, QUIET), {
      ...NOTHING,
      tasks: [
        { name: 'nginx', alarms: [alarms[0]], breaker: CLOSED, isHealed: false },
        { name: 'sshd', alarms: [alarms[1]], breaker: CLOSED, isHealed: false },
      ],
    });
  });

  test('one restart for all rows that name the same process', () => {
    const alarms = [alarm(1, 'nginx'), alarm(2, 'sshd'), alarm(3, 'nginx')];
    const { tasks } = planCheck(alarms, QUIET);
    assert.deepEqual(
      tasks.map(({ name, alarms }) => [name, alarms.map(({ id }) => id)]),
      [
        ['nginx', ['1', '3']],
        ['sshd', ['2']],
      ],
    );
  });

  test('names that differ in case only are two processes', () => {
    const { tasks } = planCheck([alarm(1, 'nginx'), alarm(2, 'Nginx')], QUIET);
    assert.deepEqual(
      tasks.map(({ name }) => name),
      ['nginx', 'Nginx'],
    );
  });

  test('a row without a process is set apart', () => {
    const alarms = [alarm(1, undefined), alarm(2, 'sshd')];
    const plan = planCheck(alarms, QUIET);
    assert.deepEqual(plan.withoutProcess, [alarms[0]]);
    assert.equal(plan.tasks.length, 1);
  });

  test('a name that is not safe is refused with the reason, and harms no other process', () => {
    const alarms = [alarm(1, '$(id)'), alarm(2, 'sshd'), alarm(3, 'reboot')];
    const plan = planCheck(alarms, QUIET);
    assert.deepEqual(
      plan.refused.map(({ alarm, name, reason }) => [alarm, name, reason.slice(0, 23)]),
      [
        [alarms[0], '$(id)', 'expected letters, digit'],
        [alarms[2], 'reboot', 'to start it would stop '],
      ],
    );
    assert.deepEqual(
      plan.tasks.map(({ name }) => name),
      ['sshd'],
    );
  });

  test('a refused name is asked about nowhere', () => {
    const never = () => assert.fail('asked');
    const plan = planCheck([alarm(1, '-f')], { isBusy: never, admit: never, isHealed: never });
    assert.equal(plan.refused.length, 1);
  });

  test('an open breaker holds off all rows of its process and no other one', () => {
    const alarms = [alarm(1, 'nginx'), alarm(2, 'nginx'), alarm(3, 'sshd')];
    const plan = planCheck(alarms, {
      ...QUIET,
      admit: (name) => (name === 'nginx' ? HELD_OFF : QUIET.admit(name)),
    });
    assert.deepEqual(plan.heldOff, [
      { name: 'nginx', alarms: [alarms[0], alarms[1]], leftMs: 1500 },
    ]);
    assert.deepEqual(
      plan.tasks.map(({ name }) => name),
      ['sshd'],
    );
  });

  test('a restart that runs is not begun twice', () => {
    const alarms = [alarm(1, 'nginx'), alarm(2, 'nginx')];
    const plan = planCheck(alarms, { ...QUIET, isBusy: () => true });
    assert.deepEqual(plan, { ...NOTHING, busy: alarms });
  });

  test('a restart that runs is not called held off by the breaker that waits for it', () => {
    const plan = planCheck([alarm(1, 'nginx')], {
      ...QUIET,
      isBusy: () => true,
      admit: () => HELD_OFF,
    });
    assert.deepEqual([plan.busy.length, plan.heldOff.length], [1, 0]);
  });

  test('a half-open breaker goes with the restart', () => {
    const breaker = { state: 'half-open', failures: 3, openedAtMs: 0 } as const;
    const { tasks } = planCheck([alarm(1, 'nginx')], {
      ...QUIET,
      admit: () => ({ kind: 'admitted', breaker }),
    });
    assert.equal(tasks[0]?.breaker, breaker);
  });

  test('only where all its alarms are healed ones is a process taken for healed', () => {
    const alarms = [alarm(1, 'nginx'), alarm(2, 'nginx'), alarm(3, 'sshd')];
    const { tasks } = planCheck(alarms, { ...QUIET, isHealed: ({ id }) => id !== '2' });
    assert.deepEqual(
      tasks.map(({ name, isHealed }) => [name, isHealed]),
      [
        ['nginx', false],
        ['sshd', true],
      ],
    );
  });
});
