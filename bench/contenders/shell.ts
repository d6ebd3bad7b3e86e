import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../../test/support/box/host.ts';
import { repository } from '../../test/support/repository.ts';
import { PRODUCT_DATABASE, TestDatabase } from '../../test/support/test_database.ts';
import { waitFor } from '../../test/support/wait.ts';
import { type Keys, section } from '../../test/support/workspace.ts';
import { mainPidOf } from '../processes.ts';
import { LOG_KEYS, NEVER_S, type ProcessKeys, type Watcher } from './watcher.ts';

const FOLDER = '/opt/reference';
export const SCRIPT = join(repository, 'bench/reference.sh');

/** The shell script of the same guide; each by its number with a table of its own. */
export class Shell implements Watcher {
  readonly database: TestDatabase;
  readonly unit: string;
  readonly #host: Host;
  readonly #config: string;
  readonly #log: string;
  readonly #own: Keys;

  /** `own`: what it lets one set beside what the guide has. */
  constructor(host: Host, number: number, own: Keys = {}) {
    this.#host = host;
    this.#own = own;
    this.unit = `reference@${number}`;
    this.#config = `${FOLDER}/${number}.ini`;
    this.#log = `/var/log/reference-${number}.log`;
    this.database = new TestDatabase(host.databaseAddress, `v_shell_${number}`);
  }

  async install(): Promise<void> {
    const host = this.#host;
    host.write(`${FOLDER}/reference.sh`, readFileSync(SCRIPT, 'utf8'), 0o755);
    await host.unit('reference@', `[Service]\nExecStart=${FOLDER}/reference.sh ${FOLDER}/%i.ini\n`);
    const { name } = this.database;
    const setup = host.read('/opt/monitor_service/setup.sql').replaceAll(PRODUCT_DATABASE, name);
    await host.sh('mysql', { input: setup });
  }

  async start(processes: ProcessKeys = {}): Promise<void> {
    const { user, password } = this.#host.databaseAddress;
    const text = [
      section('database', { user, password, database: this.database.name }),
      section('monitor', { check_interval: NEVER_S }),
      section('logging', { ...LOG_KEYS, log_file: this.#log }),
      section('process', this.#own),
      ...Object.entries(processes).map(([name, keys]) => section(`process.${name}`, keys)),
    ];
    this.#host.write(this.#config, text.join('\n'), 0o600);
    this.#host.write(this.#log, '');
    await this.#host.sh(`systemctl start ${this.unit}`);
    // The first check is over once it has told of it.
    await waitFor('its first check', () => /Database check/.test(this.#host.read(this.#log)));
  }

  async stop(): Promise<void> {
    await this.#host.sh(`systemctl stop ${this.unit}`);
  }

  pid(): Promise<number> {
    return mainPidOf(this.#host, this.unit);
  }

  logFile(): string {
    return this.#host.box.path(this.#log);
  }

  checkNow(): void {
    writeFileSync(this.#host.box.path(`${this.#config}.now`), '\n');
  }
}
