import type { Service } from '../contenders/service.ts';
import { empty, fill, healAll } from '../contenders/watcher.ts';
import { peakOf } from '../processes.ts';
import { type Figures, NO_TABLE, type RowOf } from '../row.ts';
import { namesOf } from '../units.ts';

const TIMEOUT_MS = 120_000;
const PROCESSES = {
  default: {
    restart_strategy: 'custom',
    restart_command: 'true',
    health_check_command: 'true',
    health_check_stable_time: 0,
  },
};
const rate = (alarms: number) => `restarts a second, ${alarms} in alarm`;
const peak = (alarms: number) => `memory’s peak, ${alarms} in alarm`;

export const crowd: RowOf = ({ crowds }) => {
  const [fewest, most] = [crowds[0], Math.max(...crowds)];
  return {
    number: 11,
    word: 'crowd',
    title: `Up to ${most} processes in alarm at once`,
    how:
      'A fresh service each time, with max_parallel_restarts = 8. restart_command and health_check_command are `true`, so that it ' +
      'is the service that is measured: each restart is two shells, what is recorded of it, six lines of log, and an UPDATE. Row 3 ' +
      'has units, and the shell.',
    figures: Object.fromEntries([
      ...crowds.map((alarms) => [rate(alarms), '/s'] as const),
      ...crowds.map((alarms) => [peak(alarms), 'bytes'] as const),
    ]),
    without: {
      shell: 'has no commands for restarts',
      monit: NO_TABLE,
      supervisord: NO_TABLE,
      floor: '',
    },
    goals: [
      {
        says: `linear: at ${most} at least 0.8 of the rate at ${fewest}`,
        unit: '',
        value: (median) => median('service', rate(most)) / median('service', rate(fewest)),
        atLeast: 0.8,
      },
      {
        says: `flat: at ${most} at most 1.15 times the memory at ${fewest}`,
        unit: '',
        value: (median) => median('service', peak(most)) / median('service', peak(fewest)),
        atMost: 1.15,
      },
    ],
    open: async ({ service }) => ({
      takes: crowds.map((alarms) => ({
        contender: 'service',
        measure: () => measured(service, alarms),
      })),
      close: () => empty(service.database),
    }),
  };
};

async function measured(service: Service, alarms: number): Promise<Figures> {
  await empty(service.database);
  await service.start(PROCESSES);
  await fill(service, namesOf('crowd', alarms));
  const ms = await healAll(service, alarms, TIMEOUT_MS);
  const memory = peakOf(await service.pid());
  await service.stop();
  return { [rate(alarms)]: (1000 * alarms) / ms, [peak(alarms)]: memory };
}
