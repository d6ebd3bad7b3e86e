import type { DatabaseSettings } from '../configuration/keys.ts';
import { MysqlConnection } from './mysql_connection.ts';
import { ConnectionLost, NoAnswer } from './mysql_errors.ts';
import type { OnStatement } from './statement.ts';
import { Turns } from './turns.ts';

export interface TurnOptions {
  readonly stopping?: AbortSignal;
  /** Before all that wait already. */
  readonly ahead?: boolean;
}

/** One connection that stays open between what is asked, and is replaced where it broke. */
export class MysqlSession {
  readonly #settings: DatabaseSettings;
  readonly #onStatement: OnStatement;
  #connection: MysqlConnection | undefined;
  readonly #turns = new Turns();
  /** The last time that the server was found gone. */
  #outage: ConnectionLost | undefined;

  constructor(settings: DatabaseSettings, onStatement?: OnStatement) {
    this.#settings = settings;
    this.#onStatement = onStatement;
  }

  /**
   * One statement at a time, so that each has its whole time limit to itself. What waited behind one that
   * found the server gone fails with it at once: a hundred of them must not wait a hundred time limits.
   */
  inTurn<T>(
    work: (connection: MysqlConnection) => Promise<T>,
    { stopping, ahead }: TurnOptions = {},
  ): Promise<T> {
    const outage = this.#outage;
    const turn = async () => {
      if (this.#outage && this.#outage !== outage) {
        throw this.#outage;
      }
      try {
        return await this.#onConnection(work, stopping);
      } catch (error) {
        this.#outage = error instanceof ConnectionLost ? error : this.#outage;
        throw error;
      }
    };
    return this.#turns.take(turn, { ahead });
  }

  async close(): Promise<void> {
    await this.#turns.idle();
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
    this.#connection = await MysqlConnection.open(this.#settings, stopping, this.#onStatement);
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
