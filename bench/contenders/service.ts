import { type Host, LOG_FILE } from '../../test/support/box/host.ts';
import { PRODUCT_DATABASE, TestDatabase } from '../../test/support/test_database.ts';
import { waitFor } from '../../test/support/wait.ts';
import type { Keys } from '../../test/support/workspace.ts';
import { mainPidOf } from '../processes.ts';
import { LOG_KEYS, NEVER_S, type ProcessKeys, type Watcher } from './watcher.ts';

/** The service, from its package. */
export class Service implements Watcher {
  readonly unit = 'monitor_service';
  readonly database: TestDatabase;
  readonly #host: Host;
  #pid = 0;

  constructor(host: Host) {
    this.#host = host;
    this.database = new TestDatabase(host.databaseAddress, PRODUCT_DATABASE);
  }

  configure(processes: ProcessKeys, more: Keys = {}): void {
    const monitor = { check_interval: NEVER_S, ...more };
    const unlimited = { ...processes, default: { max_restarts: 0, ...processes.default } };
    this.#host.configure({ monitor, logging: LOG_KEYS, processes: unlimited });
  }

  /** `monitor`: keys of that section. */
  async start(processes: ProcessKeys = {}, monitor: Keys = {}): Promise<void> {
    this.configure(processes, monitor);
    await this.#host.sh(`systemctl start ${this.unit}`);
    this.#pid = await mainPidOf(this.#host, this.unit);
    await waitFor('its log', () => this.#host.log() !== '');
  }

  async stop(): Promise<void> {
    await this.#host.sh(`systemctl stop ${this.unit}`);
  }

  async pid(): Promise<number> {
    return this.#pid;
  }

  logFile(): string {
    return this.#host.box.path(LOG_FILE);
  }

  checkNow(): void {
    process.kill(this.#pid, 'SIGUSR1');
  }
}
