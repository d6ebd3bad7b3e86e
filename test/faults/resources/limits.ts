/** No process more, and no descriptor more. */
import { setTimeout as sleep } from 'node:timers/promises';
import { uniqueName } from '../../support/processes.ts';
import type { Random } from '../../support/random.ts';
import { ControlGroup, noControlGroup } from './control_group.ts';
import { type Kind, lacksRoot, type Rounds } from './kind.ts';
import { Survivor } from './survivor.ts';

const ALARMS = 20;
/** Some rounds leave none, so that nothing at all can be started; others leave a few. */
const SOME = 24;
const MAX_MS = 3000;

export const processLimit: Kind = {
  what: 'process limit reached, so that fork fails, while alarms stand',
  quick: 1,
  long: 25,
  lacks: async () => noControlGroup('pids'),
  async run(rounds) {
    const group = new ControlGroup('pids', uniqueName('monitor-test-'));
    try {
      await Survivor.with(async (survivor) => {
        survivor.configure();
        await survivor.start({ cgroup: group.procs });
        const limit = async (more: number) => group.limitTasks(group.tasks + more);
        await starve(survivor, rounds, limit, async () => group.limitTasks('max'), 'EAGAIN');
      });
    } finally {
      await group.remove();
    }
  },
};

export const descriptorLimit: Kind = {
  what: 'descriptor limit reached while alarms stand',
  quick: 2,
  long: 30,
  lacks: lacksRoot,
  run: (rounds) =>
    Survivor.with(async (survivor) => {
      survivor.configure();
      await survivor.start();
      const limit = (more: number) => survivor.limitDescriptors(more);
      await starve(survivor, rounds, limit, () => survivor.limitDescriptors(10_000), 'EMFILE');
    }),
};

/** Alarms are raised under a limit, which is lifted after a while. The first round leaves nothing. */
async function starve(
  survivor: Survivor,
  { times, random }: Rounds,
  limit: (more: number) => Promise<void>,
  lift: () => Promise<void>,
  error: string,
): Promise<void> {
  for (let round = 0; round < times; round++) {
    const after = survivor.service.log().length;
    const more = round === 0 ? 0 : someOrNone(random);
    await limit(more);
    survivor.raise(1 + random(ALARMS));
    if (more === 0) {
      await survivor.service.waitForLog(` ${error}`, { after });
    }
    await sleep(random(MAX_MS));
    await lift();
    await survivor.healed();
    await survivor.unharmed();
  }
}

function someOrNone(random: Random): number {
  return random(4) === 0 ? 0 : random(SOME);
}
