/** Little memory, and many alarms. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { HEALS_AT_ONCE } from '../../service/stage.ts';
import { startMariadb } from '../../support/database_server.ts';
import { uniqueName } from '../../support/processes.ts';
import { startService } from '../../support/service.ts';
import { freshDatabase, type TestDatabase } from '../../support/test_database.ts';
import { waitFor } from '../../support/wait.ts';
import { configText, type Workspace, workspace } from '../../support/workspace.ts';
import { ControlGroup, noControlGroup } from './control_group.ts';
import type { Kind } from './kind.ts';
import { linesOf } from './patient.ts';

const MEGABYTE = 1024 * 1024;
const LIMIT_BYTES = 96 * MEGABYTE;
const HEALED_MS = 120_000;

export const memoryLimit: Kind = {
  // So many processes in place of rounds: it takes them all at once.
  what: 'processes in alarm at once under a memory limit of 96 MB, all children included',
  quick: 150,
  long: 1000,
  lacks: async () => noControlGroup('memory'),
  async run({ times, say }) {
    const server = await startMariadb();
    try {
      say(await healAll(await freshDatabase(server.address), times));
    } finally {
      await server.stop();
    }
  },
};

/** Returns the figures. */
async function healAll(database: TestDatabase, count: number): Promise<string> {
  const space = await workspace();
  const group = new ControlGroup('memory', uniqueName('monitor-test-'));
  group.limitMemory(LIMIT_BYTES);
  try {
    await raiseAll(database, count);
    const config = space.write('config.ini', configOf(space, database));
    const service = await startService(space, config, { cgroup: group.procs });
    try {
      const begin = performance.now();
      const left = async () =>
        (await database.sql('SELECT COUNT(*) AS left_over FROM STATUS_PROCESS WHERE alarma = 1'))[0]
          ?.left_over;
      await waitFor('all to be healed', async () => (await left()) === 0, HEALED_MS);
      const seconds = ((performance.now() - begin) / 1000).toFixed(1);
      assert.equal(group.oomKills, 0, 'nothing was ended for want of memory');
      assert.equal(service.stderr(), '');
      assert.equal(new Set(linesOf(space.path('verified'))).size, count);
      assert.equal(linesOf(space.path('restarted')).length, count, 'each was restarted once');
      assert.equal(service.log().match(/Alarm cleared for /g)?.length, count);
      const status = readFileSync(`/proc/${service.pid}/status`, 'utf8');
      const residentKb = Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1]);
      const peak = group.peakBytes === undefined ? 'not told' : megabytes(group.peakBytes);
      return `healed in ${seconds} s; peak of all together ${peak}, resident peak of the service ${megabytes(residentKb * 1024)}`;
    } finally {
      await service.stop();
    }
  } finally {
    await group.remove();
    await database.drop();
    await space.remove();
  }
}

async function raiseAll(database: TestDatabase, count: number): Promise<void> {
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  const names = ids.map((id) => `(${id}, 'p${id}')`);
  await database.sql(`INSERT INTO PROCESE (process_id, process_name) VALUES ${names.join()}`);
  const alarms = ids.map((id) => `(${id}, 1)`);
  await database.sql(`INSERT INTO STATUS_PROCESS (process_id, alarma) VALUES ${alarms.join()}`);
}

function configOf(space: Workspace, database: TestDatabase): string {
  return configText(space, {
    database: database.config,
    processes: {
      default: {
        ...HEALS_AT_ONCE,
        restart_command: `echo %s >> ${space.path('restarted')}`,
        health_check_command: `grep -qx %s ${space.path('restarted')} && echo %s >> ${space.path('verified')}`,
      },
    },
  });
}

function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}
