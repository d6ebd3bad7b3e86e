import { test } from 'node:test';
import { tryCharsets } from './charsets_trial.ts';

const { MONITOR_TEST_ROUNDS, MONITOR_TEST_SEED } = process.env;

test('names and notes in every character set harm nothing, and lose nothing but their end', async () => {
  const rounds = MONITOR_TEST_ROUNDS === undefined ? undefined : Number(MONITOR_TEST_ROUNDS);
  await tryCharsets(Number(MONITOR_TEST_SEED ?? 1), rounds ?? 'quick');
});
