import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SQLITE_TABLES } from '../alarms/sqlite_tables.ts';
import { launch } from '../system/launch.ts';
import { recipeOfProgram } from '../system/new_recipe.ts';
import { endGroup } from '../system/process_group.ts';
import { isCalled, processTable } from '../system/process_table.ts';

/** All that the demonstration has: a directory, a database, two programs with names that nobody else has. */
export class Stage {
  readonly web = `demo-web-${process.pid}`;
  readonly mail = `demo-mail-${process.pid}`;
  readonly configuration: string;
  readonly #directory = mkdtempSync(join(tmpdir(), 'monitor_service-demo-'));
  readonly #database = new DatabaseSync(this.#path('alarms.db'));

  constructor() {
    this.#database.exec(SQLITE_TABLES);
    for (const [index, name] of [this.web, this.mail].entries()) {
      writeFileSync(this.#path(name), '#!/bin/sh\nwhile :; do sleep 1; done\n', { mode: 0o700 });
      this.#database.prepare('INSERT INTO STATUS_PROCESS (process_id) VALUES (?)').run(index + 1);
      this.#database.prepare('INSERT INTO PROCESE VALUES (?, ?)').run(index + 1, name);
    }
    this.configuration = this.#path('config.ini');
    writeFileSync(this.configuration, this.#settings(), { mode: 0o600 });
  }

  async startPrograms(): Promise<void> {
    for (const name of [this.web, this.mail]) {
      await launch(recipeOfProgram([this.#path(name)]));
    }
  }

  /** Kills a program and returns the pid it had. */
  async kill(name: string): Promise<number | undefined> {
    const pid = this.pidOf(name);
    if (pid !== undefined) {
      await endGroup(pid);
    }
    return pid;
  }

  pidOf(name: string): number | undefined {
    return processTable().find((process) => isCalled(process, name))?.pid;
  }

  raiseAlarm(name: string): void {
    this.#database
      .prepare(
        `UPDATE STATUS_PROCESS SET alarma = 1, notes = 'Raised by the demonstration'
          WHERE process_id = (SELECT process_id FROM PROCESE WHERE process_name = ?)`,
      )
      .run(name);
  }

  notesOf(name: string): string {
    const row = this.#database
      .prepare(
        'SELECT notes FROM STATUS_PROCESS JOIN PROCESE USING (process_id) WHERE process_name = ?',
      )
      .get(name);
    return String(row?.notes ?? '');
  }

  /** Ends the programs and removes every file. */
  async clear(): Promise<void> {
    await this.kill(this.web);
    await this.kill(this.mail);
    this.#database.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }

  #settings(): string {
    return `
[database]
driver = sqlite
file = ${this.#path('alarms.db')}

[monitor]
check_interval = 1
max_restart_failures = 3
circuit_reset_time = 60
state_directory = ${this.#path('state')}
control_socket = ${this.#path('control.sock')}

[logging]
log_file = ${this.#path('monitor_service.log')}

[process.default]
restart_strategy = process
max_attempts = 1
health_check_timeout = 1

[process.${this.web}]
start_command = exec ${this.#path(this.web)}

[process.${this.mail}]
start_command = exec ${this.#path(this.mail)}
health_check_command = test -e ${this.#path('mail-is-healthy')}
`;
  }
}
