import type { Problem } from '../configuration/problem.ts';
import { StoreError } from '../monitor/alarm_store.ts';
import type { MysqlConnection } from './mysql_connection.ts';
import { ConnectionLost } from './mysql_errors.ts';

/** Statements that change and return nothing, but need what the service needs. */
const NEEDS = [
  'SELECT process_id, alarma, sound, notes FROM STATUS_PROCESS WHERE 1 = 0',
  'SELECT process_id, process_name FROM PROCESE WHERE 1 = 0',
  'UPDATE STATUS_PROCESS SET alarma = 0, notes = notes WHERE 1 = 0',
];

const INDEXES = `
  SELECT 1 FROM information_schema.STATISTICS
   WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'STATUS_PROCESS'
     AND COLUMN_NAME = 'alarma' AND SEQ_IN_INDEX = 1`;

const SERVER = 'SELECT VERSION() AS version, DATABASE() AS name, CURRENT_USER() AS user';

/** `MariaDB 10.11.6 at db:3306, database v_process_monitor, as monitor_service@%`. */
export async function describeServer(connection: MysqlConnection): Promise<string> {
  const [row = {}] = await connection.rows(SERVER);
  const version = String(row.version);
  const product = connection.isMariaDb ? 'MariaDB' : 'MySQL';
  const [number] = version.split('-');
  const { where, isEncrypted } = connection;
  const how = isEncrypted ? ', encrypted' : '';
  return `${product} ${number} at ${where}${how}, database ${row.name}, as ${row.user}`;
}

/** What the service would miss in this database. Without the index it works, slowly. */
export async function inspectDatabase(connection: MysqlConnection): Promise<Problem[]> {
  const refused = new Set<string>();
  for (const statement of NEEDS) {
    try {
      await connection.run(statement);
    } catch (error) {
      if (error instanceof ConnectionLost || !(error instanceof StoreError)) {
        throw error;
      }
      refused.add(error.message); // a missing table is told once, however many statements need it
    }
  }
  if (refused.size > 0) {
    return [...refused].map((message) => ({ severity: 'error', message }));
  }
  if ((await connection.rows(INDEXES)).length === 0) {
    const message = 'STATUS_PROCESS has no index that begins with alarma; run setup.sql';
    return [{ severity: 'warning', message }];
  }
  return [];
}
