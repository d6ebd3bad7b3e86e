/** A large part of a large table in alarm at once. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { randomFrom } from '../../support/random.ts';
import type { Service } from '../../support/service.ts';
import { vitalsOf } from '../../support/vitals.ts';
import { waitFor } from '../../support/wait.ts';
import { figuresBelow, type Tell } from '../figures.ts';
import { Fleet } from '../fleet.ts';
import type { Row, Say, Trial } from '../trial.ts';
import { type Course, HANGING, mixedCommands, mixedNames, readCourse } from './mixed_checks.ts';
import { Watch } from './watch.ts';

/** So many in alarm at once, and so many restarts at a time. */
export interface Wave {
  readonly alarms: number;
  readonly atOnce: number;
}

const PROCESSES = 10_000;
const WAVES: readonly Wave[] = [
  { alarms: 2000, atOnce: 8 },
  { alarms: 600, atOnce: 64 },
  { alarms: 400, atOnce: 300 },
  { alarms: 40, atOnce: 1 },
];
const INTERVAL = 1;
const LONGEST_WAVE_MS = 200_000;
const LONGEST_RELOAD_MS = 15_000;

/** What the service may be late with a check, and with an answer, on a core that it shares with its commands. */
const MOST_LATE_MS = 2000;
const SLOWEST_ANSWER_MS = 4000;
const MOST_MEMORY_MB = 300;

const COLUMNS = [
  ...['alarms', 'at once', 'seen', 'healed/s', 'seconds', 'CPU s', 'peak MB'],
  ...['check late ms', 'slowest answer ms'],
];

export const load: Trial = {
  name: 'load',
  title: 'thousands in alarm at once are healed, while checks and answers keep their time',
  run({ seed, rounds, say }) {
    const waves = rounds === undefined ? WAVES : [{ alarms: rounds, atOnce: 8 }];
    return heal({ processes: PROCESSES, waves, seed, say });
  },
};

export interface Burden {
  readonly processes: number;
  readonly waves: readonly Wave[];
  readonly seed: number;
  readonly say: Say;
}

/** Wave by wave, with a reload between them. Throws where something was late, too much, or not healed. */
export async function heal({ processes, waves, seed, say }: Burden): Promise<Row[]> {
  const names = mixedNames(processes, randomFrom(seed));
  const fleet = await Fleet.open(names);
  try {
    const { space } = fleet.scene;
    configure(fleet, 8);
    const service = await fleet.scene.start();
    await waitFor('the service to answer', () => fleet.status().catch(() => undefined));
    const tell = figuresBelow(COLUMNS, say);
    const rows: Row[] = [];
    for (const wave of waves) {
      for (const name of ['restarts-of', 'looked-at', 'course']) {
        rmSync(space.path(name), { recursive: true, force: true });
      }
      mkdirSync(space.path('restarts-of'));
      mkdirSync(space.path('looked-at'));
      rows.push(await healOne(fleet, service, wave, names.slice(0, wave.alarms), tell));
    }
    return rows;
  } finally {
    await fleet.close();
  }
}

async function healOne(
  fleet: Fleet,
  service: Service,
  wave: Wave,
  names: readonly string[],
  tell: Tell,
): Promise<Row> {
  const { alarms, atOnce } = wave;
  await reload(fleet, service, atOnce);
  const before = vitalsOf(service.pid).processorMs;
  const watch = new Watch(fleet, INTERVAL * 1000);
  const start = performance.now();
  await fleet.raise(1, alarms);
  await waitFor('all to be healed', async () => (await fleet.alarms()) === 0, LONGEST_WAVE_MS);
  const seconds = (performance.now() - start) / 1000;
  const { mostLateMs, slowestMs } = await watch.end();
  const { peakKb, processorMs } = vitalsOf(service.pid);
  const peakMb = Math.round(peakKb / 1024);
  const course = readCourse(fleet.scene.space);
  tell([
    ...[alarms, atOnce, course.mostAtOnce],
    ...[(alarms / seconds).toFixed(0), seconds.toFixed(1)],
    ...[((processorMs - before) / 1000).toFixed(1), peakMb, mostLateMs, slowestMs],
  ]);

  assertCourse(course, wave, names);
  assert.ok(mostLateMs <= MOST_LATE_MS, `a check was ${mostLateMs} ms late`);
  assert.ok(slowestMs <= SLOWEST_ANSWER_MS, `status took ${slowestMs} ms`);
  assert.ok(peakMb <= MOST_MEMORY_MB, `the service took ${peakMb} MB`);
  return { what: `in alarm at once, ${atOnce} restarts at a time`, times: alarms, lost: 0 };
}

/** What the commands wrote down: each was healed, and never too many at once. */
function assertCourse(course: Course, { atOnce }: Wave, names: readonly string[]): void {
  const { restarts, hung, healed, mostAtOnce } = course;
  const expected = names.reduce((sum, name) => sum + (HANGING[name.split('-')[0] ?? ''] ?? 0), 0);
  assert.deepEqual([...healed].sort(), [...names].sort());
  // On a busy machine a check may be cut off before it can tell that it hangs, and a slow one too.
  assert.ok(hung <= expected && hung >= expected / 2, `${hung} of ${expected} health checks hung`);
  assert.ok(restarts >= names.length + hung, `${restarts} restarts`);
  assert.ok(mostAtOnce <= atOnce, `${mostAtOnce} restarts at a time`);
  assert.ok(mostAtOnce > 1 || atOnce === 1, 'one after the other');
}

function configure(fleet: Fleet, atOnce: number): void {
  fleet.scene.configure({
    address: fleet.account,
    monitor: {
      check_interval: INTERVAL,
      max_parallel_restarts: atOnce,
      max_restart_failures: 1000, // no breaker keeps any of them from being healed
    },
    processes: { default: mixedCommands(fleet.scene.space) },
  });
}

async function reload(fleet: Fleet, service: Service, atOnce: number): Promise<void> {
  configure(fleet, atOnce);
  const after = service.log().length;
  service.signal('SIGHUP');
  await service.waitForLog('Configuration reloaded', { after, timeoutMs: LONGEST_RELOAD_MS });
}
