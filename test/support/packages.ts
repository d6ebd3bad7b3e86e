import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runTool } from './child.ts';
import { own } from './reaper.ts';

/** A program that tests need, and the packages that bring it. */
export interface Need {
  program: string;
  apt: string;
  /** Without one it is not to be had from RedHat's own repositories. */
  dnf?: string;
}

export const MARIADB: Need = { program: 'mariadbd', apt: 'mariadb-server', dnf: 'mariadb-server' };

/** Makes certificates. */
export const OPENSSL: Need = { program: 'openssl', apt: 'openssl', dnf: 'openssl' };

/** What builds, checks and installs the package, and boots a host to install it on. */
export const HOST_TOOLS: Need[] = [
  { program: 'systemd', apt: 'systemd', dnf: 'systemd' },
  { program: 'dbus-daemon', apt: 'dbus', dnf: 'dbus-daemon' },
  { program: 'unshare', apt: 'util-linux', dnf: 'util-linux' },
  { program: 'pgrep', apt: 'procps', dnf: 'procps-ng' },
  { program: 'rpmbuild', apt: 'rpm', dnf: 'rpm-build' },
  { program: 'dnf', apt: 'dnf', dnf: 'dnf' },
  { program: 'createrepo_c', apt: 'createrepo-c', dnf: 'createrepo_c' },
  { program: 'rpmlint', apt: 'rpmlint' },
  { program: 'mandoc', apt: 'mandoc' },
  { program: 'mandb', apt: 'man-db', dnf: 'man-db' },
  { program: 'sudo', apt: 'sudo', dnf: 'sudo' },
];

/** Whom the bench measures the service against. RedHat's own repositories have neither. */
export const RIVALS: Need[] = [
  { program: 'monit', apt: 'monit' },
  { program: 'supervisord', apt: 'supervisor' },
];

/** RHEL keeps MariaDB in /usr/libexec, a user's PATH often has no sbin, and systemd is in nobody's. */
const MORE_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/libexec', '/usr/lib/systemd'];
const INSTALL_TIMEOUT_MS = 10 * 60_000;
const POLICY = '/usr/sbin/policy-rc.d';

/** Installs what is missing, and starts none of it. */
export async function install(needs: Need[], signal?: AbortSignal): Promise<void> {
  const missing = needs.filter(({ program }) => find(program) === undefined);
  const apt = find('apt-get');
  const dnf = apt ? undefined : find('dnf');
  const packages = missing.flatMap((need) => (dnf ? (need.dnf ?? []) : need.apt));
  if (packages.length === 0) {
    return;
  }
  const installer = apt ?? dnf;
  if (process.getuid?.() !== 0 || installer === undefined) {
    const programs = missing.map(({ program }) => program).join(', ');
    throw new Error(`not found: ${programs}; install ${packages.join(', ')}, or run as root`);
  }
  const run = (...args: string[]) =>
    runTool(installer, args, {
      timeoutMs: INSTALL_TIMEOUT_MS,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      ...(signal && { signal }),
    });
  if (dnf) {
    await run('install', '-y', ...packages);
    return;
  }
  await run('update');
  const options = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
  await withoutStartingServices(() => run('install', ...options, ...packages));
}

/** The path of a program, if there is one. */
export function find(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...MORE_FOLDERS];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** Debian starts what it installs unless this script says no (101); one that exists has its say. */
async function withoutStartingServices(action: () => Promise<unknown>): Promise<void> {
  if (existsSync(POLICY)) {
    await action();
    return;
  }
  const remove = () => rmSync(POLICY, { force: true });
  const disown = own(remove);
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await action();
  } finally {
    remove();
    disown();
  }
}
