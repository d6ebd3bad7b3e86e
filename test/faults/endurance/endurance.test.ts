import { test } from 'node:test';
import { endure } from './endurance.ts';

test('two thousand checks and every mishap leave no descriptor, no child, and little memory behind', async (t) => {
  // So soon after its start a service still warms up.
  const race = { checks: 2000, warmDecks: 0, mostGrowth: 0.5, seed: 1 };
  await endure({ ...race, say: (line) => t.diagnostic(line) });
});
