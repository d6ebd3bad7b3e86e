import { existsSync } from 'node:fs';
import type { Connection } from 'mysql2';
import type { DatabaseSettings } from '../configuration/keys.ts';
import { counted } from '../system/counted.ts';
import { withLimits } from './limits.ts';
import { lockLimits } from './lock_limits.ts';
import { addressOf, describeAddress } from './mysql_address.ts';
import type { Server } from './mysql_advice.ts';
import { connect, cutOff, serverOf } from './mysql_connect.ts';
import { ConnectionLost, explain, isWithoutTable } from './mysql_errors.ts';
import { missingTable, NAMES_OF_TABLES } from './mysql_table_names.ts';
import { type OnStatement, observed } from './statement.ts';

export type Row = Readonly<Record<string, unknown>>;
type Value = string | number;

/** As many alarms as a check takes, with notes of thousands of characters each. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const GOODBYE_MS = 1000;

/** One connection with a deadline on everything. Past it, and after any other break, it is destroyed and never used again. */
export class MysqlConnection {
  readonly #connection: Connection;
  readonly #settings: DatabaseSettings;
  /** Its address, for messages. */
  readonly where: string;
  readonly #server: Server | undefined;
  readonly #onStatement: OnStatement;
  #isOpen = true;

  private constructor(
    connection: Connection,
    settings: DatabaseSettings,
    where: string,
    onStatement: OnStatement,
  ) {
    this.#connection = connection;
    this.#settings = settings;
    this.where = where;
    this.#server = serverOf(connection);
    this.#onStatement = onStatement;
    connection.on('error', () => this.destroy());
    // The server closes it. Not destroyed here: then a statement under way would never hear of it.
    connection.on('end', () => {
      this.#isOpen = false;
    });
  }

  /** Connects within connect_timeout, or until it is stopped. Errors are StoreErrors. */
  static async open(
    settings: DatabaseSettings,
    stopping?: AbortSignal,
    onStatement?: OnStatement,
  ): Promise<MysqlConnection> {
    const address = addressOf(settings, existsSync);
    const where = describeAddress(address);
    try {
      const opened = new MysqlConnection(
        await connect(settings, address, stopping),
        settings,
        where,
        onStatement,
      );
      await opened.#prepare(stopping);
      return opened;
    } catch (error) {
      throw explain(error, where, settings);
    }
  }

  get isMariaDb(): boolean {
    return this.#server?.isMariaDb === true;
  }

  get isEncrypted(): boolean {
    return this.#server?.isEncrypted === true;
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
    const rows = await this.#explained(sql, values, this.#settings.query_timeout, stopping);
    return Array.isArray(rows) ? rows : this.#notUnderstood();
  }

  /** How many rows an UPDATE matched, within the time of `run`. */
  async matched(sql: string, values: readonly Value[]): Promise<number> {
    const { affectedRows } = Object(await this.run(sql, values));
    return typeof affectedRows === 'number' ? affectedRows : this.#notUnderstood();
  }

  /**
   * Runs a statement; its values travel beside it and are never part of its text, whatever the server's
   * sql_mode says about quotes and backslashes. Within query_timeout, or what a wait for a lock may take.
   */
  run(sql: string, values: readonly Value[] = []): Promise<unknown> {
    const { writeSeconds } = lockLimits(this.#settings.query_timeout);
    return this.#explained(sql, values, writeSeconds);
  }

  async #explained(
    sql: string,
    values: readonly Value[],
    limitSeconds: number,
    stopping?: AbortSignal,
  ): Promise<unknown> {
    const execute = () => this.#execute(sql, values, limitSeconds, stopping);
    try {
      return await observed(sql, execute, this.#onStatement);
    } catch (error) {
      const explained = explain(error, this.where, this.#settings, this.#server);
      if (explained instanceof ConnectionLost) {
        this.destroy();
      }
      if (isWithoutTable(explained)) {
        throw await missingTable(explained, this.where, () =>
          this.#execute(NAMES_OF_TABLES, [], this.#settings.query_timeout),
        );
      }
      throw explained;
    }
  }

  /** Says goodbye to the server, for at most a second. */
  async close(): Promise<void> {
    if (this.#isOpen) {
      const where = this.where;
      const limits = { where, limitMs: GOODBYE_MS, late: 'no goodbye', maxBytes: MAX_ANSWER_BYTES };
      await withLimits(this.#connection, limits, (done) =>
        this.#connection.end(() => done(undefined, undefined)),
      ).catch(() => {});
    }
    this.destroy();
  }

  destroy(): void {
    this.#isOpen = false;
    cutOff(this.#connection);
  }

  /** An answer to something else: who knows what the next one would be to. */
  #notUnderstood(): never {
    this.destroy();
    throw new ConnectionLost(`${this.where}: the server's answer makes no sense`);
  }

  /**
   * A statement is done when it is done, and gives up on a lock before its own deadline. Texts are in utf8mb4, whatever
   * the server makes of that wish at the login (skip-character-set-client-handshake, init_connect).
   */
  async #prepare(stopping?: AbortSignal): Promise<void> {
    const { query_timeout } = this.#settings;
    const { waitSeconds } = lockLimits(query_timeout);
    const limits = `innodb_lock_wait_timeout = ${waitSeconds}, lock_wait_timeout = ${waitSeconds}`;
    const wishes = `SET NAMES utf8mb4, autocommit = 1, ${limits}`;
    try {
      await this.#explained(wishes, [], query_timeout, stopping);
    } catch (error) {
      this.destroy();
      throw error;
    }
  }

  #execute(
    sql: string,
    values: readonly Value[],
    limitSeconds: number,
    stopping?: AbortSignal,
  ): Promise<unknown> {
    const late = `no answer within ${counted(limitSeconds, 'second')} (query_timeout)`;
    return withLimits(
      this.#connection,
      {
        where: this.where,
        limitMs: limitSeconds * 1000,
        late,
        maxBytes: MAX_ANSWER_BYTES,
        stopping,
      },
      (done) => this.#connection.execute(sql, [...values], (error, result) => done(error, result)),
    );
  }
}
