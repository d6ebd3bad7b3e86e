import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duration, future, past, span } from '../../src/commands/time_words.ts';

for (const [seconds, words] of [
  [-5, '0 seconds'],
  [0.4, '0 seconds'],
  [1, '1 second'],
  [59, '59 seconds'],
  [60, '1 minute'],
  [299, '5 minutes'],
  [5400, '2 hours'],
  [86_400, '1 day'],
  [400 * 86_400, '400 days'],
] as const) {
  test(`${seconds} seconds are ${words}`, () => assert.equal(span(seconds * 1000), words));
}

test('a time is told in local time, with how far it is from now', () => {
  const now = new Date(2026, 10, 23, 3, 12, 0);
  const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString();
  assert.equal(past(at(-12), now), '2026-11-23 03:00:00 (12 minutes ago)');
  assert.equal(future(at(18), now), '2026-11-23 03:30:00 (in 18 minutes)');
});

for (const [ms, words] of [
  [0, '0 ms'],
  [28, '28 ms'],
  [999, '999 ms'],
  [1000, '1.0 s'],
  [90_040, '90.0 s'],
] as const) {
  test(`${ms} ms are told as ${words}`, () => assert.equal(duration(ms), words));
}
