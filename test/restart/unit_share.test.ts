/** Whether a process is restarted by the unit that it runs in: every combination of what runs there. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chooseOwner, shareOf, type UnitWithTargets } from '../../src/restart/unit_share.ts';

const NOBODY = 0;

/** `parents`: of each process of the unit, whose child it is; 1 is PID 1. */
function unitOf(
  parents: Record<number, number>,
  targets: number[],
  mainPid = NOBODY,
  unit = 'shop.service',
  commands: Record<number, string> = {},
): UnitWithTargets {
  const members = Object.entries(parents).map(([pid, parent]) => ({
    pid: Number(pid),
    parent,
    command: commands[Number(pid)] ?? 'sh',
  }));
  return { unit, mainPid, members, targets };
}

const MAIN = { kind: 'whole', why: 'main process' } as const;
const ALONE = { kind: 'whole', why: 'alone' } as const;
const beside = (others: number) => ({ kind: 'beside others', others }) as const;

describe('the share of a process in its unit', () => {
  for (const [what, unit, expected] of [
    ['the main process, alone', unitOf({ 10: 1 }, [10], 10), MAIN],
    ['the main process, with children', unitOf({ 10: 1, 11: 10 }, [10], 10), MAIN],
    ['the main process, beside strangers', unitOf({ 10: 1, 11: 1, 12: 1 }, [10], 10), MAIN],
    ['main process and workers of one name', unitOf({ 10: 1, 11: 10 }, [10, 11], 10), MAIN],
    ['a daemon without a main process', unitOf({ 10: 1 }, [10]), ALONE],
    ['a daemon with workers', unitOf({ 10: 1, 11: 10, 12: 11 }, [10]), ALONE],
    ['the child of a wrapper', unitOf({ 10: 1, 11: 10 }, [11], 10), ALONE],
    ['the grandchild of a wrapper', unitOf({ 10: 1, 11: 10, 12: 11, 13: 12 }, [12], 10), ALONE],
    ['two daemons of one name', unitOf({ 10: 1, 11: 1 }, [10, 11]), ALONE],
    ['all the children of a wrapper', unitOf({ 10: 1, 11: 10, 12: 10 }, [11, 12], 10), ALONE],
    ['one child of two', unitOf({ 10: 1, 11: 10, 12: 10 }, [11], 10), beside(1)],
    ['one daemon of three', unitOf({ 10: 1, 11: 1, 12: 1 }, [10]), beside(2)],
    ['a daemon beside the main process', unitOf({ 10: 1, 11: 1 }, [11], 10), beside(1)],
    ['a child beside a daemon', unitOf({ 10: 1, 11: 10, 12: 1 }, [11], 10), beside(1)],
    ['two of three children', unitOf({ 10: 1, 11: 10, 12: 10, 13: 10 }, [11, 12], 10), beside(1)],
    [
      'a child whose sibling has children',
      unitOf({ 10: 1, 11: 10, 12: 10, 13: 12 }, [11], 10),
      beside(2),
    ],
    ['an ancestor outside of the unit', unitOf({ 11: 5, 12: 11 }, [12]), ALONE],
    ['a stranger with the same parent outside', unitOf({ 11: 5, 12: 5 }, [12]), beside(1)],
    ['parents that were read as a ring', unitOf({ 10: 11, 11: 10 }, [10]), ALONE],
    ['a process that is gone meanwhile', unitOf({ 11: 1 }, [10]), beside(1)],
    ['a process whose unit is empty meanwhile', unitOf({}, [10]), ALONE],
  ] as const) {
    test(`is told of ${what}`, () => assert.deepEqual(shareOf(unit), expected));
  }

  test('is never all of a unit that starts other people’s programs, unless it is their starter', () => {
    for (const name of [
      'cron',
      'crond',
      'atd',
      'anacron',
      'rc-local',
      'monit',
      'supervisor',
      'sshd',
      'ssh@1-[::1]:22',
    ]) {
      const unit = `${name}.service`;
      assert.deepEqual(
        shareOf(unitOf({ 10: 1, 11: 10 }, [11], 10, unit)),
        { kind: 'launched' },
        unit,
      );
      assert.deepEqual(shareOf(unitOf({ 10: 1 }, [10], NOBODY, unit)), { kind: 'launched' }, unit);
      assert.deepEqual(shareOf(unitOf({ 10: 1, 11: 10 }, [10], 10, unit)), MAIN, unit);
    }
  });

  test('is never all of a unit whose program starts other people’s', () => {
    for (const command of ['supervisord', 'monit', 'crond', 'runsv', 's6-supervise']) {
      const unit = (targets: number[], commands: Record<number, string>) =>
        unitOf({ 10: 1, 11: 10, 12: 11 }, targets, 10, 'my-own.service', commands);
      assert.deepEqual(shareOf(unit([12], { 10: command })), { kind: 'launched' }, command);
      assert.deepEqual(shareOf(unit([12], { 11: command })), { kind: 'launched' }, command);
      assert.deepEqual(shareOf(unit([10], { 10: command })), MAIN, command);
      assert.deepEqual(shareOf(unit([11], { 12: command })), ALONE, command);
    }
  });

  test('holds for every tree of up to four processes: all that falls is its own family', () => {
    let trees = 0;
    for (const parents of everyTree(4)) {
      for (let bits = 1; bits < 16; bits++) {
        const targets = [2, 3, 4, 5].filter((_, index) => bits & (1 << index));
        for (const mainPid of [0, 2, 3, 4, 5]) {
          trees += 1;
          const share = shareOf(unitOf(parents, targets, mainPid));
          const strangers = [2, 3, 4, 5].filter((pid) => !isKin(pid, targets, parents));
          const expected = targets.includes(mainPid)
            ? MAIN
            : strangers.length === 0
              ? ALONE
              : beside(strangers.length);
          assert.deepEqual(share, expected, JSON.stringify({ parents, targets, mainPid }));
        }
      }
    }
    assert.equal(trees, 24 * 15 * 5);
  });
});

