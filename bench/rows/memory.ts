import { setTimeout as sleep } from 'node:timers/promises';
import { checkOften, empty } from '../contenders/watcher.ts';
import { mainPidOf, memoryOf } from '../processes.ts';
import type { Figures, RowOf } from '../row.ts';
import { addProgram } from '../units.ts';

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
    const program = await addProgram(host, NAME);
    const command = `${program} infinity`;
    await host.unit(
      NAME,
      `[Service]\nExecStart=${command}\nExecStartPost=/bin/sh -c "echo $MAINPID > /run/${NAME}.pid"\n`,
    );
    await host.sh(`systemctl start ${NAME}`);
    const figuresOf = (pid: number): Figures => {
      const { resident, anonymous } = memoryOf(pid);
      return { [RESIDENT]: resident, [ANONYMOUS]: anonymous };
    };
    /** Of something that is started for this, and does what it does. */
    const taken = async (
      one: { start(): Promise<void>; stop(): Promise<void> },
      unit: string,
      act?: () => Promise<void>,
    ) => {
      await one.start();
      await act?.();
      await sleep(idleMs);
      const figures = figuresOf(await mainPidOf(host, unit));
      await one.stop();
      return figures;
    };
    const started = (rival: { unit: string; stop(): Promise<void> }, start: () => Promise<void>) =>
      taken({ start, stop: () => rival.stop() }, rival.unit);
    return {
      takes: [
        {
          contender: 'service',
          measure: () => taken(service, 'monitor_service', () => checkOften(service, idleChecks)),
        },
        {
          contender: 'shell',
          measure: () => taken(shell, shell.unit, () => checkOften(shell, shellChecks)),
        },
        { contender: 'monit', measure: () => started(monit, () => monit.start(NAME)) },
        {
          contender: 'supervisord',
          measure: () => started(supervisord, () => supervisord.start(NAME, command)),
        },
        { contender: 'floor', measure: () => started(floor, () => floor.start()) },
      ],
      async close() {
        await host.sh(`systemctl stop ${NAME}`);
      },
    };
  },
});
