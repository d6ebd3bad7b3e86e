import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../../test/support/box/host.ts';
import { empty, fill } from '../contenders/watcher.ts';
import { pidIn } from '../processes.ts';
import type { Figures, RowOf } from '../row.ts';
import { withTail } from '../tail.ts';
import { commandOf, startWatched } from '../units.ts';

const AGAIN = 'kill to started again';
const VERIFIED = 'kill to verified';
/** Those of monit and supervisord. */
const CYCLE_MS = 1000;
const OURS = 'web-ours';
const MONITS = 'web-monit';
const SUPERVISED = 'web-super';

export const crash: RowOf = () => ({
  number: 1,
  word: 'crash',
  title: 'A unit is killed: until it is verified, and its alarm cleared',
  how:
    'SIGKILL, at any moment of their cycles. For the service OnFailure= has monitor_service-alarm@.service raise the alarm, and health_check_stable_time ' +
    'is 0; monit checks every second, its fastest, and starts the unit by systemctl; supervisord runs with its defaults, ' +
    'by which a program runs once it has been up for a second. Verified is what each says so itself in its log.',
  figures: { [AGAIN]: 'ms', [VERIFIED]: 'ms' },
  without: { shell: 'nothing raises its alarms', floor: '' },
  goals: [
    {
      says: 'verified within 250 ms',
      unit: 'ms',
      value: (median) => median('service', VERIFIED),
      atMost: 250,
    },
  ],
  async open({ host, service, monit, supervisord }) {
    const onFailure = 'monitor_service-alarm@%N.service';
    await startWatched(host, OURS, { command: await tellingCommandOf(host, OURS), onFailure });
    await startWatched(host, MONITS, { command: await tellingCommandOf(host, MONITS) });
    await fill(service, [OURS]);
    await service.start({ default: { health_check_stable_time: 0 } });
    await monit.start(MONITS);
    await supervisord.start(SUPERVISED, await tellingCommandOf(host, SUPERVISED));
    return {
      takes: [
        {
          contender: 'service',
          measure: () =>
            killed(host, OURS, `${OURS}.service`, service.logFile(), `Alarm cleared for ${OURS} `),
        },
        {
          contender: 'monit',
          measure: () =>
            killed(
              host,
              MONITS,
              `${MONITS}.service`,
              monit.logFile(),
              `'${MONITS}' process is running with pid`,
            ),
        },
        {
          contender: 'supervisord',
          measure: () =>
            killed(
              host,
              SUPERVISED,
              supervisord.unit,
              supervisord.logFile(),
              `${SUPERVISED} entered RUNNING state`,
            ),
        },
      ],
      async close() {
        await Promise.all([service.stop(), monit.stop(), supervisord.stop()]);
        await host.sh(`systemctl stop ${OURS} ${MONITS}`);
        await empty(service.database);
      },
    };
  },
});

/** Kills what runs under this name in a unit, and waits for the words in a log. */
async function killed(
  host: Host,
  name: string,
  unit: string,
  log: string,
  words: string,
): Promise<Figures> {
  const pid = await pidIn(host, unit, name);
  return withTail(host.box.path(startsOf(name)), (starts) =>
    withTail(log, async (said) => {
      await sleep(randomInt(CYCLE_MS));
      const begin = performance.now();
      process.kill(pid, 'SIGKILL');
      const [again, verified] = await Promise.all([starts.until('up\n'), said.until(words)]);
      return { [AGAIN]: again - begin, [VERIFIED]: verified - begin };
    }),
  );
}

/** Becomes a program of this name, and leaves a line each time that it is started. */
async function tellingCommandOf(host: Host, name: string): Promise<string> {
  return `/bin/sh -c "echo up >> ${startsOf(name)}; exec ${await commandOf(host, name)}"`;
}

function startsOf(name: string): string {
  return `/run/starts-${name}`;
}
