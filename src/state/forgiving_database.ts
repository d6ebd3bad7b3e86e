import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Database } from './kept_database.ts';

/** A database whose troubles are told and got over: the service heals on without a memory. */
export class ForgivingDatabase {
  readonly #database: Database;
  readonly #onTrouble: (message: string) => void;
  #isFailing = false;

  constructor(database: Database, onTrouble: (message: string) => void) {
    this.#database = database;
    this.#onTrouble = onTrouble;
  }

  /** What can't be read is not remembered, as if the database were new. */
  rows(sql: string, ...values: SQLInputValue[]): Record<string, unknown>[] {
    try {
      return this.#database.use((database) => prepared(database, sql).all(...values));
    } catch (error) {
      this.#onTrouble(`State cannot be read: ${(error as Error).message}`);
      return [];
    }
  }

  /** Returns the new row's id; 0 where nothing could be written. */
  write(sql: string, ...values: SQLInputValue[]): number {
    try {
      const { lastInsertRowid } = this.#database.use((database) =>
        prepared(database, sql).run(...values),
      );
      this.#isFailing = false;
      return Number(lastInsertRowid);
    } catch (error) {
      // The first of a row of failures says it all.
      if (!this.#isFailing) {
        this.#onTrouble(`State cannot be saved: ${(error as Error).message}`);
      }
      this.#isFailing = true;
      return 0;
    }
  }

  close(): void {
    this.#database.close();
  }
}

/** By database and text: one that is made anew each time keeps its memory until Node cleans up, much later. */
const statements = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

function prepared(database: DatabaseSync, sql: string): StatementSync {
  const known = statements.get(database) ?? new Map<string, StatementSync>();
  statements.set(database, known);
  const statement = known.get(sql) ?? database.prepare(sql);
  known.set(sql, statement);
  return statement;
}
