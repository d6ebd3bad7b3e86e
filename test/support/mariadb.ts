import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { runTool } from './child.ts';
import { DATA_SETTINGS } from './mariadb_settings.ts';
import { own } from './reaper.ts';

const SERVER = 'mariadbd';
/** RHEL keeps the server in /usr/libexec, and a user's PATH often has no sbin. */
const MORE_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/libexec'];
const INSTALL_TIMEOUT_MS = 10 * 60_000;
/** Where a process tells those that it starts of the data directory they can copy. */
const TEMPLATE = 'MONITOR_TEST_MARIADB_TEMPLATE';
const POLICY = '/usr/sbin/policy-rc.d';

/** Installs MariaDB where it is missing; never starts the system's own server. */
export async function installMariadb(signal?: AbortSignal): Promise<void> {
  if (find(SERVER) !== undefined) {
    return;
  }
  const installer = find('apt-get') ?? find('dnf');
  if (process.getuid?.() !== 0 || installer === undefined) {
    throw new Error(`${SERVER} not found: install the package mariadb-server, or run as root`);
  }
  const install = (...args: string[]) =>
    runTool(installer, args, {
      timeoutMs: INSTALL_TIMEOUT_MS,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      ...(signal && { signal }),
    });
  if (installer.endsWith('dnf')) {
    await install('install', '-y', 'mariadb-server');
    return;
  }
  await install('update');
  await withoutStartingServices(() =>
    install('install', '-y', '-o', 'DPkg::Lock::Timeout=300', 'mariadb-server'),
  );
}

/** The path of the server. */
export function mariadbd(): string {
  const path = find(SERVER);
  if (path === undefined) {
    throw new Error(`${SERVER} not found: install the package mariadb-server`);
  }
  return path;
}

let template: Promise<string> | undefined;

/** An initialised data directory, made once for all the servers of a run, each of which copies it. */
export function dataTemplate(): Promise<string> {
  template ??= makeTemplate();
  return template;
}

async function makeTemplate(): Promise<string> {
  const given = process.env[TEMPLATE];
  if (given) {
    return given;
  }
  const directory = await mkdtemp(join(tmpdir(), 'monitor-test-template-'));
  own(() => rmSync(directory, { recursive: true, force: true }));
  await runTool('mariadb-install-db', [
    ...DATA_SETTINGS,
    '--auth-root-authentication-method=normal',
    '--skip-name-resolve',
    '--skip-test-db',
    `--datadir=${directory}`,
  ]);
  process.env[TEMPLATE] = directory;
  return directory;
}

function find(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...MORE_FOLDERS];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** Debian starts what it installs unless this script says no (101); one that exists has its say. */
async function withoutStartingServices(install: () => Promise<unknown>): Promise<void> {
  if (existsSync(POLICY)) {
    await install();
    return;
  }
  const remove = () => rmSync(POLICY, { force: true });
  const disown = own(remove);
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await install();
  } finally {
    remove();
    disown();
  }
}
