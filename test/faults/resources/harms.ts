/** What may be done to state.db by somebody who should not. */
import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, truncateSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Random } from '../../support/random.ts';

/** Something done to state.db, and what the service says of it. */
export interface Harm {
  readonly what: string;
  readonly harm: (file: string, random: Random) => void | Promise<void>;
  /** While it runs, at the next write; undefined: SQLite need not notice. */
  readonly running?: RegExp;
  /** At its start; undefined: nothing need be wrong with what is there. */
  readonly starting?: RegExp;
}

const MOVED = /ERROR - State file \S+ was removed or replaced; what it held is written again/;
export const BROKEN =
  /ERROR - State file \S+ is broken; it is kept as (\S+), and a new one is begun/;
const UNUSABLE = /ERROR - State file \S+ cannot be used: .* kept in memory only/;

export const HARMS: readonly Harm[] = [
  {
    what: 'its directory removed',
    harm: (file) => rmSync(dirname(file), { recursive: true }),
    running: MOVED,
  },
  { what: 'removed', harm: (file) => rmSync(file), running: MOVED },
  {
    what: 'replaced by another database',
    harm: (file) => {
      rmSync(file);
      const other = new DatabaseSync(file);
      other.exec('CREATE TABLE breaker (name TEXT); CREATE TABLE other (a)');
      other.close();
    },
    running: BROKEN,
    starting: BROKEN,
  },
  {
    what: 'a directory in its place',
    harm: (file) => {
      renameSync(file, `${file}.away`);
      mkdirSync(file);
    },
    running: UNUSABLE,
    starting: UNUSABLE,
  },
  {
    what: 'a symbolic link in its place',
    harm: (file) => {
      renameSync(file, `${file}.away`);
      symlinkSync(`${file}.away`, file);
    },
    running: UNUSABLE,
    starting: UNUSABLE,
  },
  {
    what: 'random bytes in random places',
    harm: async (file, random) => {
      for (const part of parts(file)) {
        await scribble(part, 1 + random(20), random);
      }
    },
  },
  {
    // Not state.db-shm: SQLite has that in its memory, and the kernel ends whoever reads behind its end.
    what: 'cut short',
    harm: (file, random) => {
      for (const part of parts(file)) {
        truncateSync(part, 1 + random(statSync(part).size));
      }
    },
  },
];

/** The file, and what is not in it yet. */
function parts(file: string): string[] {
  return [file, `${file}-wal`].filter((part) => statSync(part, { throwIfNoEntry: false })?.size);
}

async function scribble(file: string, places: number, random: Random): Promise<void> {
  const size = statSync(file).size;
  const handle = await open(file, 'r+');
  for (let place = 0; place < places && size > 0; place++) {
    const bytes = Buffer.from(Array.from({ length: 1 + random(64) }, () => random(256)));
    await handle.write(bytes, 0, bytes.length, random(size));
  }
  await handle.close();
}
