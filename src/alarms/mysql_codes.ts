/** An error of the server or of the client, as mysql2 gives it. */
export interface DatabaseError extends Error {
  /** Of an answer of the server by MySQL's names, whatever the server is. */
  readonly code?: string;
  readonly errno?: number;
  /** Only of an answer of the server. */
  readonly sqlState?: string;
  readonly fatal?: boolean;
}

/**
 * MariaDB numbers its errors as MySQL up to here, and from 3000 to 3060: beyond, the same number is another error. From
 * 1900 to 1999 MySQL has none. (extra/mariadb: sql/share/errmsg-utf8.txt)
 */
const SHARED = [
  [0, 1899],
  [2000, 3060],
] as const;

/** Those of MariaDB's own that may meet the service. Of all others the number is told. */
const MARIADB: Readonly<Record<number, string>> = {
  1927: 'ER_CONNECTION_KILLED',
  1932: 'ER_NO_SUCH_TABLE_IN_ENGINE',
  1950: 'ER_GTID_STRICT_OUT_OF_ORDER',
  1964: 'ER_PRIOR_COMMIT_FAILED',
  1969: 'ER_STATEMENT_TIMEOUT',
  1977: 'ER_CANNOT_CONVERT_CHARACTER',
  4025: 'ER_CONSTRAINT_FAILED',
  4139: 'ER_INDEX_FILE_FULL',
  4150: 'ER_USER_IS_BLOCKED',
  4151: 'ER_ACCOUNT_HAS_BEEN_LOCKED',
  4165: 'ER_GALERA_REPLICATION_NOT_SUPPORTED',
};

/** The name of an error by the server that it came from: `ER_…`, of the network `ECONNREFUSED`, else `error N` or nothing. */
export function codeOf({ code, errno, sqlState }: DatabaseError, isMariaDb: boolean): string {
  if (sqlState === undefined || errno === undefined) {
    return code ?? '';
  }
  const isShared = SHARED.some(([first, last]) => errno >= first && errno <= last);
  const name = isMariaDb && !isShared ? MARIADB[errno] : code;
  return name ?? `error ${errno}`;
}
