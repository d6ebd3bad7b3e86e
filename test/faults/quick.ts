import { test } from 'node:test';
import { holds, type Property } from './property.ts';

const { MONITOR_TEST_ROUNDS, MONITOR_TEST_SEED } = process.env;

/** As a test: the quick number of cases from the same seed each time, or what the environment says. */
export function testProperty<Part>(property: Property<Part>): void {
  test(property.title, async () => {
    const cases = Number(MONITOR_TEST_ROUNDS ?? property.quick);
    await holds(property, cases, Number(MONITOR_TEST_SEED ?? 1));
  });
}
