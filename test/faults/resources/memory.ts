/** Little memory, and many alarms. */
import assert from 'node:assert/strict';
import { HEALS_AT_ONCE } from '../../service/stage.ts';
import { uniqueName } from '../../support/processes.ts';
import type { Service } from '../../support/service.ts';
import { vitalsOf } from '../../support/vitals.ts';
import { waitFor } from '../../support/wait.ts';
import { Fleet } from '../fleet.ts';
import { ControlGroup, noControlGroup } from './control_group.ts';
import type { Kind } from './kind.ts';
import { linesOf, recordedCommands } from './ledger.ts';

const LIMIT_MB = 96;
const HEALED_MS = 120_000;

export const memoryLimit: Kind = {
  // So many processes in place of rounds: it takes them all at once.
  what: `processes in alarm at once under a memory limit of ${LIMIT_MB} MB, all children included`,
  quick: 150,
  long: 1000,
  lacks: async () => noControlGroup('memory'),
  async run({ times, say }) {
    const group = new ControlGroup('memory', uniqueName('monitor-test-'));
    const fleet = await Fleet.open(Array.from({ length: times }, (_, index) => `p${index + 1}`));
    try {
      group.limitMemory(LIMIT_MB * 1024 * 1024);
      say(await healAll(fleet, times, group));
    } finally {
      await fleet.close();
      await group.remove();
    }
  },
};

/** Returns the figures. */
async function healAll(fleet: Fleet, count: number, group: ControlGroup): Promise<string> {
  const { scene } = fleet;
  const commands = { ...HEALS_AT_ONCE, ...recordedCommands(scene.space) };
  scene.configure({ address: fleet.account, processes: { default: commands } });
  await fleet.raise(1, count);
  const service = await scene.start({ cgroup: group.procs });
  const begin = performance.now();
  await waitFor('all to be healed', async () => (await fleet.alarms()) === 0, HEALED_MS);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  assert.equal(group.oomKills, 0, 'nothing was ended for want of memory');
  assertHealed(fleet, service, count);
  const { peakBytes } = group;
  const peak = peakBytes === undefined ? 'not told' : megabytes(peakBytes / 1024);
  return `healed in ${seconds} s; peak of all together ${peak}, resident peak of the service ${megabytes(vitalsOf(service.pid).peakKb)}`;
}

function assertHealed({ scene: { space } }: Fleet, service: Service, count: number): void {
  assert.equal(service.stderr(), '');
  assert.equal(new Set(linesOf(space.path('verified'))).size, count);
  assert.equal(linesOf(space.path('restarted')).length, count, 'each was restarted once');
  assert.equal(service.log().match(/Alarm cleared for /g)?.length, count);
}

function megabytes(kilobytes: number): string {
  return `${(kilobytes / 1024).toFixed(1)} MB`;
}