/** Each process has PID 1 or an earlier one for its parent. */
function* everyTree(size: number): Generator<Record<number, number>> {
  const choices = Array.from({ length: size }, (_, index) => index + 1);
  const count = choices.reduce((product, choice) => product * choice, 1);
  for (let number = 0; number < count; number++) {
    let rest = number;
    yield Object.fromEntries(
      choices.map((choice) => {
        const parent = 1 + (rest % choice);
        rest = Math.floor(rest / choice);
        return [choice + 1, parent];
      }),
    );
  }
}

/** By the definition: one of them, or above or below one. */
function isKin(pid: number, targets: readonly number[], parents: Record<number, number>): boolean {
  const isBelow = (low: number | undefined, high: number): boolean =>
    low !== undefined && (low === high || isBelow(parents[low], high));
  return targets.some((target) => isBelow(pid, target) || isBelow(target, pid));
}

describe('the choice among the units of a name', () => {
  const main = (unit: string) => unitOf({ 10: 1 }, [10], 10, unit);
  const one = (unit: string, others: number) =>
    unitOf(
      Object.fromEntries(Array.from({ length: others + 1 }, (_, i) => [10 + i, 1])),
      [10],
      0,
      unit,
    );
  for (const [what, units, expected] of [
    ['no unit', [], { kind: 'process' }],
    [
      'its own',
      [main('a.service')],
      { kind: 'service', unit: 'a.service', why: 'web is its main process' },
    ],
    [
      'one that it fills',
      [one('a.service', 0)],
      { kind: 'service', unit: 'a.service', why: 'nothing but web runs in it' },
    ],
    [
      'one with others',
      [one('rc.service', 2)],
      { kind: 'process', why: 'web runs in rc.service beside 2 others' },
    ],
    [
      'one with one other',
      [one('rc.service', 1)],
      { kind: 'process', why: 'web runs in rc.service beside 1 other' },
    ],
    [
      'a launcher',
      [one('cron.service', 0)],
      { kind: 'process', why: 'web was started by cron.service' },
    ],
    [
      'its own, and another',
      [one('rc.service', 2), main('a.service')],
      { kind: 'service', unit: 'a.service', why: 'web is its main process' },
    ],
    [
      'two of its own',
      [main('a.service'), main('b.service')],
      { kind: 'process', why: 'web runs in a.service, b.service' },
    ],
    [
      'two with others',
      [one('a.service', 1), one('cron.service', 1)],
      { kind: 'process', why: 'web runs in a.service beside 1 other, was started by cron.service' },
    ],
  ] as const) {
    test(`of ${what}`, () => assert.deepEqual(chooseOwner('web', units), expected));
  }
});
