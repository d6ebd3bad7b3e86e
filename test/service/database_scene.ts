import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import type { Connection } from 'mysql2/promise';
import { ask } from '../../src/control/client.ts';
import type { StatusReport } from '../../src/control/reports.ts';
import { isStatusReport } from '../../src/control/shapes.ts';
import { type DatabaseAddress, databaseSection, sharedServer } from '../support/address.ts';
import { type RunResult, run } from '../support/binary.ts';
import { connect } from '../support/connection.ts';
import { endAll, processesNamed, startVictim, uniqueName } from '../support/processes.ts';
import { type Service, type ServiceOptions, startService } from '../support/service.ts';
import { freshDatabase, type TestDatabase } from '../support/test_database.ts';
import { waitFor } from '../support/wait.ts';
import { type ConfigOptions, configText, type Workspace, workspace } from '../support/workspace.ts';

export interface SceneConfig extends Omit<ConfigOptions, 'database'> {
  /** How the service gets to the server, where it is not the test's own way. */
  address?: DatabaseAddress;
  /** More keys of `[database]`. */
  database?: Record<string, string | number>;
}

/** A host and its database server for one test: all but the server ends with the test. */
export async function openScene(t: TestContext, address = sharedServer()): Promise<Scene> {
  const scene = new Scene(await workspace(), await freshDatabase(address), address);
  t.after(() => scene.close());
  return scene;
}

export class Scene {
  readonly space: Workspace;
  readonly database: TestDatabase;
  readonly address: DatabaseAddress;
  readonly #services: Service[] = [];
  readonly #names: string[] = [];
  readonly #accounts: string[] = [];
  readonly #sessions: Connection[] = [];

  constructor(space: Workspace, database: TestDatabase, address: DatabaseAddress) {
    this.space = space;
    this.database = database;
    this.address = address;
  }

  get config(): string {
    return this.space.path('config.ini');
  }

  /** Where the running service takes questions. */
  get socket(): string {
    return this.space.path('control.sock');
  }

  /** What the running service says of itself; undefined where none answers. */
  status(): Promise<StatusReport | undefined> {
    return ask(this.socket, { method: 'GET', path: '/status' }, isStatusReport);
  }

  /** Quick restarts of the strategy `process`, for programs of kill(), unless told otherwise. */
  configure({ address, database = {}, processes, ...rest }: SceneConfig = {}): void {
    const section = databaseSection(address ?? this.address, this.database.name);
    const more = Object.entries(database).map(([key, value]) => `${key} = ${value}\n`);
    const quick = {
      restart_strategy: 'process',
      start_command: `exec ${this.space.path('bin/%s')} 600`,
      health_check_timeout: 3,
      health_check_stable_time: 0,
      restart_delay: 0,
    };
    const own = { ...processes, default: { ...quick, ...processes?.default } };
    const text = configText(this.space, {
      database: section + more.join(''),
      ...rest,
      processes: own,
    });
    this.space.write('config.ini', text);
  }

  /** An account that may do just this, such as `SELECT ON ${database.name}.*`. */
  async account(grants: string[], password = 'Acc0unt!'): Promise<DatabaseAddress> {
    const user = `u${randomBytes(6).toString('hex')}`;
    await this.database.sql('CREATE USER ? IDENTIFIED BY ?', [user, password]);
    this.#accounts.push(user);
    for (const grant of grants) {
      await this.database.sql(`GRANT ${grant} TO ?`, [user]);
    }
    return { ...this.address, user, password };
  }

  /** The ids of the service's connections to its database, as the server lists them. */
  async connections(): Promise<number[]> {
    const rows = await this.database.sql(
      `SELECT id FROM information_schema.processlist
        WHERE db = DATABASE() AND id <> CONNECTION_ID() ORDER BY id`,
    );
    return rows.map((row) => Number(row.id ?? row.ID));
  }

  /** A second session of the database, for what it locks; ends with the test. */
  async session(): Promise<Connection> {
    const session = await connect(this.address, { database: this.database.name });
    session.on('error', () => {});
    this.#sessions.push(session);
    return session;
  }

  async start(options: ServiceOptions = {}): Promise<Service> {
    const service = await startService(this.space, this.config, options);
    this.#services.push(service);
    return service;
  }

  /** Runs `monitor_service run --once` to its end. */
  once(...args: string[]): Promise<RunResult> {
    return run(['run', '--once', '-c', this.config, ...args], { cwd: this.space.path() });
  }

  /** The log file so far. */
  log(): string {
    return readFileSync(this.space.path('monitor_service.log'), 'utf8');
  }

  /** A program of this test that ran and was killed. */
  async killed(prefix = 'web'): Promise<string> {
    const name = this.name(prefix);
    const victim = await startVictim(this.space, name);
    await victim.kill();
    return name;
  }

  /** A name of its own; whatever runs under it ends with the test. */
  name(prefix: string): string {
    const name = uniqueName(prefix);
    this.#names.push(name);
    return name;
  }

  /** Such a program, with its row in alarm. */
  async inAlarm(id: number, prefix?: string): Promise<string> {
    const name = await this.killed(prefix);
    await this.database.add({ id, name, alarm: true });
    return name;
  }

  /** Kills what runs under the name, and raises its alarm. */
  async dies(id: number, name: string): Promise<void> {
    await endAll(name);
    await this.database.raise(id);
  }

  /** Waits for the alarm to be cleared. */
  cleared(id: number): Promise<boolean> {
    const isCleared = async () => (await this.database.row(id))?.alarma === 0;
    return waitFor(`the alarm ${id} to be cleared`, isCleared);
  }

  /** How many processes run under the name. */
  running(name: string): number {
    return processesNamed(name).length;
  }

  /** Has the service make so many whole checks: each shows by healing a process. */
  async passChecks(service: Service, count: number): Promise<void> {
    const id = 900_000;
    if ((await this.database.row(id)) === undefined) {
      await this.database.add({ id, name: await this.killed('beat') });
    }
    // A service that is connected obeys signals.
    await waitFor('the service to connect', async () => (await this.connections()).length > 0);
    for (let check = 0; check < count; check++) {
      await this.database.raise(id);
      service.signal('SIGUSR1');
      await this.cleared(id);
    }
  }

  async close(): Promise<void> {
    for (const session of this.#sessions) {
      session.destroy();
    }
    await Promise.all(this.#services.map((service) => service.stop()));
    for (const name of this.#names) {
      await endAll(name);
    }
    for (const user of this.#accounts) {
      await this.database.sql('DROP USER IF EXISTS ?', [user]);
    }
    await this.database.drop();
    await this.space.remove();
  }
}

/** How often a text stands in another one. */
export function occurrences(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** Waits for so many more checks that find the process in alarm. */
export async function checksFinding(service: Service, count: number, name: string): Promise<void> {
  let after = service.log().length;
  for (let check = 0; check < count; check++) {
    after = await service.waitForLog(`Found process in alarm: ${name}`, { after });
  }
}
