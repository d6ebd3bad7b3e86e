import { readFileSync } from 'node:fs';
import {
  type Connection,
  type ConnectionOptions,
  createConnection,
  type RowDataPacket,
  type SslOptions,
} from 'mysql2/promise';
import type { DatabaseAddress } from './address.ts';
import { within } from './wait.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** For a server that may not be there at all. */
const PATIENCE_MS = 2_000;

/** A connection of one's own, for what needs two sessions at once, such as a row lock. */
export function connect(
  address: DatabaseAddress,
  options: ConnectionOptions = {},
): Promise<Connection> {
  const { host, port, user, password, socket, ssl_mode, ssl_ca } = address;
  return createConnection({
    ...(socket ? { socketPath: socket } : { host, port }),
    ...tls(ssl_mode, ssl_ca),
    user,
    password,
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...options,
  });
}

/** The version of the server at an address; throws when it does not answer. */
export async function serverVersion(address: DatabaseAddress): Promise<string> {
  const connection = await connect(address, { connectTimeout: PATIENCE_MS });
  try {
    const answer = connection.query<RowDataPacket[]>('SELECT VERSION() AS version');
    const [rows] = await within('the version of the server', PATIENCE_MS, answer);
    return rows[0]?.version;
  } finally {
    connection.destroy();
  }
}

/** As the `mysql` client means the modes; "preferred" is left out, as tests need no secrecy. */
function tls(mode = 'preferred', ca?: string): { ssl?: SslOptions } {
  if (mode === 'preferred' || mode === 'disabled') {
    return {};
  }
  const ssl = {
    rejectUnauthorized: mode !== 'required',
    verifyIdentity: mode === 'verify_identity',
  };
  return { ssl: ca ? { ...ssl, ca: readFileSync(ca, 'utf8') } : ssl };
}
