import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseAddress } from './address.ts';
import { end, exitOf } from './child.ts';
import { serverVersion } from './connection.ts';
import { dataTemplate, mariadbd } from './mariadb.ts';
import { SERVER_SETTINGS } from './mariadb_settings.ts';
import { install, MARIADB } from './packages.ts';
import { freePort } from './ports.ts';
import { own } from './reaper.ts';
import { waitFor } from './wait.ts';

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;

export interface ServerOptions {
  port?: number;
  /** Further arguments for mariadbd, such as `--max-connections=3`. */
  settings?: string[];
}

/** Starts a private MariaDB in a temporary directory, on a TCP port of 127.0.0.1 and a socket. */
export async function startMariadb(options: ServerOptions = {}): Promise<DatabaseServer> {
  await install([MARIADB]);
  const directory = await mkdtemp(join(tmpdir(), 'monitor-test-mariadb-'));
  const server = new DatabaseServer(directory, options.port ?? (await freePort()), options);
  await writeFile(join(directory, 'init.sql'), accounts(server));
  await cp(await dataTemplate(), join(directory, 'data'), { recursive: true });
  await server.restart();
  return server;
}

/** One account from everywhere in place of root's, which have no password. */
function accounts({ user, password }: DatabaseServer): string {
  return `CREATE USER IF NOT EXISTS '${user}'@'%' IDENTIFIED BY '${password}';
GRANT ALL ON *.* TO '${user}'@'%' WITH GRANT OPTION;
DROP USER IF EXISTS root@localhost, root@'127.0.0.1', root@'::1';
`;
}

/** A private server; as a DatabaseAddress it means its socket, `address` means its TCP port. */
export class DatabaseServer implements DatabaseAddress {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly socket: string;
  readonly user = 'tester';
  /** Characters that a sloppy reader of INI files or URLs stumbles over. */
  readonly password = 't3st;er #=%s';
  readonly #directory: string;
  readonly #log: string;
  readonly #settings: string[];
  readonly #disown: () => void;
  #child: ChildProcess | undefined;

  constructor(directory: string, port: number, { settings = [] }: ServerOptions) {
    this.#directory = directory;
    this.#log = join(directory, 'error.log');
    this.#settings = settings;
    this.port = port;
    this.socket = join(directory, 'mysql.sock');
    this.#disown = own(() => {
      this.#child?.kill('SIGKILL');
      rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
    });
  }

  get pid(): number {
    return this.#running().pid as number;
  }

  get address(): DatabaseAddress {
    const { host, port, user, password } = this;
    return { host, port, user, password };
  }

  /** Starts it again on the same port, socket and data, after halting it where it still runs. */
  async restart(): Promise<void> {
    await this.halt();
    this.#child = this.#spawn();
    await waitFor('MariaDB to answer', () => this.#isUp(), START_TIMEOUT_MS);
  }

  /** Stops it and keeps its files, for restart(). */
  async halt(): Promise<void> {
    this.#child?.kill('SIGCONT');
    await (this.#child && end(this.#child, STOP_TIMEOUT_MS));
    this.#child = undefined;
  }

  /** Stops it and removes its files. */
  async stop(): Promise<void> {
    await this.halt();
    await rm(this.#directory, { recursive: true, force: true });
    this.#disown();
  }

  /** Ends it the way a crash does. */
  async kill(): Promise<void> {
    this.#running().kill('SIGKILL');
    await exitOf(this.#running(), STOP_TIMEOUT_MS);
  }

  /**
   * From now on it accepts connections (the kernel does) and answers nothing. Every thread stands still when
   * this returns: the signal alone takes its time to reach them all.
   */
  freeze(): void {
    this.#running().kill('SIGSTOP');
    const deadline = performance.now() + STOP_TIMEOUT_MS;
    while (!this.#isStill()) {
      assert.ok(performance.now() < deadline, 'the server does not stand still');
    }
  }

  thaw(): void {
    this.#running().kill('SIGCONT');
  }

  #isStill(): boolean {
    return readdirSync(`/proc/${this.pid}/task`).every((thread) =>
      /\) [TtZ] /.test(readFileSync(`/proc/${this.pid}/task/${thread}/stat`, 'utf8')),
    );
  }

  #spawn(): ChildProcess {
    const output = openSync(this.#log, 'a');
    const child = spawn(mariadbd(), this.#arguments(), { stdio: ['ignore', output, output] });
    closeSync(output);
    return child;
  }

  #arguments(): string[] {
    return [
      ...SERVER_SETTINGS,
      `--datadir=${join(this.#directory, 'data')}`,
      `--init-file=${join(this.#directory, 'init.sql')}`,
      `--socket=${this.socket}`,
      `--port=${this.port}`,
      // A server that starts deletes what others have in theirs.
      `--tmpdir=${this.#directory}`,
      ...this.#settings,
    ];
  }

  async #isUp(): Promise<boolean> {
    const { exitCode, signalCode } = this.#running();
    if (exitCode !== null || signalCode !== null) {
      throw new Error(`MariaDB did not start:\n${readFileSync(this.#log, 'utf8')}`);
    }
    return serverVersion(this.address).then(
      () => true,
      () => false,
    );
  }

  #running(): ChildProcess {
    if (this.#child === undefined) {
      throw new Error('this MariaDB is not running');
    }
    return this.#child;
  }
}
