import { describe, test } from 'node:test';
import { randomFrom } from '../../support/random.ts';
import { roundsOr, SEED } from '../quick.ts';
import { AT_ONCE, KINDS } from './resources.ts';

const lacking = await Promise.all(KINDS.map((kind) => kind.lacks()));

describe('a service that nothing takes down heals after', { concurrency: AT_ONCE }, () => {
  for (const [index, kind] of KINDS.entries()) {
    test(kind.what, { skip: lacking[index] ?? false }, async (t) => {
      const say = (line: string) => t.diagnostic(line);
      await kind.run({ times: roundsOr(kind.quick), random: randomFrom(SEED + index), say });
    });
  }
});
