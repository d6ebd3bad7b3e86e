import type { DatabaseSettings } from '../configuration/keys.ts';
import type { InspectedStore } from './inspected_store.ts';
import type { Processes } from './processes.ts';
import type { OnStatement } from './statement.ts';

export interface StoreOptions {
  readonly onStatement?: OnStatement;
  /** Nothing is to be written: an embedded database is not made either. */
  readonly isReadOnly?: boolean;
}

/** The store that the configuration names. Connects when it is first asked for something. */
export async function openStore(
  settings: DatabaseSettings,
  { onStatement, isReadOnly = false }: StoreOptions = {},
): Promise<InspectedStore> {
  // Loaded only when needed: the MySQL client is the larger part of the start-up.
  if (settings.driver === 'sqlite') {
    const { SqliteStore } = await import('./sqlite_store.ts');
    return new SqliteStore(settings, onStatement, isReadOnly);
  }
  const { MysqlStore } = await import('./mysql_store.ts');
  silenceClient();
  return new MysqlStore(settings, onStatement);
}

/** The processes in the same database, for the commands of an operator. */
export async function openProcesses(settings: DatabaseSettings): Promise<Processes> {
  if (settings.driver === 'sqlite') {
    const { SqliteProcesses } = await import('./sqlite_processes.ts');
    return new SqliteProcesses(settings);
  }
  const { MysqlProcesses } = await import('./mysql_processes.ts');
  silenceClient();
  return new MysqlProcesses(settings);
}

/**
 * The MySQL client prints traces of what it can't make out in a server's answers. What matters of it comes as
 * an error too, and is told by the log; a server that sends garbage must not fill the journal beside it.
 */
function silenceClient(): void {
  for (const method of ['warn', 'error', 'trace', 'log'] as const) {
    console[method] = () => {};
  }
}
