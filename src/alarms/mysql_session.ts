import type { DatabaseSettings } from '../configuration/keys.ts';
import { MysqlConnection } from './mysql_connection.ts';
import { ConnectionLost, NoAnswer } from './mysql_errors.ts';

/** One connection that stays open between what is asked, and is replaced where it broke. */
export class MysqlSession {
  readonly #settings: DatabaseSettings;
  #connection: MysqlConnection | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** The last time that the server was found gone. */
  #outage: ConnectionLost | undefined;

  constructor(settings: DatabaseSettings) {
    this.#settings = settings;
  }

  /**
   * One statement at a time, so that each has its whole time limit to itself. What waited behind one that
   * found the server gone fails with it at once: a hundred of them must not wait a hundred time limits.
   */
  inTurn<T>(work: (connection: MysqlConnection) => Promise<T>, stopping?: AbortSignal): Promise<T> {
    const outage = this.#outage;
    const turn = this.#last.then(async () => {
      if (this.#outage && this.#outage !== outage) {
        throw this.#outage;
      }
      return await this.#onConnection(work, stopping);
    });
    this.#last = turn.catch((error) => {
      this.#outage = error instanceof ConnectionLost ? error : this.#outage;
    });
    return turn;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#connection?.close();
  }

  /** A connection that broke while it lay idle is replaced, and the work done on the new one. */
  async #onConnection<T>(
    work: (connection: MysqlConnection) => Promise<T>,
    stopping?: AbortSignal,
  ): Promise<T> {
    if (this.#connection?.isOpen) {
      try {
        return await this.#doOn(this.#connection, work);
      } catch (error) {
        if (!(error instanceof ConnectionLost) || error instanceof NoAnswer) {
          throw error;
        }
      }
    }
    this.#connection = await MysqlConnection.open(this.#settings, stopping);
    return await this.#doOn(this.#connection, work);
  }

  /** What was refused (a privilege, say) may be granted to a new connection, so no failure leaves one open. */
  async #doOn<T>(
    connection: MysqlConnection,
    work: (connection: MysqlConnection) => Promise<T>,
  ): Promise<T> {
    try {
      return await work(connection);
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }
}
