import type { DatabaseSettings } from '../configuration/keys.ts';

/** Where the server is reached. */
export type Address =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** In directories that root or the server owns: in /tmp anybody could wait for the password. */
const USUAL_SOCKETS = [
  '/var/lib/mysql/mysql.sock',
  '/run/mysqld/mysqld.sock',
  '/var/run/mysqld/mysqld.sock',
];
const DEFAULT_PORT = 3306;

/** As the `mysql` client understands it: `localhost` with neither port nor socket is the usual socket, where there is one. */
export function addressOf(settings: DatabaseSettings, exists: (path: string) => boolean): Address {
  const { host, port, socket } = settings;
  if (socket) {
    return { kind: 'socket', path: socket };
  }
  if (host === 'localhost' && port === undefined) {
    const path = USUAL_SOCKETS.find(exists);
    if (path !== undefined) {
      return { kind: 'socket', path };
    }
  }
  return { kind: 'tcp', host, port: port ?? DEFAULT_PORT };
}

export function describeAddress(address: Address): string {
  return address.kind === 'socket' ? address.path : `${address.host}:${address.port}`;
}
