import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import {
  type Connection,
  type ConnectionOptions,
  createConnection,
  type ResultSetHeader,
  type RowDataPacket,
  type SslOptions,
} from 'mysql2';
import type { DatabaseSettings } from '../configuration/keys.ts';
import { type Address, addressOf, describeAddress } from './mysql_address.ts';
import { ConnectionLost, explain, NoAnswer } from './mysql_errors.ts';
import { tlsOf } from './mysql_tls.ts';

export type Row = Readonly<Record<string, unknown>>;
type Value = string | number;

/** One connection with a deadline on everything. Past it, and after any other break, it is destroyed and never used again. */
export class MysqlConnection {
  readonly #connection: Connection;
  readonly #settings: DatabaseSettings;
  readonly #where: string;
  #isOpen = true;

  private constructor(connection: Connection, settings: DatabaseSettings, where: string) {
    this.#connection = connection;
    this.#settings = settings;
    this.#where = where;
    connection.on('error', () => this.destroy());
    // The server closes it. Not destroyed here: then a statement under way would never hear of it.
    connection.on('end', () => {
      this.#isOpen = false;
    });
  }

  /** Connects within connect_timeout, or until it is stopped. Errors are StoreErrors. */
  static async open(settings: DatabaseSettings, stopping?: AbortSignal): Promise<MysqlConnection> {
    const address = addressOf(settings, existsSync);
    const where = describeAddress(address);
    try {
      const opened = new MysqlConnection(
        await connect(settings, address, stopping),
        settings,
        where,
      );
      await opened.#prepare(stopping);
      return opened;
    } catch (error) {
      throw explain(error, where, settings);
    }
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Rows of a SELECT, within query_timeout, or until it is stopped. */
  async rows(
    sql: string,
    values: readonly Value[] = [],
    stopping?: AbortSignal,
  ): Promise<readonly Row[]> {
    return (await this.run(sql, values, stopping)) as RowDataPacket[];
  }

  /** How many rows an UPDATE matched, within query_timeout. */
  async matched(sql: string, values: readonly Value[]): Promise<number> {
    return ((await this.run(sql, values)) as ResultSetHeader).affectedRows;
  }

  /**
   * Runs a statement; its values travel beside it and are never part of its text, whatever the server's
   * sql_mode says about quotes and backslashes.
   */
  async run(sql: string, values: readonly Value[] = [], stopping?: AbortSignal): Promise<unknown> {
    try {
      return await this.#execute(sql, values, stopping);
    } catch (error) {
      const explained = explain(error, this.#where, this.#settings);
      if (explained instanceof ConnectionLost) {
        this.destroy();
      }
      throw explained;
    }
  }

  /** Says goodbye to the server, for at most a second. */
  async close(): Promise<void> {
    if (this.#isOpen) {
      await withDeadline(
        1000,
        (done) => this.#connection.end(() => done(undefined, undefined)),
        () => new Error('no answer to the goodbye'),
      ).catch(() => {});
    }
    this.destroy();
  }

  destroy(): void {
    this.#isOpen = false;
    cutOff(this.#connection);
  }

  /** A statement is done when it is done, and gives up on a lock before its own deadline. */
  async #prepare(stopping?: AbortSignal): Promise<void> {
    const lockWait = Math.max(1, this.#settings.query_timeout - 1);
    try {
      const limits = `innodb_lock_wait_timeout = ${lockWait}, lock_wait_timeout = ${lockWait}`;
      await this.run(`SET autocommit = 1, ${limits}`, [], stopping);
    } catch (error) {
      this.destroy();
      throw error;
    }
  }

  #execute(sql: string, values: readonly Value[], stopping?: AbortSignal): Promise<unknown> {
    const { query_timeout } = this.#settings;
    return withDeadline(
      query_timeout * 1000,
      (done) => this.#connection.execute(sql, [...values], (error, result) => done(error, result)),
      () =>
        new NoAnswer(`${this.#where}: no answer within ${query_timeout} seconds (query_timeout)`),
      stopping,
    );
  }
}

/** With ssl_mode preferred, a server without TLS is connected to without. */
async function connect(
  settings: DatabaseSettings,
  address: Address,
  stopping?: AbortSignal,
): Promise<Connection> {
  const tls = tlsOf(settings, address);
  try {
    return await connectOnce(settings, address, tls, stopping);
  } catch (error) {
    const hasNoTls = (error as { code?: string }).code === 'HANDSHAKE_NO_SSL_SUPPORT';
    if (settings.ssl_mode === 'preferred' && hasNoTls) {
      return await connectOnce(settings, address, undefined, stopping);
    }
    throw error;
  }
}

async function connectOnce(
  settings: DatabaseSettings,
  address: Address,
  tls: SslOptions | undefined,
  stopping?: AbortSignal,
): Promise<Connection> {
  const connection = createConnection(optionsFor(settings, address, tls));
  connection.on('error', () => {}); // told to the one who waits for it, and once more here
  const where = describeAddress(address);
  const limit = settings.connect_timeout;
  try {
    await withDeadline(
      limit * 1000,
      (done) => connection.connect((error) => done(error, undefined)),
      () => new NoAnswer(`${where}: no connection within ${limit} seconds (connect_timeout)`),
      stopping,
    );
    return connection;
  } catch (error) {
    cutOff(connection);
    throw error;
  }
}

/** The client's own destroy() says goodbye first, and a server that hangs would keep the socket open for ever. */
function cutOff(connection: Connection): void {
  connection.destroy();
  (connection as unknown as { stream: Socket }).stream.destroy();
}

function optionsFor(
  settings: DatabaseSettings,
  address: Address,
  tls: SslOptions | undefined,
): ConnectionOptions {
  const { user, password, database } = settings;
  const place =
    address.kind === 'socket'
      ? { socketPath: address.path }
      : { host: address.host, port: address.port };
  return {
    ...place,
    user,
    password,
    database,
    charset: 'utf8mb4',
    connectTimeout: 0, // the deadline around it is ours
    disableEval: true, // no code is made from what a server sends
    flags: ['-LOCAL_FILES'], // no server may ask for files of this host
    ...(tls && { ssl: tls }),
  };
}

/** Runs what answers through a callback; past the deadline, or once it is stopped, an error instead. */
function withDeadline<T>(
  limitMs: number,
  begin: (done: (error: Error | null | undefined, value: T) => void) => void,
  late: () => Error,
  stopping?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => finish(new NoAnswer('interrupted'));
    const timer = setTimeout(() => finish(late()), limitMs);
    const finish = (error: Error | null | undefined, value?: T) => {
      clearTimeout(timer);
      stopping?.removeEventListener('abort', stop);
      error ? reject(error) : resolve(value as T);
    };
    stopping?.addEventListener('abort', stop);
    if (stopping?.aborted) {
      stop();
    } else {
      begin(finish);
    }
  });
}
