import type { DatabaseSettings } from '../configuration/keys.ts';

/** What is known of the server that an error came from. */
export interface Server {
  readonly isMariaDb: boolean;
  readonly isEncrypted: boolean;
}

const SETUP_DATABASE = 'v_process_monitor';
const CHECK_NETWORK = 'check host in [database] and the network';
const STOPPED = 'was the database server stopped?';
const TLS_KEYS = 'check the ssl_ keys in [database]';
const PASSWORD = 'check user and password in [database]';
const GRANT = 'the user lacks a privilege, see GRANT at the end of setup.sql';
const COMPARE = 'compare the tables with setup.sql';
const READ_ONLY = 'the database server is read-only';
const USER_LIMIT = "raise the user's limit of connections";
const FULL = 'is a disk of the database server full?';
const MEMORY = 'the database server is short of memory';
const UNLOCK = "unlock the user: ALTER USER 'USER'@'HOST' ACCOUNT UNLOCK";
const EXPIRED =
  "the password has expired: ALTER USER 'USER'@'HOST' IDENTIFIED BY 'NEW', then set password in [database]";
const STRICT = 'the sql_mode is strict: give that column a default';
const TOO_LONG = 'the server ends longer statements: max_statement_time, max_execution_time';
const CHANGED = 'another session changed the same row; the next try may do';

/** What to look at, by the code of the error. */
const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'is the database server running?',
  ENOENT: 'is the database server running, and is this its socket?',
  ENOTFOUND: 'check host in [database]',
  EAI_AGAIN: 'check host in [database] and name resolution',
  ETIMEDOUT: CHECK_NETWORK,
  EHOSTUNREACH: CHECK_NETWORK,
  ENETUNREACH: CHECK_NETWORK,
  ECONNRESET: STOPPED,
  EPIPE: STOPPED,
  PROTOCOL_CONNECTION_LOST: STOPPED,
  HANDSHAKE_NO_SSL_SUPPORT: 'check ssl_mode in [database]',
  HANDSHAKE_SSL_ERROR: TLS_KEYS,
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: `${PASSWORD}; a user of unix_socket or auth_socket logs in through the socket, as the system user of that name`,
  ER_DBACCESS_DENIED_ERROR:
    'check user and database in [database], and GRANT at the end of setup.sql',
  ER_TABLEACCESS_DENIED_ERROR: GRANT,
  ER_COLUMNACCESS_DENIED_ERROR: GRANT,
  ER_NO_SUCH_TABLE: 'run setup.sql',
  ER_NO_SUCH_TABLE_IN_ENGINE: 'the table is damaged: restore it',
  ER_CRASHED_ON_USAGE: 'the table is damaged: REPAIR TABLE',
  ER_CRASHED_ON_REPAIR: 'the table is damaged: restore it',
  ER_BAD_FIELD_ERROR: COMPARE,
  ER_BAD_NULL_ERROR: COMPARE,
  ER_DATA_TOO_LONG: COMPARE,
  ER_TRUNCATED_WRONG_VALUE_FOR_FIELD: COMPARE,
  ER_WARN_DATA_OUT_OF_RANGE: COMPARE,
  WARN_DATA_TRUNCATED: COMPARE,
  ER_CANT_AGGREGATE_2COLLATIONS: COMPARE,
  ER_CANT_AGGREGATE_3COLLATIONS: COMPARE,
  ER_CANT_AGGREGATE_NCOLLATIONS: COMPARE,
  ER_NO_DEFAULT_FOR_FIELD: STRICT,
  ER_NO_DEFAULT_FOR_VIEW_FIELD: STRICT,
  ER_DUP_ENTRY: 'another session added a row at the same time; try again',
  ER_OPTION_PREVENTS_STATEMENT: READ_ONLY,
  ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION: READ_ONLY,
  ER_READ_ONLY_MODE: READ_ONLY,
  ER_SERVER_OFFLINE_MODE: 'the database server is in offline mode',
  ER_UNKNOWN_COM_ERROR: 'a Galera node without quorum answers so; check wsrep_cluster_status',
  ER_GTID_UNSAFE_NON_TRANSACTIONAL_TABLE:
    'make the tables transactional: ALTER TABLE … ENGINE = InnoDB',
  ER_GALERA_REPLICATION_NOT_SUPPORTED:
    'make the tables transactional: ALTER TABLE … ENGINE = InnoDB',
  ER_GTID_STRICT_OUT_OF_ORDER: 'write to the primary of the replication: check host in [database]',
  ER_CON_COUNT_ERROR: 'raise max_connections of the server, or find who holds them',
  ER_TOO_MANY_USER_CONNECTIONS: USER_LIMIT,
  ER_USER_LIMIT_REACHED: USER_LIMIT,
  ER_HOST_IS_BLOCKED:
    'end the block on the server: FLUSH HOSTS, or TRUNCATE performance_schema.host_cache',
  ER_HOST_NOT_PRIVILEGED:
    "no user may log in from this host; see the host in CREATE USER 'USER'@'HOST'",
  ER_ACCOUNT_HAS_BEEN_LOCKED: UNLOCK,
  ER_USER_IS_BLOCKED: 'too many logins failed: FLUSH PRIVILEGES on the server',
  ER_USER_ACCESS_DENIED_FOR_USER_ACCOUNT_BLOCKED_BY_PASSWORD_LOCK: UNLOCK,
  ER_MUST_CHANGE_PASSWORD: EXPIRED,
  ER_MUST_CHANGE_PASSWORD_LOGIN: EXPIRED,
  ER_SECURE_TRANSPORT_REQUIRED: 'set ssl_mode = required in [database]',
  ER_LOCK_WAIT_TIMEOUT: 'another session holds a lock on the row or table',
  ER_LOCK_DEADLOCK: CHANGED,
  ER_CHECKREAD: CHANGED,
  ER_PRIOR_COMMIT_FAILED: CHANGED,
  ER_STATEMENT_TIMEOUT: TOO_LONG,
  ER_QUERY_TIMEOUT: TOO_LONG,
  ER_QUERY_INTERRUPTED: 'somebody ended the statement with KILL',
  ER_CONNECTION_KILLED: 'somebody ended the connection with KILL, or the server stopped',
  ER_SERVER_SHUTDOWN: STOPPED,
  ER_DISK_FULL: FULL,
  ER_RECORD_FILE_FULL: FULL,
  ER_INDEX_FILE_FULL: FULL,
  ER_ERROR_ON_WRITE: FULL,
  ER_BINLOG_LOGGING_IMPOSSIBLE: FULL,
  ER_OUTOFMEMORY: MEMORY,
  ER_OUT_OF_RESOURCES: MEMORY,
  ER_NET_PACKET_TOO_LARGE: 'raise max_allowed_packet of the server',
};

