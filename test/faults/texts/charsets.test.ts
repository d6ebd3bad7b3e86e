import { test } from 'node:test';
import { roundsOr, SEED } from '../quick.ts';
import { ROUNDS } from './charsets_fuzz.ts';
import { tryCharsets } from './charsets_trial.ts';

test('names and notes in every character set harm nothing, and lose nothing but their end', async () => {
  await tryCharsets(SEED, roundsOr(ROUNDS.quick));
});
