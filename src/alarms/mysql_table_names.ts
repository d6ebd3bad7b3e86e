import { StoreError } from '../monitor/alarm_store.ts';

/** The tables as they are called, in whatever case. */
export const NAMES_OF_TABLES = `
  SELECT TABLE_NAME AS name FROM information_schema.TABLES
   WHERE TABLE_SCHEMA = DATABASE() AND UPPER(TABLE_NAME) IN ('STATUS_PROCESS', 'PROCESE')`;

/**
 * A missing table may be there in another case: to most servers that is another table, and setup.sql would make an empty
 * one beside it.
 */
export async function missingTable(
  error: StoreError,
  where: string,
  askNames: () => Promise<unknown>,
): Promise<StoreError> {
  const rows = await askNames().catch(() => []);
  const names = Array.isArray(rows) ? rows.map(({ name }) => String(name)) : [];
  const others = names.filter((name) => name !== name.toUpperCase());
  if (others.length === 0) {
    return error;
  }
  const renames = others.map((name) => `${name} TO ${name.toUpperCase()}`);
  const isOne = others.length === 1;
  const found = `${isOne ? 'the table is' : 'the tables are'} called ${others.join(' and ')}`;
  const remedy = `upper and lower case differ here: RENAME TABLE ${renames.join(', ')}`;
  return new StoreError(`${where}: ${found}; ${remedy}`, { cause: error.cause });
}
