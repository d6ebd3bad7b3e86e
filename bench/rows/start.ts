import type { Host } from '../../test/support/box/host.ts';
import { empty } from '../contenders/watcher.ts';
import type { RowOf } from '../row.ts';

const READY = 'start to READY=1';
const ENDED = 'start to its end, doing nothing';
const FLOOR = 'floor-once';
const SILENT = 'does not tell systemd when it is ready';

export const start: RowOf = () => ({
  number: 9,
  word: 'start',
  title: 'The start of the unit, until it is ready',
  how:
    'Between the moments that systemd itself noted. Ready is after the first check, by a database on the same host. The floor is ' +
    'packed Node that ends at once, as a unit.',
  figures: { [READY]: 'ms', [ENDED]: 'ms' },
  without: { shell: SILENT, monit: SILENT, supervisord: SILENT },
  goals: [
    { says: 'within 250 ms', unit: 'ms', value: (median) => median('service', READY), atMost: 250 },
  ],
  async open({ host, service, floor }) {
    await empty(service.database);
    await host.unit(
      FLOOR,
      `[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=${floor.packed}\n`,
    );
    return {
      takes: [
        {
          contender: 'service',
          async measure() {
            await service.start();
            const figures = { [READY]: await betweenMs(host, service.unit) };
            await service.stop();
            return figures;
          },
        },
        {
          contender: 'floor',
          async measure() {
            await host.sh(`systemctl start ${FLOOR}`);
            const figures = { [ENDED]: await betweenMs(host, FLOOR) };
            await host.sh(`systemctl stop ${FLOOR}`);
            return figures;
          },
        },
      ],
      async close() {},
    };
  },
});

async function betweenMs(host: Host, unit: string): Promise<number> {
  const [begin, end] = await Promise.all(
    ['InactiveExitTimestampMonotonic', 'ActiveEnterTimestampMonotonic'].map((name) =>
      host.property(unit, name),
    ),
  );
  return (Number(end) - Number(begin)) / 1000;
}