/** What an operator can do about an error; undefined: its own words have to do. */
export function adviceFor(
  code: string,
  message: string,
  settings: DatabaseSettings,
  server: Server | undefined,
): string | undefined {
  switch (code) {
    case 'ER_ACCESS_DENIED_ERROR':
      return PASSWORD + tlsHint(settings, server);
    case 'ER_BAD_DB_ERROR':
      return databaseAdvice(settings.database);
    case 'ER_TABLEACCESS_DENIED_ERROR':
      return message.startsWith('INSERT')
        ? 'the user lacks a privilege: alarm set --create needs INSERT on both tables, see the last GRANTs of setup.sql'
        : GRANT;
    case 'ER_NOT_SUPPORTED_AUTH_MODE':
    case 'ER_PLUGIN_IS_NOT_LOADED':
      return passwordAdvice(server);
    default:
      return Object.hasOwn(ADVICE, code) ? ADVICE[code] : undefined;
  }
}

/** The server tells a user with REQUIRE SSL or X509 nothing but that access is denied. */
function tlsHint({ ssl_mode, ssl_cert }: DatabaseSettings, server: Server | undefined): string {
  if (server && !server.isEncrypted && (ssl_mode === 'preferred' || ssl_mode === 'disabled')) {
    return '; a user with REQUIRE SSL needs ssl_mode = required';
  }
  return server?.isEncrypted && !ssl_cert
    ? '; a user with REQUIRE X509 needs ssl_cert and ssl_key'
    : '';
}

function databaseAdvice(database: string): string {
  const isDefault = database === SETUP_DATABASE;
  return `run setup.sql${isDefault ? '' : ', or check database in [database], upper and lower case too'}`;
}

/** How a user gets a password that the client can prove to know. */
export function passwordAdvice(server: Server | undefined): string {
  const how = server?.isMariaDb
    ? "VIA mysql_native_password USING PASSWORD('…')"
    : "WITH caching_sha2_password BY '…'";
  return `give the user a password: ALTER USER 'USER'@'HOST' IDENTIFIED ${how}`;
}
