/** What a check decides about its rows, whatever they are. */
import assert from 'node:assert/strict';
import type { Admission } from '../../../src/breaker/breaker.ts';
import type { Alarm } from '../../../src/monitor/alarm_store.ts';
import { planCheck } from '../../../src/monitor/plan.ts';
import { pick } from '../../support/random.ts';
import type { Property } from '../property.ts';

const NAMES = [
  'nginx',
  'sshd',
  'NGINX',
  'a b',
  '',
  'poweroff',
  '__proto__',
  'constructor',
  undefined,
];
const BUSY = 'sshd';
const HELD = 'NGINX';

const HELD_OFF: Admission = { kind: 'held off', leftMs: 1 };
const ADMITTED: Admission = { kind: 'admitted', breaker: { state: 'closed', failures: 0 } };

export const planSortsEveryRowOnce: Property<Alarm> = {
  title: 'a plan puts every row in exactly one class, and every process in one task at most',
  quick: 10_000,
  long: 1_000_000,
  expected: ['without a process', 'refused', 'held off', 'busy', 'restarted', 'healed before'],
  generate: (random) =>
    Array.from({ length: random(12) }, (_, index) => ({
      id: String(index),
      name: pick(random, NAMES),
      notes: '',
      seen: pick(random, ['healed', 'new']),
    })),
  check(alarms, tally) {
    const plan = planCheck(alarms, {
      isBusy: (name) => name === BUSY,
      admit: (name) => (name === HELD ? HELD_OFF : ADMITTED),
      isHealed: ({ seen }) => seen === 'healed',
    });
    const classes: [
      what: string,
      names: readonly (string | undefined)[],
      rows: readonly Alarm[],
    ][] = [
      ['without a process', [undefined], plan.withoutProcess],
      ['refused', ['a b', '', 'poweroff', '__proto__'], plan.refused.map(({ alarm }) => alarm)],
      ['held off', [HELD], plan.heldOff.flatMap((held) => held.alarms)],
      ['busy', [BUSY], plan.busy],
      ['restarted', ['nginx', 'constructor'], plan.tasks.flatMap((task) => task.alarms)],
    ];
    for (const [what, names, rows] of classes) {
      const expected = alarms.filter(({ name }) => names.includes(name));
      assert.deepEqual(idsOf(rows), idsOf(expected), what);
      for (const _ of rows) {
        tally(what);
      }
    }
    const tasks = plan.tasks.map(({ name }) => name);
    assert.equal(new Set(tasks).size, tasks.length, 'two restarts of one process');
    for (const { isHealed, alarms: own } of plan.tasks) {
      assert.equal(isHealed, !own.some(({ seen }) => seen === 'new'));
      isHealed && tally('healed before');
    }
  },
};

function idsOf(alarms: readonly Alarm[]): string[] {
  return alarms.map(({ id }) => id).sort();
}
