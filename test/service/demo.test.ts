import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, constants, copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { read } from '../house/page.ts';
import { binary } from '../support/binary.ts';
import { collect, exitOf } from '../support/child.ts';
import { own } from '../support/reaper.ts';
import { waitFor } from '../support/wait.ts';
import { type Workspace, workspace } from '../support/workspace.ts';
import { processesWith } from './left_overs.ts';

const LIMIT_MS = 20_000;
const LAST_LINE = 'To set it up for real: README.md, "Install".\n';
/** The lines of the demonstration that README.md shows. */
const README_LINES = plain(
  /^Two small programs run: .*?(?=^```)/ms.exec(read('README.md'))?.[0] ?? '',
).filter((line) => line !== '    ...');

let space: Workspace;
let program: string;

before(async () => {
  space = await workspace();
  // Somewhere that every user can reach.
  program = space.path('program');
  copyFileSync(binary, program, constants.COPYFILE_FICLONE);
  chmodSync(program, 0o755);
  chmodSync(space.path(), 0o755);
});

after(() => space.remove());

test('the demonstration heals one program and gives one up, in under 20 seconds', async () => {
  const demo = start('demo');
  assert.deepEqual(await exitOf(demo.child, LIMIT_MS), { code: 0, signal: null });
  const shown = demo.shown();
  const [, web] = /INFO - Alarm cleared for (demo-web-\d+) \(ID: 1\)/.exec(shown) ?? [];
  const [, mail] = /WARNING - Circuit breaker opened for (demo-mail-\d+) after 3/.exec(shown) ?? [];
  const steps = [
    'Starting Process Monitor Service',
    `Found process in alarm: ${web} (ID: 1)`,
    `Successfully restarted and verified process: ${web}`,
    `Alarm cleared for ${web} (ID: 1)`,
    `Found process in alarm: ${mail} (ID: 2)`,
    `Process restart command succeeded but health check failed for: ${mail}`,
    `Circuit breaker opened for ${mail} after 3 failures`,
    `Circuit breaker open for ${mail}, skipping restart`,
    'Stopping Process Monitor Service',
    'What was seen:',
  ];
  const places = steps.map((step) => shown.indexOf(step));
  assert.ok(!places.includes(-1), shown);
  assert.deepEqual(
    [...places].sort((a, b) => a - b),
    places,
    shown,
  );
  assert.ok(README_LINES.length > 10);
  assert.deepEqual(inOrder(README_LINES, plain(shown)), README_LINES, shown);
  assert.ok(shown.endsWith(LAST_LINE), shown);
  assert.equal(demo.complaints(), '');
  await nothingIsLeftOf(demo);
});

test('the demonstration works for an ordinary user without a HOME', async () => {
  const demo = start('demo-nobody', [
    'setpriv',
    '--reuid=65534',
    '--regid=65534',
    '--clear-groups',
  ]);
  assert.deepEqual(
    await exitOf(demo.child, LIMIT_MS),
    { code: 0, signal: null },
    demo.complaints(),
  );
  assert.ok(demo.shown().endsWith(LAST_LINE), demo.shown());
  await nothingIsLeftOf(demo);
});

test('the demonstration works for a user whom the host has no name for', async () => {
  const demo = start('demo-nameless', [
    'setpriv',
    '--reuid=54321',
    '--regid=54321',
    '--clear-groups',
  ]);
  const exit = await exitOf(demo.child, LIMIT_MS);
  assert.deepEqual(exit, { code: 0, signal: null }, demo.complaints());
  await nothingIsLeftOf(demo);
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`a demonstration that is ended with ${signal} cleans up all the same`, async () => {
    const demo = start(`demo-${signal}`);
    await waitFor('the programs to run', () =>
      demo.shown().includes('is killed, and its alarm raised'),
    );
    demo.child.kill(signal);
    await exitOf(demo.child, LIMIT_MS);
    await nothingIsLeftOf(demo);
  });
}

test('a demonstration whose reader goes away cleans up all the same', async () => {
  const demo = start('demo-reader');
  await waitFor('the programs to run', () =>
    demo.shown().includes('is killed, and its alarm raised'),
  );
  demo.child.stdout?.destroy();
  await exitOf(demo.child, LIMIT_MS);
  await nothingIsLeftOf(demo);
});

interface Demo {
  child: ChildProcess;
  folder: string;
  shown: () => string;
  complaints: () => string;
}

/** Runs `demo` with a folder of its own for temporary files, standard output a pipe, and no HOME. */
function start(name: string, as: string[] = []): Demo {
  const folder = space.path(name);
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  const [file = '', ...args] = [...as, program, 'demo'];
  const child = spawn(file, args, {
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const disown = own(() => child.kill('SIGKILL'));
  child.once('exit', disown);
  return { child, folder, shown: collect(child.stdout), complaints: collect(child.stderr) };
}

async function nothingIsLeftOf({ folder }: Demo): Promise<void> {
  const left = () => processesWith(folder);
  try {
    await waitFor('every process of the demonstration to end', () => left().length === 0, 3_000);
    assert.deepEqual(readdirSync(folder), []);
  } finally {
    for (const pid of left()) {
      process.kill(pid, 'SIGKILL');
    }
  }
}

/** The lines of a text, without what is another one each time. */
function plain(text: string): string[] {
  return text
    .replaceAll(/(?<=demo-(web|mail)-)\d+/g, 'N')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME')
    .replaceAll(/\(\d+ seconds left\)/g, '(N seconds left)')
    .trim()
    .split('\n');
}

/** Those of the lines that come behind each other in a text. */
function inOrder(lines: readonly string[], text: readonly string[]): string[] {
  let place = 0;
  return lines.filter((line) => {
    const found = text.indexOf(line, place);
    place = found < 0 ? place : found + 1;
    return found >= 0;
  });
}
