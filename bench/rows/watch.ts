import { checkOften, empty, fill, type Watcher } from '../contenders/watcher.ts';
import { processorMs } from '../processes.ts';
import { NO_TABLE, type RowOf, type Take } from '../row.ts';
import { namesOf } from '../units.ts';

const COST = 'processor time per check';

export const watch: RowOf = ({ processes, checks, shellChecks }) => ({
  number: 5,
  word: 'watch',
  title: `${processes} processes in the table, none in alarm: what a check costs`,
  how:
    `utime and stime of the process, those of its children with it, over ${checks} checks, one after the other (of the ` +
    `shell over ${shellChecks}). What the database server takes is not in it.`,
  figures: { [COST]: 'ms' },
  without: { monit: NO_TABLE, supervisord: NO_TABLE, floor: '' },
  goals: [
    { says: 'at most 1 ms', unit: 'ms', value: (median) => median('service', COST), atMost: 1 },
    {
      says: 'at most a tenth of the shell’s',
      unit: '',
      value: (median) => median('service', COST) / median('shell', COST),
      atMost: 0.1,
    },
  ],
  async open({ service, shell }) {
    const names = namesOf('process', processes);
    for (const watcher of [service, shell]) {
      await fill(watcher, names);
      await watcher.start();
    }
    await checkOften(service, checks); // as it is when it has run for a while
    const take = (contender: 'service' | 'shell', watcher: Watcher, times: number): Take => ({
      contender,
      async measure() {
        const pid = await watcher.pid();
        const before = processorMs(pid);
        await checkOften(watcher, times);
        return { [COST]: (processorMs(pid) - before) / times };
      },
    });
    return {
      takes: [take('service', service, checks), take('shell', shell, shellChecks)],
      async close() {
        for (const watcher of [service, shell]) {
          await watcher.stop();
          await empty(watcher.database);
        }
      },
    };
  },
});
