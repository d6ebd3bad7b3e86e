import { startMariadb } from '../../support/database_server.ts';
import { freshDatabase } from '../../support/test_database.ts';
import { holds, type Tallies, tellTallies } from '../property.ts';
import type { Trial } from '../trial.ts';
import { charsetsKeepTheirTexts, ROUNDS } from './charsets_fuzz.ts';

/** On a server of its own, whose mind about text is changed with every case. */
export async function tryCharsets(seed: number, rounds: number): Promise<Tallies> {
  const server = await startMariadb();
  try {
    const database = await freshDatabase(server.address);
    return await holds(charsetsKeepTheirTexts(database), rounds, seed);
  } finally {
    await server.stop();
  }
}

export const charsets: Trial = {
  name: 'charsets',
  title: 'names and notes in every character set, on a real server',
  async run({ seed, rounds = ROUNDS.long, say }) {
    const tallies = await tryCharsets(seed, rounds);
    tellTallies(tallies, say);
    return [...tallies]
      .sort()
      .map(([what, times]) => ({ what: `in some character set: ${what}`, times, lost: 0 }));
  },
};
