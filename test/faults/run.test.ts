/** The long run itself: it must never pass with nothing tried. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readCommandLine, WrongUse } from '../support/command_line.ts';
import { repository } from '../support/repository.ts';
import { isGood } from './table.ts';

const TIMEOUT_MS = 60_000;

describe('the long run begins nothing, and tells why in one line, when called', () => {
  for (const [args, told] of [
    ['--rounds=0', /^test:faults: --rounds: got "0", expected a whole number from 1 on\n$/],
    ['--help', /^test:faults: Unknown option '--help'; there are names, --seed N, --rounds N\n$/],
    ['nmaes', /^test:faults: no such trial: nmaes; there are endurance, .*\n$/],
  ] as const) {
    test(`with ${args}`, () => {
      const program = join(repository, 'test/faults/run.ts');
      const { status, stdout, stderr } = spawnSync(process.execPath, [program, args], {
        encoding: 'utf8',
        timeout: TIMEOUT_MS,
      });
      assert.deepEqual([status, stdout], [2, '']);
      assert.match(stderr, told);
    });
  }
});

describe('an option of the long run, or of the bench, is refused where it is', () => {
  for (const [args, told] of [
    ['--rounds abc', '--rounds: got "abc", expected a whole number from 1 on'],
    ['--rounds=-1', '--rounds: got "-1", expected a whole number from 1 on'],
    ['--rounds=1.5', '--rounds: got "1.5", expected a whole number from 1 on'],
    ['--rounds=', '--rounds: got "", expected a whole number from 1 on'],
    ['--seed x', '--seed: got "x", expected a whole number from 0 on'],
    [
      '--rounds',
      "Option '--rounds <value>' argument missing; there are names, --seed N, --rounds N",
    ],
  ] as const) {
    test(args, () => {
      const wrong = () => readCommandLine(args.split(' '), { seed: 0, rounds: 1 });
      assert.throws(wrong, new WrongUse(told));
    });
  }

  test('and else taken with the names beside it', () => {
    const { names, numbers } = readCommandLine(['a', '--seed', '0', 'b'], { seed: 0, rounds: 1 });
    assert.deepEqual({ names, numbers }, { names: ['a', 'b'], numbers: { seed: 0 } });
  });
});

test('the long run does not pass with nothing tried, something lost, or a trial that failed', () => {
  const row = { what: 'names', times: 3, lost: 0 };
  const done = { name: 'names', rows: [row] };
  assert.equal(isGood([done]), true);
  for (const verdicts of [
    [],
    [{ name: 'names', rows: [{ ...row, times: 0 }] }],
    [done, { name: 'lines', rows: [{ ...row, lost: 1 }] }],
    [done, { name: 'lines', rows: [], failure: 'it ended' }],
  ]) {
    assert.equal(isGood(verdicts), false, JSON.stringify(verdicts));
  }
});
