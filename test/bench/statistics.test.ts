import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summaryOf } from '../../bench/statistics.ts';

test('the median of samples is the one in the middle, or between the two', () => {
  assert.equal(summaryOf([3, 1, 2]).median, 2);
  assert.equal(summaryOf([4, 1, 3, 2]).median, 2.5);
  assert.equal(summaryOf([10, 9]).median, 9.5, 'by their value, not as text');
});

test('half of the samples are between the quartiles', () => {
  assert.deepEqual(summaryOf([5, 1, 4, 2, 3]).quartiles, [2, 4]);
  assert.deepEqual(summaryOf([1, 2, 3, 4]).quartiles, [1.75, 3.25]);
  assert.deepEqual(summaryOf([7]), { count: 1, median: 7, quartiles: [7, 7] });
});

test('an outlier moves neither', () => {
  const calm = summaryOf([10, 11, 12, 13, 14]);
  const disturbed = summaryOf([10, 11, 12, 13, 9000]);
  assert.deepEqual(disturbed, calm);
});

test('the samples stay in their order', () => {
  const samples = [3, 1, 2];
  summaryOf(samples);
  assert.deepEqual(samples, [3, 1, 2]);
});

test('what was not measured has no median', () => {
  assert.throws(() => summaryOf([]), /no figures/);
  assert.throws(() => summaryOf([1, Number.NaN]), /no figures/);
});
