/** The database, as it fails in life: a service undergoes every fault, and must heal after each. */
import type { Side } from '../../support/proxy.ts';
import { type Random, randomFrom } from '../../support/random.ts';
import type { Say, Trial } from '../trial.ts';
import { Bed } from './bed.ts';
import type { Fault, FaultKind } from './fault.ts';
import { counting } from './meddlers.ts';
import { PATIENTS } from './patients.ts';
import { SERVER_FAULTS } from './server_faults.ts';
import { sufferAll, type Task } from './suffering.ts';
import { cutAt, WIRE_FAULTS } from './wire_faults.ts';
import { takeChanges } from './witness.ts';

/** The time limits, in seconds, of the services that suffer side by side: most of the time they wait. */
const TIMEOUTS = [1, 2, 1, 2];
const FAULTS = 700;

export const KINDS: readonly FaultKind[] = [...WIRE_FAULTS, ...SERVER_FAULTS];

export const databaseFails: Trial = {
  name: 'database',
  title: 'no alarm is lost by a database that fails, and none is healed twice',
  async run({ seed, rounds, say }) {
    const beds: Bed[] = [];
    try {
      for (const timeout of TIMEOUTS) {
        beds.push(await Bed.open(timeout));
      }
      const [first] = beds as [Bed];
      const sweep = rounds === undefined ? await sweepTasks(first, seed, say) : [];
      return await sufferAll(beds, [...randomTasks(seed, rounds ?? FAULTS, say), ...sweep], say);
    } finally {
      await Promise.all(beds.map((bed) => bed.close()));
    }
  },
};

/** Each kind in its turn, so that any fault is made again with its seed and `--rounds 1`. */
export function randomTasks(seed: number, count: number, say: Say): Task[] {
  for (const { what, skip } of KINDS) {
    skip && say(`left out: ${what}: ${skip}`);
  }
  const kinds = KINDS.filter(({ skip }) => !skip);
  return Array.from({ length: count }, (_, index) => {
    const { what, make } = kinds[(seed + index) % kinds.length] as FaultKind;
    return { what, seed: seed + index, make };
  });
}

/** The connection cut at every byte of a check that connects, finds an alarm and clears it. */
export async function sweepTasks(bed: Bed, seed: number, say: Say): Promise<Task[]> {
  const counts: Record<Side, number> = { client: 0, server: 0 };
  bed.proxy.meddle(() => counting(counts));
  bed.proxy.cut();
  await bed.raise(PATIENTS[0]);
  await bed.check(randomFrom(seed));
  bed.proxy.meddle(undefined);
  await takeChanges(bed.database);
  say(`a whole check: ${counts.client} bytes of the service, ${counts.server} of the server`);
  return (['client', 'server'] as const).flatMap((side) =>
    Array.from({ length: counts[side] }, (_, count) => ({
      what: `cut at every byte that the ${side === 'client' ? 'service' : 'server'} sends`,
      seed: seed + count,
      make: (_random: Random): Fault => cutAt(count, side),
    })),
  );
}
