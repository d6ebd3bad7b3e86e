import { startMariadb } from '../../support/database_server.ts';
import { freshDatabase } from '../../support/test_database.ts';
import { holds, type Tallies } from '../property.ts';
import type { Trial } from '../trial.ts';
import { charsetsKeepTheirTexts } from './charsets_fuzz.ts';

/** On a server of its own, whose mind about text is changed with every case. */
export async function tryCharsets(
  seed: number,
  rounds: number | 'quick' | 'long',
): Promise<Tallies> {
  const server = await startMariadb();
  try {
    const property = charsetsKeepTheirTexts(await freshDatabase(server.address));
    return await holds(property, typeof rounds === 'number' ? rounds : property[rounds], seed);
  } finally {
    await server.stop();
  }
}

export const charsets: Trial = {
  name: 'charsets',
  title: 'names and notes in every character set, on a real server',
  async run({ seed, rounds, say }) {
    const tallies = await tryCharsets(seed, rounds ?? 'long');
    const counted = [...tallies].sort();
    for (const [what, count] of counted) {
      say(`${String(count).padStart(12)}  ${what}`);
    }
    return counted.map(([what, times]) => ({
      what: `in some character set: ${what}`,
      times,
      lost: 0,
    }));
  },
};
