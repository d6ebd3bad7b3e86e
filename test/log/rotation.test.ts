import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planRotation, type Step } from '../../src/log/rotation.ts';

const words = (steps: readonly Step[]): string[] =>
  steps.map((step) =>
    step.kind === 'remove' ? `remove ${step.name}` : `${step.from} -> ${step.to}`,
  );

const plan = (names: readonly string[], filesToKeep: number): string[] =>
  words(planRotation('x.log', names, filesToKeep));

describe('the steps of a rotation', () => {
  test('the first one moves the log to .1', () => {
    assert.deepEqual(plan(['x.log'], 5), ['x.log -> x.log.1']);
  });

  test('the oldest moves first, so that nothing is overwritten', () => {
    assert.deepEqual(plan(['x.log', 'x.log.1', 'x.log.2'], 5), [
      'x.log.2 -> x.log.3',
      'x.log.1 -> x.log.2',
      'x.log -> x.log.1',
    ]);
  });

  test('with every number taken, the oldest is replaced', () => {
    assert.deepEqual(plan(['x.log', 'x.log.1', 'x.log.2', 'x.log.3'], 3), [
      'x.log.2 -> x.log.3',
      'x.log.1 -> x.log.2',
      'x.log -> x.log.1',
    ]);
  });

  test('a free number stops the shift: what lies beyond it stays', () => {
    assert.deepEqual(plan(['x.log', 'x.log.1', 'x.log.3', 'x.log.4'], 5), [
      'x.log.1 -> x.log.2',
      'x.log -> x.log.1',
    ]);
  });

  test('one file kept is replaced by the log', () => {
    assert.deepEqual(plan(['x.log', 'x.log.1'], 1), ['x.log -> x.log.1']);
  });

  test('no file kept: the log is removed, and every numbered one', () => {
    assert.deepEqual(plan(['x.log', 'x.log.1', 'x.log.2'], 0), [
      'remove x.log.2',
      'remove x.log.1',
      'remove x.log',
    ]);
  });

  test('a lowered number to keep removes what is beyond it, before anything moves', () => {
    assert.deepEqual(plan(['x.log', 'x.log.1', 'x.log.2', 'x.log.3', 'x.log.10', 'x.log.4'], 2), [
      'remove x.log.10',
      'remove x.log.4',
      'remove x.log.3',
      'x.log.1 -> x.log.2',
      'x.log -> x.log.1',
    ]);
  });
});

describe('files beside the log', () => {
  const foreign = [
    'x.log.old',
    'x.log.01',
    'x.log.0',
    'x.log.1.gz',
    'x.log.1~',
    'x.log.-1',
    'x.log.+7',
    'x.log.7 ',
    'x.log.',
    'x.log.1e3',
    'x.log.٧',
    'x.log.20260131',
    'x.log.1767225600',
    'x.log7',
    'xxlog.7',
    'ax.log.7',
    'X.LOG.7',
    'x.log.7\n',
    '7',
  ];
  for (const name of foreign) {
    test(`${JSON.stringify(name)} is not touched`, () => {
      assert.deepEqual(plan(['x.log', name], 0), ['remove x.log']);
      assert.deepEqual(plan(['x.log', name], 2), ['x.log -> x.log.1']);
    });
  }

  test('up to six digits are the log’s own', () => {
    assert.deepEqual(plan(['x.log', 'x.log.999999'], 5), [
      'remove x.log.999999',
      'x.log -> x.log.1',
    ]);
  });

  test('a name that means something to a pattern is a name', () => {
    const steps = planRotation('a+(b).*', ['a+(b).*', 'a+(b).*.1', 'aab.log.9', 'a+(b).x.9'], 3);
    assert.deepEqual(words(steps), ['a+(b).*.1 -> a+(b).*.2', 'a+(b).* -> a+(b).*.1']);
  });
});
