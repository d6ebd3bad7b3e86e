/** The bench with one repetition and little to do: no time is asserted, only that all of it can be measured. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { circumstancesOf } from '../../bench/circumstances.ts';
import { measureRow } from '../../bench/measure.ts';
import { CONTENDERS } from '../../bench/row.ts';
import { rowsNamed } from '../../bench/rows.ts';
import { SMOKE } from '../../bench/scale.ts';
import { openStage, type Stage, whyNoStage } from '../../bench/stage.ts';
import { verdictsOf } from '../../bench/verdicts.ts';

const skip = await whyNoStage();
let stage: Stage;

before(async () => {
  if (skip === false) {
    stage = await openStage();
  }
});
after(() => stage?.close());

for (const row of rowsNamed([], SMOKE)) {
  const title = `the bench measures everybody who has the feature in row ${row.number}, ${row.word}`;
  test(title, { skip }, async () => {
    const result = await measureRow(row, stage, SMOKE.repetitions);
    assert.equal(result.failure, undefined);
    const measured = new Set(result.series.map(({ contender }) => contender));
    assert.deepEqual(
      CONTENDERS.filter((contender) => measured.has(contender)),
      CONTENDERS.filter((contender) => row.without[contender] === undefined),
    );
    const figures = new Set(result.series.map(({ figure }) => figure));
    assert.deepEqual(figures, new Set(Object.keys(row.figures)));
    assert.ok(result.series.every(({ samples }) => samples.every((sample) => sample >= 0)));
    assert.ok(verdictsOf(result).every(({ value }) => value !== 'no figure'));
  });
}

test('the bench tells on what and with which versions it measured', { skip }, async () => {
  const circumstances = await circumstancesOf(stage, SMOKE);
  const unknown = circumstances.filter(([, value]) => /unknown|undefined/.test(value));
  assert.deepEqual(unknown, []);
});

test('a row of the bench is found by its number or its word, and another one is refused', () => {
  const words = (...names: string[]) => rowsNamed(names, SMOKE).map(({ word }) => word);
  assert.deepEqual(words('4', 'crash'), ['crash', 'slow']);
  assert.deepEqual(words().length, 11);
  assert.throws(() => words('speed'), /no such row: speed; there are 1 crash, 2 heal, /);
});
