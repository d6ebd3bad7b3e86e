import { test } from 'node:test';
import { noBox } from '../../support/box/box.ts';
import { randomFrom } from '../../support/random.ts';
import { roundsOr, SEED } from '../quick.ts';
import { BATCH, healUnits, units } from './units_trial.ts';

test(units.title, { skip: noBox }, async (t) => {
  await healUnits(roundsOr(BATCH), randomFrom(SEED), (line) => t.diagnostic(line));
});
