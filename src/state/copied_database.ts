import { DatabaseSync } from 'node:sqlite';
import { type Database, insert, rowsOf } from './kept_database.ts';
import { stateFile } from './open_database.ts';
import { openToRead } from './open_to_read.ts';
import { SCHEMA, TABLES } from './schema.ts';

/**
 * What state.db has, in memory, for a service that may change nothing. Where it can't be read nothing is in it, as in the
 * one that a service would begin anew. Without the attempts: those that run are another service's.
 */
export function copiedDatabase(directory: string): Database {
  const copy = new DatabaseSync(':memory:');
  copy.exec(SCHEMA);
  try {
    const original = openToRead(stateFile(directory));
    for (const table of TABLES.filter((name) => name !== 'attempt')) {
      insert(copy, table, rowsOf(original, table));
    }
    original.close();
  } catch {
    // There is none, or it is none.
  }
  return { use: (work) => work(copy), close: () => copy.close() };
}
