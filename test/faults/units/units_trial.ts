/** Random units in a booted systemd, all in alarm at once: no second copy, and none called healed while it is dead. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alarm, calm } from '../../support/box/alarms.ts';
import { noBox } from '../../support/box/box.ts';
import { bootHost, type Host, prepareHosts } from '../../support/box/host.ts';
import { pick, type Random, randomFrom } from '../../support/random.ts';
import { waitFor } from '../../support/wait.ts';
import type { Row, Say, Trial } from '../trial.ts';
import {
  describeUnit,
  expectationOf,
  programText,
  type RandomUnit,
  randomUnit,
  staysAlive,
  unitText,
} from './random_unit.ts';

/** So many units are in alarm at once. */
export const BATCH = 24;
const BATCHES = 10;
const WITNESS = '/usr/local/sbin/witness';
const SEEN = '/root/more-than-one';
const PREFIX = 'vic';
const BATCH_MS = 90_000;
/** Longer than the longest RestartSec, and than a stop and a start take. */
const SETTLED_MS = 4500;

export const units: Trial = {
  name: 'units',
  title: 'units of every kind: never two copies, and never healed while dead',
  prepare: async () => noBox || (await prepareHosts()),
  async run({ seed, rounds = BATCHES * BATCH, say }) {
    if (noBox) {
      say(`skipped: ${noBox}`);
      return [];
    }
    return await healUnits(rounds, randomFrom(seed), say);
  },
};

/** So many units, in batches. Throws where a property does not hold, with the units and what the log has of them. */
export async function healUnits(count: number, random: Random, say: Say): Promise<Row[]> {
  const host = await bootHost();
  try {
    await host.install();
    await host.setUpDatabase();
    host.write(WITNESS, readFileSync(join(import.meta.dirname, 'witness.pl'), 'utf8'), 0o755);
    await host.sh(`systemd-run --unit=witness ${WITNESS} ${PREFIX} ${SEEN}`);
    const complaints: string[] = [];
    for (let first = 0; first < count; first += BATCH) {
      const size = Math.min(BATCH, count - first);
      const batch = Array.from({ length: size }, (_, index) =>
        randomUnit(`${PREFIX}${first + index}x`, random),
      );
      complaints.push(...(await healBatch(host, batch, random)));
      say(`${first + size} units, ${complaints.length} complaints`);
    }
    if (complaints.length > 0) {
      throw new Error(`${complaints.join('\n')}\n${host.log()}`);
    }
  } finally {
    await host.stop();
  }
  return [
    { what: 'units in alarm, of random type, Restart=, end and strategy', times: count, lost: 0 },
  ];
}

async function healBatch(
  host: Host,
  batch: readonly RandomUnit[],
  random: Random,
): Promise<string[]> {
  await setUp(host, batch);
  const offset = host.log().length;
  for (const unit of batch) {
    await suffer(host, unit, random);
    await alarm(host, unit.name);
  }
  const outcomes = new Map<string, 'healed' | 'gave up'>();
  const isDone = async () => {
    for (const { name } of batch.filter(({ name }) => !outcomes.has(name))) {
      const log = host.log().slice(offset);
      const outcome = log.includes(`Alarm cleared for ${name} `)
        ? 'healed'
        : log.includes(`All restart attempts failed for ${name}\n`) && 'gave up';
      if (outcome) {
        outcomes.set(name, outcome);
        await calm(host, name); // as it would be tried again and again
      }
    }
    return outcomes.size === batch.length;
  };
  await waitFor('every alarm to be handled', isDone, BATCH_MS).catch((cause: Error) => {
    const left = batch.filter(({ name }) => !outcomes.has(name)).map(describeUnit);
    throw new Error(`${cause.message}\n${left.join('\n')}\n${host.log().slice(offset)}`, { cause });
  });
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  const complaints = await judge(host, batch, outcomes);
  await tearDown(host, batch);
  return complaints;
}

