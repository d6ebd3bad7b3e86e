/** Where a database server is, in the words of the service's `[database]` section. */
export interface DatabaseAddress {
  host: string;
  port: number;
  user: string;
  password: string;
  /** With it the connection goes through this Unix socket, whatever host and port say. */
  socket?: string;
  ssl_mode?: string;
  ssl_ca?: string;
}

const VARIABLE = 'MONITOR_TEST_DATABASE';
const OPTIONAL = ['socket', 'ssl_mode', 'ssl_ca'] as const;

/** The server that all tests share: the runner's own, or the one its caller pointed it at. */
export function sharedServer(): DatabaseAddress {
  const address = givenServer();
  if (address === undefined) {
    throw new Error(`${VARIABLE} is not set: run the tests with npm test`);
  }
  return address;
}

/** The server named in the environment, if any. */
export function givenServer(): DatabaseAddress | undefined {
  const url = process.env[VARIABLE];
  return url ? parseAddress(url) : undefined;
}

/** Makes a server the one that the tests share. */
export function shareServer(address: DatabaseAddress): void {
  process.env[VARIABLE] = formatAddress(address);
}

/** Reads `mysql://user:password@host:port/?socket=/path&ssl_mode=required&ssl_ca=/file`. */
export function parseAddress(text: string): DatabaseAddress {
  const url = new URL(text);
  const address: DatabaseAddress = {
    host: url.hostname.replace(/^\[|\]$/g, '') || 'localhost',
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username) || 'root',
    password: decodeURIComponent(url.password),
  };
  for (const key of OPTIONAL) {
    const value = url.searchParams.get(key);
    if (value !== null) {
      address[key] = value;
    }
  }
  return address;
}

function formatAddress(address: DatabaseAddress): string {
  const { host, port, user, password } = address;
  const url = new URL(`mysql://${host.includes(':') ? `[${host}]` : host}:${port}/`);
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password);
  for (const key of OPTIONAL) {
    if (address[key] !== undefined) {
      url.searchParams.set(key, address[key]);
    }
  }
  return url.href;
}

/** The `[database]` section, header included, which points the service at a database. */
export function databaseSection(address: DatabaseAddress, database: string): string {
  const keys = ['host', 'port', 'user', 'password', ...OPTIONAL] as const;
  const lines = keys
    .filter((key) => address[key] !== undefined)
    .map((key) => `${key} = ${address[key]}`);
  return ['[database]', ...lines, `database = ${database}`, ''].join('\n');
}
