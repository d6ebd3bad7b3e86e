import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { DatabaseAddress } from '../address.ts';
import { type LogOptions, waitForText } from '../log.ts';
import { HOST_TOOLS, install, MARIADB } from '../packages.ts';
import { builtRpm } from '../rpm.ts';
import { PRODUCT_DATABASE, type StatusRow, TestDatabase } from '../test_database.ts';
import { type ConfigOptions, type Keys, section } from '../workspace.ts';
import { type Box, bootBox } from './box.ts';
import { DATABASE_SOCKET, hostSeed } from './host_seed.ts';

export const CONFIG_FILE = '/opt/monitor_service/config.ini';
export const LOG_FILE = '/var/log/monitor_service.log';
const DNF_TIMEOUT_MS = 60_000;
const ROOT = { host: 'localhost', port: 3306, user: 'root', password: '' };
/** Whom setup.sql shows how to create, with the password it tells to choose. */
const USER = { ...ROOT, user: 'monitor_service', password: 'choose a password' };

/** Makes what hosts are made of, once for all that this process starts. */
export async function prepareHosts(): Promise<void> {
  await install([MARIADB, ...HOST_TOOLS]);
  await builtRpm();
  await hostSeed();
}

/** Boots a host with MariaDB and nothing of ours. */
export async function bootHost(): Promise<Host> {
  await install([MARIADB, ...HOST_TOOLS]);
  return new Host(await bootBox({ seed: join(await hostSeed(), 'root') }));
}

/** Boots a host that ends with the test, with MariaDB and nothing of ours. */
async function openHost(t: TestContext): Promise<Host> {
  const host = await bootHost();
  t.after(() => host.stop());
  return host;
}

/** A host that ends with the test, with the service installed and set up, and not running yet. */
export async function openInstalledHost(t: TestContext, config?: HostConfig): Promise<Host> {
  const host = await openHost(t);
  await host.setUp(config);
  return host;
}

export interface HostConfig extends Omit<ConfigOptions, 'database'> {
  /** Keys beside those that lead to the host's database, or in their place. */
  database?: Keys;
}

/** A host with RedHat's habits, and the hands of its administrator. */
export class Host {
  readonly box: Box;
  #session: { boot: number; database: TestDatabase } | undefined;
  #lastId = 0;

  constructor(box: Box) {
    this.box = box;
  }

  stop(): Promise<void> {
    return this.box.stop();
  }

  /** Runs a command; throws with all that it printed when it fails. */
  sh(...command: Parameters<Box['sh']>): Promise<string> {
    return this.box.sh(...command);
  }

  read(file: string): string {
    return readFileSync(this.box.path(file), 'utf8');
  }

  /** Writes a file, its folders included. */
  write(file: string, text: string, mode = 0o644): void {
    const path = this.box.path(file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
  }

  /** Puts a file of the machine into root's home, and returns where. */
  bring(file: string): string {
    const brought = join('/root', basename(file));
    copyFileSync(file, this.box.path(brought));
    return brought;
  }

  /** A unit `NAME.service`: known to systemd, not started. */
  async unit(name: string, text = '[Service]\nExecStart=/bin/sleep infinity\n'): Promise<void> {
    this.write(`/etc/systemd/system/${name}.service`, text);
    await this.sh('systemctl daemon-reload');
  }

  /** For root of its database server: its socket, whose path as this machine sees it changes with each boot. */
  get databaseAddress(): DatabaseAddress {
    return { ...ROOT, socket: this.box.path(DATABASE_SOCKET) };
  }

  /** What `systemctl show` says of one property of a unit. */
  async property(unit: string, name: string): Promise<string> {
    return (await this.sh(`systemctl show --value -p ${name} -- ${unit}`)).trim();
  }

  /** Runs dnf, without a question and without a repository of the machine's. */
  dnf(command: string): Promise<string> {
    return this.sh(`dnf -y --disablerepo='*' ${command}`, { timeoutMs: DNF_TIMEOUT_MS });
  }

  /** All that the service needs before it is started: package, database and configuration. */
  async setUp(config?: HostConfig): Promise<void> {
    await this.install();
    await this.setUpDatabase();
    this.configure(config);
  }

  /** Installs the package that was built of this source. */
  async install(): Promise<void> {
    await this.dnf(`install ${this.bring(await builtRpm())}`);
  }

  /** As an administrator does it: setup.sql, and the user that it shows; then without the sample rows. */
  async setUpDatabase(): Promise<void> {
    const setup = this.read('/opt/monitor_service/setup.sql');
    const user = setup.match(/(?<=^-- )(CREATE USER|GRANT) .*;$/gm) ?? [];
    await this.sh('mysql', { input: setup });
    await this.sh('mysql', { input: user.join('\n') });
    await this.sql('DELETE FROM STATUS_PROCESS');
    await this.sql('DELETE FROM PROCESE');
  }

  /** Writes a configuration that checks every second. A running service does not know of it yet. */
  configure({ database, monitor, logging, processes = {} }: HostConfig = {}): void {
    const { host, user, password } = USER;
    const text = [
      section('database', { host, user, password, database: PRODUCT_DATABASE, ...database }),
      section('monitor', { check_interval: 1, ...monitor }),
      section('logging', { ...logging }),
      ...Object.entries(processes).map(([name, keys]) => section(`process.${name}`, keys)),
    ];
    this.write(CONFIG_FILE, text.join('\n'), 0o600);
  }

  /** Enables the service and starts it, and waits for its first word. */
  async start(): Promise<void> {
    const after = this.log().length;
    await this.sh('systemctl enable --now monitor_service');
    await this.waitForLog('Starting Process Monitor Service', { after });
  }

  /** Runs one statement, `?` for each parameter, in the product's database. */
  sql(...statement: Parameters<TestDatabase['sql']>): ReturnType<TestDatabase['sql']> {
    return this.#database().sql(...statement);
  }

  /** Adds a process that is not in alarm, and returns its id. */
  async addProcess(name: string): Promise<number> {
    this.#lastId += 1;
    const id = this.#lastId;
    await this.#database().add({ id, name });
    return id;
  }

  async raise(name: string): Promise<void> {
    await this.#database().raise(await this.#id(name));
  }

  /** The row of a process in STATUS_PROCESS. */
  async alarmOf(name: string): Promise<StatusRow | undefined> {
    return this.#database().row(await this.#id(name));
  }

  /** The log file so far; empty while there is none. */
  log(): string {
    return existsSync(this.box.path(LOG_FILE)) ? this.read(LOG_FILE) : '';
  }

  /**
   * Waits until the log holds `pattern` at or behind the offset `after`, and returns the offset behind it.
   * Throws at the timeout with the log, and with what systemd knows of the service.
   */
  waitForLog(pattern: RegExp | string, options?: LogOptions): Promise<number> {
    const said = async () => {
      const { stdout } = await this.box.exec('systemctl status -n 30 monitor_service');
      return `${this.log()}\n${stdout}`;
    };
    const log = { text: () => this.log(), hasEnded: () => false, said };
    return waitForText(log, pattern, options);
  }

  async #id(name: string): Promise<number> {
    const query = 'SELECT process_id AS id FROM PROCESE WHERE process_name = ?';
    const [row] = await this.sql(query, [name]);
    if (row === undefined) {
      throw new Error(`${name} is not in the database`);
    }
    return row.id;
  }

  #database(): TestDatabase {
    if (this.#session?.boot !== this.box.pid) {
      const database = new TestDatabase(this.databaseAddress, PRODUCT_DATABASE);
      this.#session = { boot: this.box.pid, database };
    }
    return this.#session.database;
  }
}
