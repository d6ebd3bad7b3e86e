import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { Disk } from '../support/disk.ts';
import {
  endAll,
  startVictim,
  uniqueName,
  type Victim,
  type VictimOptions,
} from '../support/processes.ts';
import { type Service, type ServiceOptions, startService } from '../support/service.ts';
import { waitFor } from '../support/wait.ts';
import { type ConfigOptions, configText, type Workspace, workspace } from '../support/workspace.ts';
import { endThoseWith } from './left_overs.ts';

const END_TIMEOUT_MS = 5_000;

/** A process without any, restarted and healthy whenever it is asked for. */
export const HEALS_AT_ONCE = {
  restart_strategy: 'custom',
  restart_command: 'true',
  health_check_command: 'true',
  health_check_stable_time: 0,
  max_restarts: 0, // however often it is put in alarm
};

/** A row of state.db's attempts. */
export interface RecordedAttempt {
  name: string;
  strategy: string;
  attempt: number;
  command: string;
  outcome: string;
  reason: string;
}

/** A host for one test: an embedded database, a configuration, a service; all ended with the test. */
export async function openStage(t: TestContext): Promise<Stage> {
  const stage = new Stage(await workspace());
  t.after(() => stage.clear());
  return stage;
}

export class Stage {
  readonly space: Workspace;
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #services: Service[] = [];
  readonly #names: string[] = [];
  readonly #victims: Victim[] = [];
  readonly #disks: Disk[] = [];
  #lastId = 0;

  constructor(space: Workspace) {
    this.space = space;
    this.#file = space.path('alarms.db');
    this.#database = new DatabaseSync(this.#file, { timeout: 5_000 });
    this.#database.exec(`
      CREATE TABLE STATUS_PROCESS (
        process_id INTEGER PRIMARY KEY, alarma INTEGER NOT NULL DEFAULT 0,
        sound INTEGER NOT NULL DEFAULT 0, notes TEXT);
      CREATE TABLE PROCESE (process_id INTEGER PRIMARY KEY, process_name TEXT NOT NULL);`);
  }

  /** Writes the configuration. */
  configure(options: Omit<ConfigOptions, 'database'> = {}): void {
    this.write(configText(this.space, { database: this.databaseSection(), ...options }));
  }

  /** Writes any text as the configuration. */
  write(text: string): void {
    this.space.write('config.ini', text);
  }

  databaseSection(file = this.#file): string {
    return `[database]\ndriver = sqlite\nfile = ${file}\n`;
  }

  /** Starts the service on the configuration. */
  async start(options: ServiceOptions = {}): Promise<Service> {
    const service = await startService(this.space, this.space.path('config.ini'), options);
    this.#services.push(service);
    return service;
  }

  /** A program name that is nobody else's; whatever runs under it ends with the test. */
  name(prefix: string): string {
    const name = uniqueName(prefix);
    this.#names.push(name);
    return name;
  }

  /** A copy of `sleep` under a name; it ends with the test, whatever its name. */
  async startVictim(name: string, options?: VictimOptions): Promise<Victim> {
    const victim = await startVictim(this.space, name, options);
    this.#victims.push(victim);
    return victim;
  }

  /** Adds processes, in alarm. */
  inAlarm(...names: string[]): void {
    this.#database.exec('BEGIN IMMEDIATE'); // of one commit, however many they are
    for (const name of names) {
      this.#lastId += 1;
      this.#run('INSERT INTO PROCESE VALUES (?, ?)', this.#lastId, name);
      this.#run('INSERT INTO STATUS_PROCESS (process_id, alarma) VALUES (?, 1)', this.#lastId);
    }
    this.#database.exec('COMMIT');
  }

  /** Adds processes that are not in alarm. */
  calm(...names: string[]): void {
    for (const name of names) {
      this.#lastId += 1;
      this.#run('INSERT INTO PROCESE VALUES (?, ?)', this.#lastId, name);
      this.#run('INSERT INTO STATUS_PROCESS (process_id) VALUES (?)', this.#lastId);
    }
  }

  /** Takes a process out of both tables. */
  delete(name: string): void {
    this.#run(
      `DELETE FROM STATUS_PROCESS
        WHERE process_id IN (SELECT process_id FROM PROCESE WHERE process_name = ?)`,
      name,
    );
    this.#run('DELETE FROM PROCESE WHERE process_name = ?', name);
  }

  /** Adds rows in alarm that no process has. */
  inAlarmWithoutProcess(...ids: number[]): void {
    for (const id of ids) {
      this.#run('INSERT INTO STATUS_PROCESS (process_id, alarma) VALUES (?, 1)', id);
    }
  }

  raise(name: string): void {
    this.#run(
      `UPDATE STATUS_PROCESS SET alarma = 1, notes = NULL
        WHERE process_id IN (SELECT process_id FROM PROCESE WHERE process_name = ?)`,
      name,
    );
  }

  /** The names of those in alarm. */
  alarms(): string[] {
    return this.#database
      .prepare(
        `SELECT process_name FROM PROCESE JOIN STATUS_PROCESS USING (process_id)
          WHERE alarma = 1 ORDER BY process_id`,
      )
      .all()
      .map((row) => String(row.process_name));
  }

  cleared(name: string, timeoutMs?: number): Promise<boolean> {
    return waitFor(
      `the alarm of ${name} to be cleared`,
      () => !this.alarms().includes(name),
      timeoutMs,
    );
  }

  /** What state.db holds of attempts, oldest first. */
  attempts(): RecordedAttempt[] {
    const state = new DatabaseSync(this.space.path('state/state.db'), { timeout: 5_000 });
    try {
      return state
        .prepare(
          'SELECT name, strategy, attempt, command, outcome, reason FROM attempt ORDER BY id',
        )
        .all()
        .map((row) => ({ ...row }) as unknown as RecordedAttempt);
    } finally {
      state.close();
    }
  }

  /** A small disk, for as long as the stage is there. */
  async disk(options: string): Promise<Disk> {
    const disk = await Disk.mount(options);
    this.#disks.push(disk);
    return disk;
  }

  async clear(): Promise<void> {
    await Promise.all(this.#services.map(endAtOnce));
    await Promise.all(this.#victims.map((victim) => victim.kill()));
    await Promise.all(this.#names.map(endAll));
    await endThoseWith(this.space.path());
    for (const disk of this.#disks) {
      disk.close();
    }
    this.#database.close();
    await this.space.remove();
  }

  #run(sql: string, ...values: (string | number)[]): void {
    this.#database.prepare(sql).run(...values);
  }
}

/** The messages of a log without their times: `LEVEL message`. */
export function messages(log: string): string[] {
  return log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^\S+ \S+ - (\S+) - /, '$1 '));
}

/** Two signals end it at once, and its commands with it. */
async function endAtOnce(service: Service): Promise<void> {
  service.signal('SIGTERM');
  service.signal('SIGINT');
  try {
    await service.exit(END_TIMEOUT_MS);
  } catch {
    service.signal('SIGKILL');
    await service.exit(END_TIMEOUT_MS);
  }
}
