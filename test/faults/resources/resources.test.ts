import { describe, test } from 'node:test';
import { randomFrom } from '../../support/random.ts';
import { KINDS } from './resources.ts';

const { MONITOR_TEST_ROUNDS, MONITOR_TEST_SEED } = process.env;

// Each mostly waits, so they do it at the same time.
describe('a service that nothing takes down heals after', { concurrency: 5 }, () => {
  for (const [index, kind] of KINDS.entries()) {
    test(kind.what, async (t) => {
      const lacking = await kind.lacks();
      if (lacking !== undefined) {
        t.skip(lacking);
        return;
      }
      const times = Number(MONITOR_TEST_ROUNDS ?? kind.quick);
      const random = randomFrom(Number(MONITOR_TEST_SEED ?? 1) + index);
      await kind.run({ times, random, say: (line) => t.diagnostic(line) });
    });
  }
});
