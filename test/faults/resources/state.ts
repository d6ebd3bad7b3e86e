/** What happens to the state directory, while the service runs and before it starts. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { Random } from '../../support/random.ts';
import { BROKEN, HARMS, type Harm } from './harms.ts';
import { type Kind, lacksDisk, lacksRoot, type Rounds } from './kind.ts';
import { Survivor } from './survivor.ts';

const ALARMS = 10;
const FULL = /ERROR - State cannot be saved: database or disk is full/;

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
      const disk = await survivor.stage.disk('size=1m');
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
