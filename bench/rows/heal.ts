import { Shell } from '../contenders/shell.ts';
import { empty, fill, healAll, type Watcher } from '../contenders/watcher.ts';
import { timedMs } from '../processes.ts';
import { NO_TABLE, type RowOf, type Take } from '../row.ts';
import type { Stage } from '../stage.ts';
import { namesOf, startUnits, stopUnits } from '../units.ts';

const TOTAL = 'alarm to cleared';
const SYSTEMCTL = 'systemctl restart alone';
const ASKED = 'systemctl show alone';
const IMPATIENT = 'alarm to cleared, without its pause of 0.5 s';
const PROCESSES = { default: { restart_strategy: 'service', health_check_stable_time: 0 } };
const TIMEOUT_MS = 120_000;
const PAUSE =
  'The shell waits half a second before it looks whether a unit is up, as a program that dies at once would pass a check ' +
  'that comes earlier; what it takes without that pause is shown too.';

const TRIED =
  'A restart calls systemctl twice: `show` tells first whether the unit is masked, or was stopped by its start limit. Without ' +
  'it, one that the limit stopped could not be told from one that just fails, and each of those would be started twice. So ' +
  'the floor is the time of both. What is beyond is two statements of the database, a look at /proc, the commits of state.db ' +
  'before and after, and a shell before each program, which waits until it is on record. Children by Node itself in place of ' +
  'execa, and one question to systemd in place of two, halved it.';

export const healOne: RowOf = () => ({
  number: 2,
  word: 'heal',
  title: 'An alarm that is in the table when a check starts: until it is verified and cleared',
  how: `One unit, health_check_stable_time = 0, from the start of the check. ${PAUSE}`,
  tried: TRIED,
  figures: { [TOTAL]: 'ms', [SYSTEMCTL]: 'ms', [ASKED]: 'ms', [IMPATIENT]: 'ms' },
  without: { monit: NO_TABLE, supervisord: NO_TABLE },
  eagerness: 2,
  goals: [
    {
      says: 'at most 15 ms beyond the restart by systemctl itself',
      unit: 'ms',
      value: (median) => median('service', TOTAL) - median('floor', SYSTEMCTL),
      atMost: 15,
    },
    {
      says: 'at most half of the shell’s time',
      unit: '',
      value: (median) => median('service', TOTAL) / median('shell', TOTAL),
      atMost: 0.5,
    },
  ],
  async open(stage) {
    const { host } = stage;
    const [alone = ''] = namesOf('alone', 1);
    await startUnits(host, [alone]);
    const systemctl: Take = {
      contender: 'floor',
      measure: async () => ({
        [SYSTEMCTL]: await timedMs(host, `systemctl restart ${alone}`),
        [ASKED]: await timedMs(host, `systemctl show --property=LoadState,Result ${alone}`),
      }),
    };
    const course = await healers(stage, 1);
    return {
      takes: [...course.takes, systemctl],
      async close() {
        await course.close();
        await stopUnits(host, [alone]);
      },
    };
  },
});

export const healMany: RowOf = ({ units }) => ({
  number: 3,
  word: 'heal-many',
  title: `${units} units in alarm at once: until the last one is cleared`,
  how: `As above, all in the table when the check starts. ${PAUSE}`,
  figures: { [TOTAL]: 'ms', [IMPATIENT]: 'ms' },
  without: { monit: NO_TABLE, supervisord: NO_TABLE, floor: '' },
  goals: [
    {
      says: 'at least 8 times as fast as the shell',
      unit: '',
      value: (median) => median('shell', TOTAL) / median('service', TOTAL),
      atLeast: 8,
    },
  ],
  open: (stage) => healers(stage, units),
});

/** Each with units and a table of its own. */
async function healers({ host, service, shell }: Stage, count: number) {
  const impatient = new Shell(host, 2, { pause: 0 });
  await impatient.install();
  const parts: [
    watcher: Watcher,
    prefix: string,
    figure: string,
    contender: 'service' | 'shell',
  ][] = [
    [service, 'ours', TOTAL, 'service'],
    [shell, 'theirs', TOTAL, 'shell'],
    [impatient, 'hasty', IMPATIENT, 'shell'],
  ];
  const units = parts.flatMap(([, prefix]) => namesOf(prefix, count));
  await startUnits(host, units);
  for (const [watcher, prefix] of parts) {
    await empty(watcher.database);
    await watcher.start(PROCESSES);
    await fill(watcher, namesOf(prefix, count));
  }
  const takes = parts.map(
    ([watcher, , figure, contender]): Take => ({
      contender,
      measure: async () => ({ [figure]: await healAll(watcher, count, TIMEOUT_MS) }),
    }),
  );
  return {
    takes,
    async close() {
      for (const [watcher] of parts) {
        await watcher.stop();
        await empty(watcher.database);
      }
      await stopUnits(host, units);
    },
  };
}
