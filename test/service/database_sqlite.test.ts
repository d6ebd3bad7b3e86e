/** `driver = sqlite`, from an alarm to a cleared one. */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { endAll, processesNamed, startVictim, uniqueName } from '../support/processes.ts';
import { type Service, startService } from '../support/service.ts';
import { waitFor } from '../support/wait.ts';
import { configText, type Workspace, workspace } from '../support/workspace.ts';
import { occurrences } from './database_scene.ts';
import { messages } from './stage.ts';

interface Host {
  space: Workspace;
  web: string;
  config: string;
  database(): DatabaseSync;
  start(): Promise<Service>;
}

/** A host without any database server, and with one dead program. */
async function host(t: TestContext, file = 'alarms.db'): Promise<Host> {
  const space = await workspace();
  const web = uniqueName('web');
  await (await startVictim(space, web)).kill();
  const config = space.write(
    'config.ini',
    configText(space, {
      database: `[database]\ndriver = sqlite\nfile = ${space.path(file)}\nquery_timeout = 2\n`,
      processes: {
        default: {
          restart_strategy: 'process',
          start_command: `exec ${space.path('bin/%s')} 600`,
          health_check_stable_time: 0,
        },
      },
    }),
  );
  const services: Service[] = [];
  const opened: DatabaseSync[] = [];
  t.after(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await endAll(web);
    for (const database of opened) {
      database.close();
    }
    await space.remove();
  });
  return {
    space,
    web,
    config,
    database() {
      const database = new DatabaseSync(space.path(file), { timeout: 5_000 });
      opened.push(database);
      return database;
    },
    async start() {
      const service = await startService(space, config);
      services.push(service);
      return service;
    },
  };
}

/** Says that a process is in alarm, in the tables that the service made. */
function raise(database: DatabaseSync, id: number, name: string, notes: string): void {
  database
    .prepare('INSERT INTO STATUS_PROCESS (process_id, alarma, notes) VALUES (?, 1, ?)')
    .run(id, notes);
  database.prepare('INSERT INTO PROCESE VALUES (?, ?)').run(id, name);
}

const rowOf = (database: DatabaseSync, id: number) => ({
  ...database.prepare('SELECT alarma, notes FROM STATUS_PROCESS WHERE process_id = ?').get(id),
});

test('the service makes its own tables and heals what is put into them', async (t) => {
  const { web, space, start, database } = await host(t);
  const service = await start();
  await waitFor('the tables', () => hasTables(space.path('alarms.db')));
  const alarms = database();
  raise(alarms, 1, web, 'x'.repeat(100));
  await service.waitForLog(`Alarm cleared for ${web} (ID: 1)`);
  await service.stop();
  const told = messages(service.log()).filter((line) => !line.includes('no process in alarm'));
  assert.deepEqual(told, [
    'INFO Starting Process Monitor Service',
    `INFO Found process in alarm: ${web} (ID: 1)`,
    `INFO RESTART LOG: Beginning restart procedure for ${web} (strategy: process)`,
    `INFO RESTART LOG: Attempt 1 of 2 for ${web}`,
    `INFO RESTART LOG: Successfully restarted and verified process: ${web}`,
    `INFO Alarm cleared for ${web} (ID: 1)`,
    'INFO Stopping Process Monitor Service',
  ]);
  const { alarma, notes } = rowOf(alarms, 1);
  assert.equal(alarma, 0);
  assert.match(String(notes), /^x{65} - Restarted at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  assert.equal(processesNamed(web).length, 1);
});

test('the file that the service makes is its owner’s alone, as whoever can write to it decides about restarts', async (t) => {
  const { start, space } = await host(t);
  const service = await start();
  await service.waitForLog('Database check: no process in alarm');
  assert.equal(statSync(space.path('alarms.db')).mode & 0o777, 0o600);
});

test('refused names and alarms without a process are told once, and others are healed', async (t) => {
  const { web, space, start, database } = await host(t);
  const service = await start();
  await waitFor('the tables', () => hasTables(space.path('alarms.db')));
  const alarms = database();
  raise(alarms, 1, `a; touch ${space.path('harm')}`, '');
  alarms.exec('INSERT INTO STATUS_PROCESS (process_id, alarma) VALUES (42, 1)');
  raise(alarms, 2, web, '');
  await service.waitForLog(`Alarm cleared for ${web} (ID: 2)`);
  for (let check = 0; check < 2; check++) {
    alarms.exec('UPDATE STATUS_PROCESS SET alarma = 1 WHERE process_id = 2');
    await waitFor('it to be cleared', () => rowOf(alarms, 2).alarma === 0);
  }
  assert.equal(occurrences(service.log(), ' - ERROR - '), 1);
  assert.equal(occurrences(service.log(), ' - WARNING - '), 1);
});

test('a writer that takes its time is waited for; one that takes too long is one ERROR', async (t) => {
  const { web, space, start, database } = await host(t);
  const service = await start();
  await waitFor('the tables', () => hasTables(space.path('alarms.db')));
  const alarms = database();
  raise(alarms, 1, web, '');
  alarms.exec('BEGIN IMMEDIATE');
  await service.waitForLog(
    /ERROR - Alarm for \S+ \(ID: 1\) could not be cleared: \S+alarms.db: database is locked\n/,
  );
  alarms.exec('COMMIT');
  await waitFor('it to be cleared', () => rowOf(alarms, 1).alarma === 0);
  assert.equal(occurrences(service.log(), ' - ERROR - '), 1);
  assert.equal(occurrences(service.log(), 'Beginning restart procedure'), 1);
});

test('a file that can’t be opened is one ERROR per check, until its directory is there', async (t) => {
  const { web, space, start, database } = await host(t, 'missing/alarms.db');
  const service = await start();
  let position = 0;
  for (let check = 1; check <= 3; check++) {
    position = await service.waitForLog(
      /ERROR - Database check failed: \S+missing\/alarms.db: .* \(next try in 1 second\)\n/,
      { after: position },
    );
  }
  space.write('missing/made', '');
  await service.waitForLog('INFO - Database connection restored', { after: position });
  raise(database(), 1, web, '');
  await service.waitForLog(`Alarm cleared for ${web} (ID: 1)`);
});

function hasTables(file: string): boolean {
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      database.prepare('SELECT 1 FROM PROCESE, STATUS_PROCESS').all();
      return true;
    } finally {
      database.close();
    }
  } catch {
    return false;
  }
}
