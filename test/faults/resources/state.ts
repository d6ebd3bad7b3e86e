/** What happens to the state directory, while the service runs and before it starts. */

import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Random } from '../../support/random.ts';
import { type Kind, lacksDisk, lacksRoot, type Rounds } from './kind.ts';
import { Survivor } from './survivor.ts';

/** Something done to state.db, and what the service says of it. */
interface Harm {
  readonly what: string;
  readonly harm: (file: string, random: Random) => void | Promise<void>;
  /** While it runs, at the next write; undefined: SQLite need not notice. */
  readonly running?: RegExp;
  /** At its start; undefined: nothing need be wrong with what is there. */
  readonly starting?: RegExp;
}

const ALARMS = 10;
const FULL = /ERROR - State cannot be saved: database or disk is full/;
const MOVED = /ERROR - State file \S+ was removed or replaced; what it held is written again/;
const BROKEN = /ERROR - State file \S+ is broken; it is kept as (\S+), and a new one is begun/;
const UNUSABLE = /ERROR - State file \S+ cannot be used: .* kept in memory only/;

const HARMS: readonly Harm[] = [
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

export const stateHarmedRunning: Kind = {
  what: 'state.db lost, replaced or corrupted while the service runs',
  quick: 1,
  long: 21,
  lacks: lacksRoot,
  run: (rounds) =>
    eachHarm(rounds, async (survivor, { harm, running }, file, random) => {
      await survivor.start();
      await harm(file, random);
      await survivor.heals(1 + random(ALARMS));
      await survivor.heals(1 + random(ALARMS));
      assertTold(survivor, running);
      await survivor.unharmed();
      await survivor.restart();
      await survivor.unharmed();
    }),
};

export const stateHarmedBefore: Kind = {
  what: 'state.db lost, replaced or corrupted before the service starts',
  quick: 1,
  long: 21,
  lacks: lacksRoot,
  run: (rounds) =>
    eachHarm(rounds, async (survivor, { harm, starting }, file, random) => {
      await survivor.start();
      await survivor.heals(1 + random(ALARMS));
      await survivor.stop();
      await harm(file, random);
      await survivor.start();
      await survivor.heals(1 + random(ALARMS));
      assertTold(survivor, starting);
      await survivor.unharmed();
    }),
};

/** What is said holds: a broken file is kept where it is told. */
function assertTold(survivor: Survivor, expected: RegExp | undefined): void {
  if (expected) {
    assert.match(survivor.service.log(), expected);
  }
  const aside = BROKEN.exec(survivor.service.log())?.[1];
  assert.ok(aside === undefined || existsSync(aside), `${aside} is not there`);
}

export const stateDiskFull: Kind = {
  what: 'disk of the state directory full, and then not',
  quick: 1,
  long: 12,
  lacks: lacksDisk,
  run: ({ times, random }) =>
    Survivor.with(async (survivor) => {
      const disk = await survivor.disk('size=1m');
      survivor.configure({ monitor: { state_directory: disk.path } });
      await survivor.start();
      for (let round = 0; round < times; round++) {
        disk.fill();
        const after = survivor.service.log().length;
        const isTold = () => FULL.test(survivor.service.log().slice(after));
        await survivor.healsUntil(isTold, random, ALARMS);
        const isRestarted = random(2) === 0;
        if (isRestarted) {
          await survivor.restart();
        }
        await survivor.heals(1 + random(ALARMS));
        disk.makeRoom();
        await survivor.heals(1 + random(ALARMS));
        if (isRestarted) {
          await survivor.restart(); // begun on a full disk, it may remember in memory only
        }
        await survivor.unharmed();
      }
    }),
};

/** Each harm in turn, the first one by chance. */
async function eachHarm(
  { times, random }: Rounds,
  trial: (survivor: Survivor, harm: Harm, file: string, random: Random) => Promise<void>,
): Promise<void> {
  const first = random(HARMS.length);
  for (let round = 0; round < times; round++) {
    const harm = HARMS[(first + round) % HARMS.length] as Harm;
    await Survivor.with(async (survivor) => {
      survivor.configure();
      const file = survivor.stage.space.path('state/state.db');
      await trial(survivor, harm, file, random);
    }).catch((cause) => {
      throw new Error(`${harm.what}: ${(cause as Error).message}`, { cause });
    });
  }
}
