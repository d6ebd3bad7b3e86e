import type { DatabaseSettings } from '../configuration/keys.ts';
import type { InspectedStore } from './inspected_store.ts';

/** The store that the configuration names. Connects when it is first asked for something. */
export async function openStore(settings: DatabaseSettings): Promise<InspectedStore> {
  // Loaded only when needed: the MySQL client is the larger part of the start-up.
  if (settings.driver === 'sqlite') {
    const { SqliteStore } = await import('./sqlite_store.ts');
    return new SqliteStore(settings);
  }
  const { MysqlStore } = await import('./mysql_store.ts');
  return new MysqlStore(settings);
}
