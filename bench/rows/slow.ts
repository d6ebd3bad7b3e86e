import { Shell } from '../contenders/shell.ts';
import { empty, fill, healAll, type Watcher } from '../contenders/watcher.ts';
import { type Figures, NO_TABLE, type RowOf } from '../row.ts';
import { namesOf, SLOW_CHECK, startSlowUnits, stopUnits } from '../units.ts';

const TOTAL = 'alarm to cleared';
const TIMEOUT_MS = 110_000;
const PROCESSES = {
  default: {
    restart_strategy: 'service',
    health_check_command: SLOW_CHECK,
    health_check_timeout: 30,
    health_check_stable_time: 0,
  },
};

export const slow: RowOf = ({ units, slowSeconds }) => ({
  number: 4,
  word: 'slow',
  title: `${units} units in alarm at once, each healthy only ${slowSeconds} s after its restart: until the last one is cleared`,
  how:
    'The service with max_parallel_restarts = 20; with the default of 8 they take three turns, which is no less than 9 s. The shell takes over a minute each time, nearly all of it ' +
    'asleep: its repetitions are made by as many copies of it at once, beside those of the service, each with units and a table of its own.',
  figures: { [TOTAL]: 'ms' },
  without: { monit: NO_TABLE, supervisord: NO_TABLE, floor: '' },
  goals: [
    {
      says: 'all within 5 s',
      unit: 'ms',
      value: (median) => median('service', TOTAL),
      atMost: 5000,
    },
  ],
  async open({ host, service }) {
    const ours = namesOf('slow', units);
    await startSlowUnits(host, ours, slowSeconds);
    await empty(service.database);
    await service.start(PROCESSES, { max_parallel_restarts: units });
    await fill(service, ours);
    const heal = async (watcher: Watcher): Promise<Figures> => ({
      [TOTAL]: await healAll(watcher, units, TIMEOUT_MS),
    });
    const withCopies = async (copies: number): Promise<Figures[]> => {
      const shells = Array.from({ length: copies }, (_, index) => new Shell(host, 10 + index));
      const names = shells.map((_, index) => namesOf(`slow${index}`, units));
      await startSlowUnits(host, names.flat(), slowSeconds);
      for (const [index, shell] of shells.entries()) {
        await shell.install();
        await shell.start(PROCESSES);
        await fill(shell, names[index] ?? []);
      }
      const figures = await Promise.all(shells.map(heal));
      await Promise.all(shells.map((shell) => shell.stop()));
      await stopUnits(host, names.flat());
      return figures;
    };
    return {
      takes: [
        { contender: 'service', measure: () => heal(service) },
        {
          contender: 'shell',
          measureMany: withCopies,
        },
      ],
      async close() {
        await service.stop();
        await stopUnits(host, ours);
        await empty(service.database);
      },
    };
  },
});
