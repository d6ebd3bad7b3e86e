/** Each resource of the host runs out or fails, and comes back. */
import { noBox } from '../../support/box/box.ts';
import { prepareHosts } from '../../support/box/host.ts';
import { randomFrom } from '../../support/random.ts';
import { inLanes } from '../lanes.ts';
import type { Row, Say, Trial } from '../trial.ts';
import { clockJumps, standsStill } from './clock.ts';
import { logDiskFull, runtimeDiskFull } from './disks.ts';
import type { Kind } from './kind.ts';
import { descriptorLimit, processLimit } from './limits.ts';
import { memoryLimit } from './memory.ts';
import { stateDiskFull, stateHarmedBefore, stateHarmedRunning } from './state.ts';
import { poorSurroundings } from './surroundings.ts';
import { unitWithoutDescriptors } from './unit.ts';

/** The longest first. */
export const KINDS: readonly Kind[] = [
  stateHarmedRunning,
  stateHarmedBefore,
  clockJumps,
  logDiskFull,
  processLimit,
  unitWithoutDescriptors,
  stateDiskFull,
  standsStill,
  descriptorLimit,
  memoryLimit,
  poorSurroundings,
  runtimeDiskFull,
];

/** They wait more than they work. */
export const AT_ONCE = 5;

export const resources: Trial = {
  name: 'resources',
  title: 'processes, descriptors, memory, disks, the state and the clock fail and come back',
  prepare: async () => noBox || (await prepareHosts()),
  run: ({ seed, rounds, say }) =>
    inLanes(KINDS, AT_ONCE, (kind, index) =>
      rowOf(kind, { seed: seed + index, times: rounds ?? kind.long, say }),
    ),
};

interface Wanted {
  readonly seed: number;
  readonly times: number;
  readonly say: Say;
}

async function rowOf(kind: Kind, { seed, times, say }: Wanted): Promise<Row> {
  const lacking = await kind.lacks();
  if (lacking !== undefined) {
    return { what: `${kind.what} (skipped: ${lacking})`, times: 0, lost: 0 };
  }
  const begin = performance.now();
  try {
    await kind.run({
      times,
      random: randomFrom(seed),
      say: (line) => say(`  ${kind.what}: ${line}`),
    });
    say(`  ${kind.what}: ${Math.round((performance.now() - begin) / 1000)} s`);
    return { what: kind.what, times, lost: 0 };
  } catch (error) {
    say(`${kind.what}: ${(error as Error).stack}`);
    return { what: kind.what, times, lost: 1 };
  }
}
