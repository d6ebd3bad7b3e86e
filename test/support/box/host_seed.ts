import { realpathSync } from 'node:fs';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { binary } from '../binary.ts';
import { runTool } from '../child.ts';
import { dataTemplate, mariadbd } from '../mariadb.ts';
import { SERVER_SETTINGS } from '../mariadb_settings.ts';
import { sharedDirectory } from '../shared_directory.ts';

const UNITS = 'etc/systemd/system';
const RPM_DATABASE = '/var/lib/rpm';
export const DATABASE_SOCKET = '/var/lib/mysql/mysql.sock';

/** What a package for RedHat may require besides libraries, under the names that it has there. */
const PACKAGES = ['bash', 'coreutils', 'glibc', 'procps-ng', 'systemd', 'util-linux'];
const PROGRAMS = ['/bin/bash', '/bin/sh', '/usr/bin/bash', '/usr/bin/sh', '/usr/bin/systemctl'];

/**
 * Where a host differs from the machine that the tests run on: MariaDB is a unit with an empty database, as
 * RedHat has it, and rpm has a database that knows what is there. Made once per run.
 */
export const hostSeed = sharedDirectory('MONITOR_TEST_HOST_SEED', async (directory) => {
  const root = join(directory, 'root');
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  };
  await cp(await dataTemplate(), join(root, 'var/lib/mysql'), { recursive: true });
  await write(`${UNITS}/mariadb.service`, mariadbUnit());
  for (const alias of [
    'mysqld.service',
    'mysql.service',
    'multi-user.target.wants/mariadb.service',
  ]) {
    await mkdir(dirname(join(root, UNITS, alias)), { recursive: true });
    await symlink(`/${UNITS}/mariadb.service`, join(root, UNITS, alias));
  }
  await write('etc/systemd/system-preset/00-redhat.preset', 'disable *\n');
  await write('etc/rpm/macros.host', `%_dbpath ${RPM_DATABASE}\n`);
  await writeFile(join(directory, 'host.spec'), spec(await libraries()));
  const topdir = join(directory, 'rpmbuild');
  await runTool('rpmbuild', ['-bb', '-D', `_topdir ${topdir}`, join(directory, 'host.spec')]);
  const known = join(topdir, 'RPMS/noarch/the-host-1-1.noarch.rpm');
  await runTool('rpm', ['--dbpath', join(root, RPM_DATABASE), '-i', known]);
});

/** Its client looks for the socket where RedHat or where Debian has it. */
function mariadbUnit(): string {
  const settings = [...SERVER_SETTINGS, '--datadir=/var/lib/mysql', `--socket=${DATABASE_SOCKET}`];
  return `[Unit]
Description=MariaDB database server

[Service]
Type=notify
RuntimeDirectory=mysqld
ExecStart=${mariadbd()} ${settings.join(' ')}
ExecStartPost=ln -sfn ${DATABASE_SOCKET} /run/mysqld/mysqld.sock

[Install]
WantedBy=multi-user.target
Alias=mysqld.service mysql.service
`;
}

/** What rpm calls the libraries that the built binary is linked with here. */
async function libraries(): Promise<string[]> {
  const linked = (await runTool('ldd', [binary])).match(/(?<=\s)\/\S+/g) ?? [];
  // Of a symbolic link rpm says nothing.
  const files = linked.map((path) => realpathSync(path));
  const deps = (await runTool('rpm', ['--eval', '%{_rpmconfigdir}/rpmdeps'])).trim();
  const provided = (await runTool(deps, ['--provides', ...files])).trim().split('\n');
  return [...provided, 'rtld(GNU_HASH)'];
}

/** A package without files, which tells rpm what this machine has without rpm knowing. */
function spec(provided: string[]): string {
  return `Name: the-host
Version: 1
Release: 1
Summary: What this machine has without rpm knowing
License: MIT
BuildArch: noarch
${[...PACKAGES, ...PROGRAMS, ...provided].map((name) => `Provides: ${name}\n`).join('')}
%description
Without files.
%files
`;
}
