/** How long the server waits for what others have locked, and when the client gives up on a statement that may have to. */
export interface LockLimits {
  readonly waitSeconds: number;
  readonly writeSeconds: number;
}

/** InnoDB ends a wait up to two seconds late before MySQL 8.0.18 and MariaDB 10.6. One more for the answer. */
const LATE_SECONDS = 3;

/**
 * The server's own error has to come first: a client that gives up takes the server for gone, and with it fails all that waits.
 * The server knows no wait below a second, so that a small query_timeout is exceeded here.
 */
export function lockLimits(queryTimeout: number): LockLimits {
  const waitSeconds = Math.max(1, queryTimeout - LATE_SECONDS);
  return { waitSeconds, writeSeconds: Math.max(queryTimeout, waitSeconds + LATE_SECONDS) };
}
