import { setTimeout as sleep } from 'node:timers/promises';
import { checkOften, empty, type Watcher } from '../contenders/watcher.ts';
import { mainPidOf, memoryOf } from '../processes.ts';
import type { Contender, RowOf, Take } from '../row.ts';
import { commandOf, startWatched } from '../units.ts';

const RESIDENT = 'resident';
const ANONYMOUS = 'anonymous part';
const NAME = 'web-idle';

export const memory: RowOf = ({ idleChecks, idleMs, shellChecks }) => ({
  number: 7,
  word: 'memory',
  title: `Memory, idle after ${idleChecks} checks`,
  how:
    `/proc/PID/smaps_rollup of a fresh process each time; the shell after ${shellChecks} checks, its mysql clients not counted; monit and ` +
    'supervisord idle with one program to watch. The floor is Node packed the same way, doing nothing.',
  figures: { [RESIDENT]: 'bytes', [ANONYMOUS]: 'bytes' },
  without: {},
  goals: [
    {
      says: 'at most 62 MB',
      unit: 'bytes',
      value: (median) => median('service', RESIDENT),
      atMost: 62e6,
    },
    {
      says: 'at most 14 MB of it anonymous',
      unit: 'bytes',
      value: (median) => median('service', ANONYMOUS),
      atMost: 14e6,
    },
  ],
  async open({ host, service, shell, monit, supervisord, floor }) {
    await empty(service.database);
    await empty(shell.database);
    await startWatched(host, NAME);
    const command = await commandOf(host, NAME);
    /** Of what is started for this, and has done what it does. */
    const take = (
      contender: Contender,
      one: { unit: string; stop(): Promise<void> },
      start: () => Promise<void>,
    ): Take => ({
      contender,
      async measure() {
        await start();
        await sleep(idleMs);
        const { resident, anonymous } = memoryOf(await mainPidOf(host, one.unit));
        await one.stop();
        return { [RESIDENT]: resident, [ANONYMOUS]: anonymous };
      },
    });
    return {
      takes: [
        take('service', service, () => startAndCheck(service, idleChecks)),
        take('shell', shell, () => startAndCheck(shell, shellChecks)),
        take('monit', monit, () => monit.start(NAME)),
        take('supervisord', supervisord, () => supervisord.start(NAME, command)),
        take('floor', floor, () => floor.start()),
      ],
      async close() {
        await host.sh(`systemctl stop ${NAME}`);
      },
    };
  },
});

async function startAndCheck(watcher: Watcher, times: number): Promise<void> {
  await watcher.start();
  await checkOften(watcher, times);
}
