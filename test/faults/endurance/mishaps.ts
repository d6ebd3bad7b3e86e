/** What happens to a service in years: one mishap at a time, each got over before the next. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, checkNow } from '../../../src/control/client.ts';
import { isResetReport } from '../../../src/control/shapes.ts';
import { databaseSection } from '../../support/address.ts';
import { run } from '../../support/binary.ts';
import { pick, type Random } from '../../support/random.ts';
import { waitFor } from '../../support/wait.ts';
import { configText } from '../../support/workspace.ts';
import { BROKEN, HEALING, LARGEST_LOG_KB, type Marathon } from './marathon.ts';

export interface Mishap {
  readonly what: string;
  /** How often it is in a deck of mishaps. */
  readonly share: number;
  /** Resolves once the service has got over it. */
  happen(marathon: Marathon, random: Random): Promise<void>;
}

/** How long what is short lasts, at most. */
const SHORT_MS = 60;
/** In alarm at once, at most. */
const MANY = 30;
/** Of rows that stand in no list of ours. */
const FOREIGN_ID = 900_000;

export const MISHAPS: readonly Mishap[] = [
  {
    what: 'the connection to the database cut',
    share: 4,
    async happen(marathon) {
      marathon.proxy.cut();
      await marathon.checkOnce();
    },
  },
  {
    what: 'the connection ended by the server',
    share: 2,
    async happen(marathon) {
      for (const id of await marathon.fleet.scene.connections()) {
        // By the time that it is told, it may have gone by itself.
        await marathon.fleet.database.sql(`KILL ${id}`).catch(() => {});
      }
      await marathon.checkOnce();
    },
  },
  {
    what: 'the server refuses for a moment',
    share: 2,
    async happen(marathon, random) {
      await marathon.proxy.refuse();
      await sleep(random(SHORT_MS));
      await marathon.proxy.accept();
      await marathon.checkOnce();
    },
  },
  {
    what: 'the server is silent for a moment',
    share: 2,
    async happen(marathon, random) {
      marathon.proxy.hold();
      await sleep(random(SHORT_MS));
      marathon.proxy.release();
      await marathon.checkOnce();
    },
  },
  {
    what: 'alarms that are healed',
    share: 4,
    async happen({ fleet }, random) {
      const first = 1 + random(HEALING - MANY);
      await fleet.raise(first, first + random(MANY));
      await waitFor('all to be healed', async () => (await fleet.alarms()) === 0);
    },
  },
  {
    what: 'a breaker that opens, and is reset by hand',
    share: 1,
    async happen({ fleet }) {
      const breaker = async () => {
        const { processes } = await fleet.status();
        return processes.find(({ name }) => name === BROKEN.name)?.breaker.state;
      };
      await fleet.raise(BROKEN.id, BROKEN.id);
      await waitFor('the breaker to open', async () => (await breaker()) === 'open');
      await fleet.database.sql('UPDATE STATUS_PROCESS SET alarma = 0');
      await waitFor('the alarm to be forgotten', async () => (await fleet.status()).alarms === 0);
      const body = { names: [BROKEN.name] };
      await ask(
        fleet.scene.socket,
        { method: 'POST', path: '/breakers/reset', body },
        isResetReport,
      );
      assert.equal(await breaker(), 'closed');
    },
  },
  {
    what: 'a name that is refused',
    share: 2,
    happen: (marathon, random) => inAlarmForAWhile(marathon, badName(random)),
  },
  {
    what: 'an alarm without a process',
    share: 1,
    happen: (marathon) => inAlarmForAWhile(marathon, null),
  },
  {
    what: 'a reload with other settings',
    share: 2,
    async happen(marathon, random) {
      const query_timeout = 4 + random(2); // another session with the database, or the same
      const interval = marathon.configure(LARGEST_LOG_KB / 2 ** random(3), { query_timeout });
      marathon.service.signal('SIGHUP');
      await waitFor(
        'the settings to be in force',
        async () => (await marathon.fleet.status()).checks.interval_seconds === interval,
      );
    },
  },
  {
    what: 'the log moved away',
    share: 1,
    async happen({ fleet }) {
      const log = fleet.scene.space.path('monitor_service.log');
      renameSync(log, `${log}.moved`);
      await waitFor('a new log', () => existsSync(log));
      rmSync(`${log}.moved`);
    },
  },
  {
    what: 'a check asked for through the socket',
    share: 3,
    async happen({ fleet }) {
      await checkNow(fleet.scene.socket);
    },
  },
  {
    what: 'a client that says nothing, and leaves',
    share: 1,
    async happen({ fleet }, random) {
      const client = connect(fleet.scene.socket);
      await once(client, 'connect');
      await sleep(random(SHORT_MS));
      client.destroy();
    },
  },
  ...[['status'], ['list', '--json'], ['history', '-n', '100']].map(
    (words): Mishap => ({
      what: `an operator types: ${words.join(' ')}`,
      share: 1,
      happen: (marathon) => enter(marathon, words),
    }),
  ),
];

/** A row in alarm that no restart is made for; gone again once the service has seen it. */
async function inAlarmForAWhile({ fleet }: Marathon, name: string | null): Promise<void> {
  const { database } = fleet;
  await database.add({ id: FOREIGN_ID, name, alarm: true });
  await waitFor('the alarm to be seen', async () => (await fleet.status()).alarms === 1);
  await database.sql('DELETE FROM STATUS_PROCESS WHERE process_id = ?', [FOREIGN_ID]);
  await database.sql('DELETE FROM PROCESE WHERE process_id = ?', [FOREIGN_ID]);
  await waitFor('the alarm to be forgotten', async () => (await fleet.status()).alarms === 0);
}

/** Another one each time. */
function badName(random: Random): string {
  const kind = pick(random, ['../', '$(reboot) ', '\u202e', 'poweroff.target ', '-', 'ä\n']);
  return `${kind}${random(1_000_000)}${'x'.repeat(random(60))}`;
}

/** A command, which asks the database under an account that is not the service's. */
async function enter({ fleet }: Marathon, words: readonly string[]): Promise<void> {
  const { scene, server, database } = fleet;
  const section = databaseSection(server.address, database.name);
  const config = scene.space.write('operator.ini', configText(scene.space, { database: section }));
  const { code, stdout, stderr } = await run([...words, '-c', config]);
  assert.deepEqual([code, stderr, stdout !== ''], [0, '', true]);
}
