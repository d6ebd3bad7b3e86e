import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secondsIn } from '../../src/configuration/time_span.ts';

for (const [text, seconds] of [
  ['90s', 90],
  ['15m', 900],
  ['2h', 7200],
  ['3d', 259_200],
  ['0s', 0],
] as const) {
  test(`${text} is ${seconds} seconds`, () => {
    assert.equal(secondsIn(text), seconds);
  });
}

for (const text of [
  '',
  '5',
  's',
  '-1s',
  '1.5h',
  '2 h',
  '2H',
  '1w',
  '1h30m',
  '１m',
  '1234567890s',
]) {
  test(`"${text}" is not a time span`, () => {
    assert.equal(secondsIn(text), undefined);
  });
}
