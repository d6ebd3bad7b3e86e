import { readFileSync } from 'node:fs';
import type { SslOptions } from 'mysql2';
import type { DatabaseSettings } from '../configuration/keys.ts';
import { StoreError } from '../monitor/alarm_store.ts';
import type { Address } from './mysql_address.ts';

/** How a connection is encrypted; undefined: not at all. As the `mysql` client, none on a socket unless required. */
export function tlsOf(settings: DatabaseSettings, address: Address): SslOptions | undefined {
  const { ssl_mode, ssl_ca, ssl_cert, ssl_key } = settings;
  if (ssl_mode === 'disabled' || (ssl_mode === 'preferred' && address.kind === 'socket')) {
    return undefined;
  }
  return {
    rejectUnauthorized: ssl_mode === 'verify_ca' || ssl_mode === 'verify_identity',
    verifyIdentity: ssl_mode === 'verify_identity',
    ...(ssl_ca && { ca: read('ssl_ca', ssl_ca) }),
    ...(ssl_cert && { cert: read('ssl_cert', ssl_cert) }),
    ...(ssl_key && { key: read('ssl_key', ssl_key) }),
  };
}

function read(key: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StoreError(`${key} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
