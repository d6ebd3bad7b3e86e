/** The installer of what the tests themselves need; what it does as root is seen on a fresh machine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { find, install } from '../support/packages.ts';

test('nothing is installed where nothing is missing', async (t) => {
  withPath(t, '/bin');
  await install([{ program: 'sh', apt: 'no-such-package' }]);
  assert.equal(find('sh'), '/bin/sh');
});

test('what can’t be installed is named, and the packages that bring it', async (t) => {
  withPath(t, '/nonexistent');
  const needs = [
    { program: 'no-such-program', apt: 'some-package' },
    { program: 'nor-this-one', apt: 'another' },
  ];
  await assert.rejects(install(needs), {
    message:
      'not found: no-such-program, nor-this-one; install some-package, another, or run as root',
  });
});

function withPath(t: { after(undo: () => void): void }, path: string): void {
  const before = process.env.PATH;
  t.after(() => {
    process.env.PATH = before;
  });
  process.env.PATH = path;
}
