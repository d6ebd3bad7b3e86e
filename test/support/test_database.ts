import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { type DatabaseAddress, databaseSection } from './address.ts';
import { connect } from './connection.ts';
import { repository } from './repository.ts';
import { within } from './wait.ts';

const TIMEOUT_MS = 10_000;
/** The database that setup.sql names, and for which each test gets one of its own. */
export const PRODUCT_DATABASE = 'v_process_monitor';
const GONE = ['ECONNREFUSED', 'ENOENT'];

/** A row of STATUS_PROCESS. */
export interface StatusRow {
  alarma: number;
  sound: number | null;
  notes: string | null;
}

export interface TestProcess {
  id: number;
  /** null: no row in PROCESE. */
  name: string | null;
  /** false: no row in STATUS_PROCESS. */
  hasStatus?: boolean;
  alarm?: boolean;
  notes?: string | null;
}

/** Creates a database of the product under a random name, its tables empty. */
export async function freshDatabase(address: DatabaseAddress): Promise<TestDatabase> {
  const name = `monitor_test_${randomBytes(6).toString('hex')}`;
  const setup = readFileSync(join(repository, 'setup.sql'), 'utf8');
  const connection = await connect(address, { multipleStatements: true });
  try {
    // The last statement gives the comments before it something to belong to: a server refuses
    // a statement that is nothing but comment.
    const create = `${setup.replaceAll(PRODUCT_DATABASE, name)}\nDO 0`;
    await within('setup.sql', TIMEOUT_MS, connection.query(create));
    const empty = 'DELETE FROM STATUS_PROCESS; DELETE FROM PROCESE';
    await within('two empty tables', TIMEOUT_MS, connection.query(empty));
  } finally {
    connection.destroy();
  }
  return new TestDatabase(address, name);
}

/** A database of the product for one test, with a session of its own for looking at it. */
export class TestDatabase {
  readonly name: string;
  /** The lines of the `[database]` section, header included, which point the service here. */
  readonly config: string;
  readonly #address: DatabaseAddress;
  #session: Connection | undefined;

  constructor(address: DatabaseAddress, name: string) {
    this.#address = address;
    this.name = name;
    this.config = databaseSection(address, name);
  }

  /** Runs one statement, `?` for each parameter; connects anew when the server was restarted. */
  async sql(text: string, params: unknown[] = []): Promise<RowDataPacket[]> {
    const session = await this.#connected();
    try {
      // Not mysql2's own timeout, whose timer outlives a connection that was cut.
      const answer = session.query<RowDataPacket[]>(text, params);
      return (await within(`the answer to ${text}`, TIMEOUT_MS, answer))[0];
    } catch (error) {
      // Only what the server itself said leaves the session in a known state.
      if (!(error as { sqlState?: string }).sqlState) {
        this.#disconnect();
      }
      throw error;
    }
  }

  /** Adds a process: its row in STATUS_PROCESS, and with a name the one in PROCESE. */
  async add({
    id,
    name,
    hasStatus = true,
    alarm = false,
    notes = null,
  }: TestProcess): Promise<void> {
    if (name !== null) {
      await this.sql('INSERT INTO PROCESE (process_id, process_name) VALUES (?, ?)', [id, name]);
    }
    if (!hasStatus) {
      return;
    }
    await this.sql('INSERT INTO STATUS_PROCESS (process_id, alarma, notes) VALUES (?, ?, ?)', [
      id,
      alarm ? 1 : 0,
      notes,
    ]);
  }

  async row(id: number): Promise<StatusRow | undefined> {
    const [row] = await this.sql(
      'SELECT alarma, sound, notes FROM STATUS_PROCESS WHERE process_id = ?',
      [id],
    );
    return row && ({ ...row } as unknown as StatusRow);
  }

  async raise(id: number): Promise<void> {
    await this.sql('UPDATE STATUS_PROCESS SET alarma = 1 WHERE process_id = ?', [id]);
  }

  /** Drops the database and disconnects; fine as well when the server is gone for good. */
  async drop(): Promise<void> {
    // Whatever became of this session, or whatever it has locked, must not be in the way.
    this.#disconnect();
    try {
      await this.sql(`DROP DATABASE IF EXISTS ${this.name}`);
    } catch (error) {
      if (!GONE.includes((error as { code: string }).code)) {
        throw error;
      }
    } finally {
      this.#disconnect();
    }
  }

  async #connected(): Promise<Connection> {
    if (this.#session === undefined) {
      this.#session = await connect(this.#address, { database: this.name });
      this.#session.on('error', () => this.#disconnect());
      // For a test of a server that closes idle connections: this one is not under test.
      await this.#session.query('SET SESSION wait_timeout = 600');
    }
    return this.#session;
  }

  #disconnect(): void {
    this.#session?.destroy();
    this.#session = undefined;
  }
}
