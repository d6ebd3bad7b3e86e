/** Whoever has the sources can check that a package was made of them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { binary } from '../support/binary.ts';
import { runTool } from '../support/child.ts';
import { builtRpm, cloneTo } from '../support/rpm.ts';
import { type Workspace, workspace } from '../support/workspace.ts';

/** A package takes most of a minute where nothing else runs. */
const timeout = 5 * 60_000;

let space: Workspace;
before(async () => {
  space = await workspace();
});
after(() => space.remove());

test('the same sources give the same package: elsewhere, later, for another user', {
  timeout,
}, async () => {
  const first = readFileSync(await builtRpm());
  const copy = cloneTo(space.path('a clone'));
  const build = 'umask 077 && exec "$0" rpm/build.mjs';
  const env = { PATH: process.env.PATH, HOME: space.path('home'), TZ: 'Asia/Tokyo', USER: 'other' };
  const said = await runTool('sh', ['-c', build, process.execPath], {
    cwd: copy,
    env,
    timeoutMs: timeout,
  });
  const theirBinary = readFileSync(join(copy, 'dist/monitor_service'));
  assert.ok(theirBinary.equals(readFileSync(binary)), 'the binaries differ');
  const [, name = ''] = /^built (\S+\.rpm) /m.exec(said) ?? [];
  const second = readFileSync(join(copy, name));
  assert.ok(second.equals(first), 'the packages differ');
});
