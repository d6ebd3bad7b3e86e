import type { StatusReport } from '../../src/control/reports.ts';
import { Scene } from '../service/database_scene.ts';
import type { DatabaseAddress } from '../support/address.ts';
import { type DatabaseServer, startMariadb } from '../support/database_server.ts';
import { freshDatabase, type TestDatabase } from '../support/test_database.ts';
import { workspace } from '../support/workspace.ts';

/** So many rows are written at a time. */
const BATCH = 1000;

/** A large table on a database server of its own, which counts what the service asks, and a host to run it on. */
export class Fleet {
  readonly scene: Scene;
  readonly server: DatabaseServer;
  /** The service's, which nobody else uses. */
  readonly account: DatabaseAddress;

  private constructor(scene: Scene, server: DatabaseServer, account: DatabaseAddress) {
    this.scene = scene;
    this.server = server;
    this.account = account;
  }

  /** With these processes, none in alarm; their ids count from 1. */
  static async open(names: readonly string[]): Promise<Fleet> {
    const server = await startMariadb({ settings: ['--userstat=1'] });
    const database = await freshDatabase(server.address);
    const scene = new Scene(await workspace(), database, server.address);
    const rights = `SELECT, UPDATE ON ${database.name}.*`;
    const account = { ...(await scene.account([rights])), ssl_mode: 'disabled' };
    const fleet = new Fleet(scene, server, account);
    await fleet.#fill(names);
    return fleet;
  }

  get database(): TestDatabase {
    return this.scene.database;
  }

  /** What the running service says of itself. */
  async status(): Promise<StatusReport> {
    const report = await this.scene.status();
    if (report === undefined) {
      throw new Error('nobody answers at the control socket');
    }
    return report;
  }

  /** Raises the alarms from one id to another. */
  async raise(first: number, last: number): Promise<void> {
    await this.database.sql(
      'UPDATE STATUS_PROCESS SET alarma = 1, notes = NULL WHERE process_id BETWEEN ? AND ?',
      [first, last],
    );
  }

  async alarms(): Promise<number> {
    const [row] = await this.database.sql(
      'SELECT COUNT(*) AS alarms FROM STATUS_PROCESS WHERE alarma = 1',
    );
    return Number(row?.alarms);
  }

  /**
   * How often the service has looked for alarms, as the server counts it: the SELECTs of its account, less one
   * for each of its connections, which may have asked once how long notes may be.
   */
  async checks(): Promise<number> {
    const [row] = await this.database.sql(
      `SELECT SELECT_COMMANDS - TOTAL_CONNECTIONS AS checks
         FROM information_schema.USER_STATISTICS WHERE USER = ?`,
      [this.account.user],
    );
    return Number(row?.checks ?? 0);
  }

  async close(): Promise<void> {
    await this.scene.close();
    await this.server.stop();
  }

  async #fill(names: readonly string[]): Promise<void> {
    for (let from = 0; from < names.length; from += BATCH) {
      const some = names.slice(from, from + BATCH).map((name, index) => [from + index + 1, name]);
      await this.database.sql('INSERT INTO PROCESE (process_id, process_name) VALUES ?', [some]);
    }
    await this.database.sql(
      'INSERT INTO STATUS_PROCESS (process_id) SELECT process_id FROM PROCESE',
    );
    await this.database.sql('ANALYZE TABLE STATUS_PROCESS, PROCESE');
  }
}
