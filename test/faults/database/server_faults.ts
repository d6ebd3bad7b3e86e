/** What goes wrong with the database server itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { connect } from '../../support/connection.ts';
import { noDisk } from '../../support/disk.ts';
import { pick } from '../../support/random.ts';
import { waitFor } from '../../support/wait.ts';
import type { Bed } from './bed.ts';
import { ANY_TIME, type Fault, type FaultKind, OUTSIDE } from './fault.ts';
import { useUpRoom } from './witness.ts';

/** The fewest that MariaDB can be told. */
const FEWEST_CONNECTIONS = 10;
const USUAL_CONNECTIONS = 151;
const KILL_EVERY_MS = 5;

export const SERVER_FAULTS: readonly FaultKind[] = [
  always('the server killed and started again', {
    detail: 'SIGKILL',
    moments: OUTSIDE,
    async begin({ server }) {
      await server.kill();
      return () => server.restart();
    },
  }),
  always('the server stopped and started in order', {
    detail: 'SIGTERM',
    moments: OUTSIDE,
    async begin({ server }) {
      await server.halt();
      return () => server.restart();
    },
  }),
  always('the server frozen and continued', {
    detail: 'SIGSTOP',
    moments: OUTSIDE,
    async begin({ server }) {
      server.freeze();
      return () => server.thaw();
    },
  }),
  always('the server read-only', {
    detail: 'read_only',
    moments: ANY_TIME,
    async begin({ database }) {
      await database.sql('SET GLOBAL read_only = 1');
      return () => database.sql('SET GLOBAL read_only = 0');
    },
  }),
  always('the server out of connections', {
    detail: 'max_connections',
    moments: ANY_TIME,
    begin: useUpConnections,
  }),
  always('its connection killed on the server', {
    detail: 'KILL',
    moments: ANY_TIME,
    async begin(bed) {
      const ended = new AbortController();
      const killing = killConnections(bed, ended.signal);
      return () => {
        ended.abort();
        return killing;
      };
    },
  }),
  {
    what: 'the table locked by another session',
    make: (random) => {
      const lock = pick(random, ['WRITE', 'READ'] as const);
      return locking(`LOCK TABLES STATUS_PROCESS ${lock}`, 'UNLOCK TABLES');
    },
  },
  {
    what: 'rows locked by an open transaction',
    make: (random) => {
      const rows = pick(random, ['', ' WHERE process_id = 1', ' WHERE process_id = 2']);
      return locking(`BEGIN; SELECT * FROM STATUS_PROCESS${rows} FOR UPDATE`, 'ROLLBACK');
    },
  },
  {
    ...always('the disk of the server full', {
      detail: 'no room for the table that a trigger writes to',
      moments: OUTSIDE,
      async begin({ database, disk }) {
        disk?.fill();
        await useUpRoom(database);
        return () => disk?.makeRoom();
      },
    }),
    skip: noDisk,
  },
];

function always(what: string, fault: Fault): FaultKind {
  return { what, make: () => fault };
}

function locking(lock: string, unlock: string): Fault {
  return {
    detail: lock,
    moments: OUTSIDE,
    async begin({ scene }) {
      const session = await connect(scene.address, {
        database: scene.database.name,
        multipleStatements: true,
      });
      await session.query(lock);
      return async () => {
        await session.query(unlock);
        session.destroy();
      };
    },
  };
}

/** The service's own is closed first, so that it has to ask for one. */
async function useUpConnections({ database, proxy, account }: Bed): Promise<() => Promise<void>> {
  await database.sql(`SET GLOBAL max_connections = ${FEWEST_CONNECTIONS}`);
  proxy.cut();
  const taken: Connection[] = [];
  for (let isFull = false; !isFull; ) {
    try {
      taken.push(await connect(account, {}));
    } catch (error) {
      if ((error as { code?: string }).code !== 'ER_CON_COUNT_ERROR') {
        throw error;
      }
      isFull = true;
    }
  }
  return async () => {
    for (const connection of taken) {
      connection.destroy();
    }
    await database.sql(`SET GLOBAL max_connections = ${USUAL_CONNECTIONS}`);
    await waitFor('the connections to be free', async () => {
      const [row] = await database.sql("SHOW STATUS LIKE 'Threads_connected'");
      return Number(row?.Value) < FEWEST_CONNECTIONS;
    });
  };
}

/** Over and over, until told to end. */
async function killConnections({ scene }: Bed, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    for (const id of await scene.connections()) {
      await scene.database.sql(`KILL ${id}`).catch((error: { code?: string }) => {
        if (error.code !== 'ER_NO_SUCH_THREAD') {
          throw error;
        }
      });
    }
    await sleep(KILL_EVERY_MS);
  }
}
