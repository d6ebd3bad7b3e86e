import type { TLSSocket } from 'node:tls';
import { type Connection, type ConnectionOptions, createConnection, type SslOptions } from 'mysql2';
import type { DatabaseSettings } from '../configuration/keys.ts';
import { counted } from '../system/counted.ts';
import { socketOf, withLimits } from './limits.ts';
import { type Address, describeAddress } from './mysql_address.ts';
import type { Server } from './mysql_advice.ts';
import { explain } from './mysql_errors.ts';
import { tlsOf } from './mysql_tls.ts';

/** Until the login is done a server has little to say. */
const MAX_GREETING_BYTES = 1024 * 1024;

/** A firewall forgets a connection on which nothing is said, and check_interval may be a day. */
const KEEP_ALIVE_MS = 60_000;

/** Enough for all there are. The client sets room aside for them on every connection, by default for 16,000. */
const MAX_STATEMENTS = 32;

/** With ssl_mode preferred, a server without TLS is connected to without. Errors are StoreErrors. */
export async function connect(
  settings: DatabaseSettings,
  address: Address,
  stopping?: AbortSignal,
): Promise<Connection> {
  const tls = tlsOf(settings, address);
  try {
    return await connectOnce(settings, address, tls, stopping);
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    const hasNoTls = cause?.code === 'HANDSHAKE_NO_SSL_SUPPORT';
    if (settings.ssl_mode === 'preferred' && hasNoTls) {
      return await connectOnce(settings, address, undefined, stopping);
    }
    throw error;
  }
}

async function connectOnce(
  settings: DatabaseSettings,
  address: Address,
  tls: SslOptions | undefined,
  stopping?: AbortSignal,
): Promise<Connection> {
  const connection = createConnection(optionsFor(settings, address, tls));
  connection.on('error', () => {}); // told to the one who waits for it, and once more here
  const where = describeAddress(address);
  const limit = settings.connect_timeout;
  try {
    const late = `no connection within ${counted(limit, 'second')} (connect_timeout)`;
    await withLimits(
      connection,
      { where, limitMs: limit * 1000, late, maxBytes: MAX_GREETING_BYTES, stopping },
      (done) => connection.connect((error) => done(error, undefined)),
    );
    return connection;
  } catch (error) {
    const server = serverOf(connection);
    cutOff(connection);
    throw explain(error, where, settings, server);
  }
}

/** Who answers on a connection; undefined where nobody has greeted yet. */
export function serverOf(connection: Connection): Server | undefined {
  const { _isMariaDB: isMariaDb, serverCapabilityFlags } = connection as unknown as {
    _isMariaDB: boolean;
    /** 0: not yet. */
    serverCapabilityFlags: number;
  };
  return serverCapabilityFlags === 0
    ? undefined
    : { isMariaDb, isEncrypted: (socketOf(connection) as Partial<TLSSocket>).encrypted === true };
}

/** The client's own destroy() says goodbye first, and a server that hangs would keep the socket open for ever. */
export function cutOff(connection: Connection): void {
  connection.destroy();
  socketOf(connection).destroy();
}

function optionsFor(
  settings: DatabaseSettings,
  address: Address,
  tls: SslOptions | undefined,
): ConnectionOptions {
  const { user, password, database } = settings;
  const place =
    address.kind === 'socket'
      ? { socketPath: address.path }
      : { host: address.host, port: address.port };
  return {
    ...place,
    user,
    password,
    database,
    charset: 'utf8mb4',
    connectTimeout: 0, // the deadline around it is ours
    keepAliveInitialDelay: KEEP_ALIVE_MS,
    maxPreparedStatements: MAX_STATEMENTS,
    disableEval: true, // no code is made from what a server sends
    flags: ['-LOCAL_FILES'], // no server may ask for files of this host
    ...(tls && { ssl: tls }),
  };
}