async function setUp(host: Host, batch: readonly RandomUnit[]): Promise<void> {
  for (const unit of batch) {
    host.write(`/usr/local/bin/${unit.name}`, programText(unit), 0o755);
    host.write(`/etc/systemd/system/${unit.unit}.service`, unitText(unit));
  }
  host.configure({
    monitor: { max_restart_failures: 100, max_parallel_restarts: batch.length },
    processes: {
      default: { max_attempts: 2, restart_delay: 0, stop_timeout: 1, health_check_timeout: 3 },
      ...Object.fromEntries(
        batch.map(({ name, strategy }) => [name, { restart_strategy: strategy }]),
      ),
    },
  });
  const started = batch.filter(({ fate }) => fate !== 'never started').map(({ unit }) => unit);
  await host.sh(`systemctl daemon-reload; systemctl start --no-block ${started.join(' ')}; true`);
  await host.sh('systemctl restart monitor_service');
}

/** What happens to it before its alarm; some time later, as systemd is about to act perhaps. */
async function suffer(host: Host, { name, unit, fate }: RandomUnit, random: Random): Promise<void> {
  const commands = {
    'left alone': '',
    'never started': '',
    killed: `pkill -KILL -x ${name}`,
    frozen: `pkill -STOP -x ${name}`,
    'stopped by hand': `systemctl stop ${unit}`,
  };
  await host.box.exec(`${commands[fate]}; sleep ${pick(random, [0, 0, 0.1, 0.3])}`);
}

async function judge(
  host: Host,
  batch: readonly RandomUnit[],
  outcomes: ReadonlyMap<string, string>,
): Promise<string[]> {
  const seen = existsSync(host.box.path(SEEN)) ? host.read(SEEN) : '';
  const complaints: string[] = [];
  for (const unit of batch) {
    const complain = (words: string) => complaints.push(`${words}: ${describeUnit(unit)}`);
    const { name } = unit;
    const most = [...seen.matchAll(new RegExp(`^${name} (\\d+)$`, 'gm'))].at(-1)?.[1];
    if (most !== undefined) {
      complain(`${most} copies at a time`);
    }
    const outcome = outcomes.get(name);
    const expected = expectationOf(unit);
    if (expected === 'healed' && outcome !== 'healed') {
      complain('not healed');
    }
    if (expected === 'never' && outcome === 'healed') {
      complain('healed while it was dead');
    }
    if (staysAlive(unit)) {
      const { stdout } = await host.box.exec(`pgrep -xc ${name}`);
      if (stdout.trim() !== '1') {
        complain(`${stdout.trim()} copies in the end`);
      }
      if (await isElsewhere(host, unit)) {
        complain('it runs outside of its unit, which systemd says is dead');
      }
    }
  }
  return complaints;
}

/** Was it in its unit, and does it run anywhere else now? What was stopped by hand has no unit to come back by. */
async function isElsewhere(host: Host, { name, unit, fate }: RandomUnit): Promise<boolean> {
  if (fate === 'stopped by hand' || fate === 'never started') {
    return false;
  }
  const { stdout } = await host.box.exec(`cat /proc/$(pgrep -xo ${name})/cgroup`);
  const state = await host.property(unit, 'ActiveState');
  return !stdout.includes(`/${unit}.service`) || state !== 'active';
}

async function tearDown(host: Host, batch: readonly RandomUnit[]): Promise<void> {
  const all = batch.map(({ unit }) => `${unit}.service`);
  // What was started outside of the units ignores SIGTERM perhaps, for which systemd would wait.
  await host.box.exec(`systemctl stop monitor_service; systemctl stop ${all.join(' ')}
    pkill -KILL '^${PREFIX}'; cd /etc/systemd/system && rm -f ${all.join(' ')}
    systemctl daemon-reload; systemctl reset-failed`);
  await host.sql('DELETE FROM STATUS_PROCESS');
  await host.sql('DELETE FROM PROCESE');
}
