import { test } from 'node:test';
import { holds, type Property } from './property.ts';

const { MONITOR_TEST_ROUNDS, MONITOR_TEST_SEED } = process.env;

/** The same with every run of the tests, or what the environment says. */
export const SEED = Number(MONITOR_TEST_SEED ?? 1);

/** So many in `npm test`, or what the environment says. */
export function roundsOr(quick: number): number {
  return Number(MONITOR_TEST_ROUNDS ?? quick);
}

/** As a test. */
export function testProperty<Part>(property: Property<Part>): void {
  test(property.title, async () => {
    await holds(property, roundsOr(property.quick), SEED);
  });
}
