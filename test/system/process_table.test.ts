import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { runCommand } from '../../src/system/command.ts';
import { statOf } from '../../src/system/proc.ts';
import { processTable } from '../../src/system/process_table.ts';
import { exitOf } from '../support/child.ts';
import { own } from '../support/reaper.ts';
import { waitFor } from '../support/wait.ts';
import { type Workspace, workspace } from '../support/workspace.ts';

let space: Workspace;
const running: (() => Promise<unknown>)[] = [];
before(async () => {
  space = await workspace();
  mkdirSync(space.path('bin'));
});
after(async () => {
  await Promise.all(running.map((end) => end()));
  await space.remove();
});

const nameOf = (pid: number) => processTable().find((process) => process.pid === pid)?.name;

/** Starts a program and waits until it has taken the place of what started it. */
async function start(file: string, args: string[], argv0 = file): Promise<number> {
  const child = spawn(file, args, { stdio: 'ignore', argv0 });
  const disown = own(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  running.push(() => {
    child.kill('SIGKILL');
    disown();
    return exitOf(child, 5000);
  });
  return child.pid as number;
}

function program(name: string): string {
  const file = space.path('bin', name);
  copyFileSync('/bin/sleep', file);
  return file;
}

describe('the name of a process', () => {
  for (const name of [
    'a',
    'fourteen-chars',
    'fifteen-chars-x',
    'sixteen-chars-xy',
    'twenty-five-characters-xy',
    `${'x'.repeat(99)}y`,
    'a (name) with',
    ') S 1 1 (x',
    'with a space in a long name',
    'ünïcode',
  ]) {
    test(`is ${name.length > 30 ? `all ${name.length} characters` : name}`, async () => {
      const pid = await start(program(name), ['600']);
      assert.equal(nameOf(pid), name);
    });
  }

  test('is the program’s own where it calls itself otherwise', async () => {
    const file = program('a-program-of-25-characters');
    assert.equal(nameOf(await start(file, ['600'], 'another')), 'a-program-of-25-characters');
  });

  test('is the whole one still after the program’s file was replaced', async () => {
    const file = program('upgraded-program-of-today');
    const pid = await start(file, ['600'], 'another');
    rmSync(file);
    assert.equal(nameOf(pid), 'upgraded-program-of-today');
  });

  for (const [what, first] of [
    ['', '#!/bin/sh'],
    [' whose interpreter takes an option', '#!/bin/sh -e'],
    [' that env looks its interpreter up for', '#!/usr/bin/env -S sh -e'],
  ]) {
    test(`of a script${what} is the script’s`, async () => {
      const name = `script-of-many-characters-${running.length}`;
      const mark = space.path(`${name}.mark`);
      const file = space.script(name, `${first}\necho > ${mark}\nsleep 600\n:\n`);
      const pid = await start(file, []);
      if (first?.includes('env')) {
        await waitFor('the interpreter', () => statOf(pid)?.command === 'sh');
        assert.equal(nameOf(pid), 'sh', 'as the kernel has it, and pgrep too');
      } else {
        assert.equal(nameOf(pid), name);
      }
    });
  }
});

describe('the process table', () => {
  test('knows parent and start time of a process', async () => {
    const pid = await start(program('sleeper'), ['600']);
    const found = processTable().find((process) => process.pid === pid);
    assert.equal(found?.parent, process.pid);
    assert.equal(found?.startTime, statOf(pid)?.startTime);
  });

  test('has no zombie', async () => {
    // The shell becomes a program that never takes its ended child away.
    const pid = await start('/bin/sh', ['-c', 'sleep 0 & exec sleep 600']);
    const zombie = await waitFor('a zombie', () =>
      [...Array(50).keys()]
        .map((n) => statOf(pid + n))
        .find((s) => s?.parent === pid && s.isZombie),
    );
    assert.equal(nameOf(zombie?.pid ?? 0), undefined);
  });

  test('has neither PID 1, nor this service, nor a kernel thread', () => {
    const pids = processTable().map(({ pid }) => pid);
    assert.ok(pids.length > 0);
    assert.ok(!pids.includes(1) && !pids.includes(process.pid) && !pids.includes(2));
  });

  test('has no command that this service runs, nor what that started', async () => {
    let group = 0;
    const abort = new AbortController();
    const command = runCommand('sleep 60 & sleep 60; :', {
      timeoutMs: 60_000,
      leftovers: 'end',
      signal: abort.signal,
      onStart: (started) => {
        group = started;
      },
    });
    const members = () => processTable().filter(({ pid }) => statOf(pid)?.group === group);
    await waitFor('the shell', () => statOf(group)?.command === 'sh');
    assert.deepEqual(members(), []);
    abort.abort();
    await command;
  });
});
