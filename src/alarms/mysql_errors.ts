import type { DatabaseSettings } from '../configuration/keys.ts';
import { maskSecrets } from '../configuration/mask.ts';
import { StoreError } from '../monitor/alarm_store.ts';

interface DatabaseError extends Error {
  readonly code?: string;
  readonly fatal?: boolean;
}

/** The server's words, which may be any number of them. */
const MAX_LENGTH = 1000;

const RUN_SETUP = 'run setup.sql';

/** What to look at, by the code of the error. */
const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'is the database server running?',
  ENOENT: 'is the database server running, and is this its socket?',
  ENOTFOUND: 'check host in [database]',
  EAI_AGAIN: 'check host in [database] and name resolution',
  ETIMEDOUT: 'check host in [database] and the network',
  EHOSTUNREACH: 'check host in [database] and the network',
  ENETUNREACH: 'check host in [database] and the network',
  ECONNRESET: 'was the database server stopped?',
  EPIPE: 'was the database server stopped?',
  PROTOCOL_CONNECTION_LOST: 'was the database server stopped?',
  HANDSHAKE_NO_SSL_SUPPORT: 'check ssl_mode in [database]',
  HANDSHAKE_SSL_ERROR: 'check the ssl_ keys in [database]',
  ER_ACCESS_DENIED_ERROR: 'check user and password in [database]',
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: 'check user and password in [database]',
  ER_DBACCESS_DENIED_ERROR:
    'check user and database in [database], and GRANT at the end of setup.sql',
  ER_TABLEACCESS_DENIED_ERROR: 'the user lacks a privilege, see GRANT at the end of setup.sql',
  ER_COLUMNACCESS_DENIED_ERROR: 'the user lacks a privilege, see GRANT at the end of setup.sql',
  ER_BAD_DB_ERROR: RUN_SETUP,
  ER_NO_SUCH_TABLE: RUN_SETUP,
  ER_BAD_FIELD_ERROR: 'compare the tables with setup.sql',
  ER_OPTION_PREVENTS_STATEMENT: 'the database server is read-only',
  ER_CON_COUNT_ERROR: 'raise max_connections of the server, or find who holds them',
  ER_TOO_MANY_USER_CONNECTIONS: "raise the user's limit of connections",
  ER_USER_LIMIT_REACHED: "raise the user's limit of connections",
  ER_LOCK_WAIT_TIMEOUT: 'another session holds a lock on the row or table',
};

/** The connection broke, as opposed to a statement that the server refused. */
export class ConnectionLost extends StoreError {
  override name = 'ConnectionLost';
}

/** The server did not answer in time. */
export class NoAnswer extends ConnectionLost {
  override name = 'NoAnswer';
}

/** The error in words for an operator, in one line. Never holds the password. */
export function explain(error: unknown, where: string, settings: DatabaseSettings): StoreError {
  if (error instanceof StoreError) {
    return error;
  }
  const { code = '' } = error as DatabaseError;
  const message = (error as Error).message.slice(0, MAX_LENGTH);
  const advice = ADVICE[code];
  const name = code && !message.includes(code) ? ` (${code})` : '';
  const reason = `${where}: ${maskSecrets(message, settings.password)}${name}`;
  const Kind = isConnectionLost(error as DatabaseError) ? ConnectionLost : StoreError;
  return new Kind(advice === undefined ? reason : `${reason}; ${advice}`, { cause: error });
}

/** Of MySQL and of MariaDB: a CHECK that the new row would not pass, as a column of JSON has one in MariaDB. */
const AGAINST_A_CHECK: readonly unknown[] = [3819, 4025];

/** Did the server refuse what was to be written, by a rule of the table's? */
export function isAgainstCheck(error: unknown): boolean {
  const { cause } = error as StoreError;
  return AGAINST_A_CHECK.includes((cause as { errno?: number } | undefined)?.errno);
}

/** An answer of the server has a code of its own; all else came from the connection. */
function isConnectionLost({ code, fatal }: DatabaseError): boolean {
  return fatal === true || !code?.startsWith('ER_');
}
