/** The strategy `process` beside a supervisor: never two copies, and none missing. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { restartByProcess } from '../../src/restart/by_process.ts';
import { RecipeBook } from '../../src/restart/recipe_book.ts';
import { supervisorsOf } from '../../src/restart/supervisors.ts';
import { hostClock } from '../../src/system/clock.ts';
import type { Stat } from '../../src/system/proc.ts';
import { RecordingLog } from '../monitor/fakes.ts';
import { exitOf } from '../support/child.ts';
import { endAll, isAlive, processesNamed, uniqueName } from '../support/processes.ts';
import { own } from '../support/reaper.ts';
import { waitFor } from '../support/wait.ts';
import { type Workspace, workspace } from '../support/workspace.ts';
import { targetOf } from './stage.ts';

describe('who may start a process again', () => {
  const stat = (pid: number, parent: number, isZombie = false): Stat => ({
    ...{ pid, parent, isZombie, group: pid, session: pid, command: `c${pid}` },
    ...{ isKernelThread: false, startTime: `${pid}` },
  });
  const own = process.pid;
  for (const [what, stats, ended, expected] of [
    ['PID 1, never', [stat(1, 0)], [], []],
    ['its parent', [stat(1, 0), stat(50, 1)], [], [50]],
    ['whoever started that too', [stat(1, 0), stat(40, 1), stat(50, 40)], [], [50, 40]],
    ['nobody that ends with it', [stat(1, 0), stat(40, 1), stat(50, 40)], [50], [40]],
    ['no zombie', [stat(1, 0), stat(50, 1, true)], [], []],
    [
      'not this service, nor who started that',
      [stat(1, 0), stat(40, 1), stat(own, 40), stat(50, own)],
      [],
      [50],
    ],
    ['nobody of another namespace', [stat(50, 0)], [], [50]],
    ['nobody where its parent is gone', [stat(1, 0)], [], []],
  ] as const) {
    test(`is ${what}`, () => {
      const parent = stats.at(-1)?.pid === 1 ? 1 : 50;
      const found = supervisorsOf(
        { parent },
        new Map(stats.map((s) => [s.pid, s])),
        new Set(ended),
      );
      assert.deepEqual(
        found.map(({ pid }) => pid),
        expected,
      );
    });
  }
});

describe('the strategy process beside a supervisor', () => {
  let space: Workspace;
  const names: string[] = [];
  const supervisors: ChildProcess[] = [];
  before(async () => {
    space = await workspace();
    mkdirSync(space.path('bin'));
  });
  after(async () => {
    for (const supervisor of supervisors) {
      supervisor.kill('SIGKILL');
      await exitOf(supervisor, 5000);
    }
    await Promise.all(names.map(endAll));
    await space.remove();
  });

  /** A shell that runs `script`, in which `PROGRAM` is a program; waits until that runs `copies` times. */
  async function stage(script: string, keys: Record<string, unknown> = {}, copies = 1) {
    const name = uniqueName('kept-');
    names.push(name);
    const program = space.path('bin', name);
    copyFileSync('/bin/sleep', program);
    const text = script.replaceAll('PROGRAM', program).replaceAll('FLAG', `${program}.flag`);
    const supervisor = spawn('/bin/sh', ['-c', text], { detached: true, stdio: 'ignore' });
    supervisors.push(supervisor);
    supervisor.once(
      'exit',
      own(() => supervisor.kill('SIGKILL')),
    );
    await waitFor(`${copies} of ${name}`, () => processesNamed(name).length === copies);
    const log = new RecordingLog();
    const ending = new AbortController();
    const context = {
      ...{ clock: hostClock, ending: ending.signal },
      ...{ log, recipes: new RecipeBook() },
    };
    const target = targetOf(name, {
      restart_strategy: 'process',
      health_check_timeout: 2,
      ...keys,
    });
    return {
      ...{ name, program, log, supervisor },
      before: processesNamed(name),
      stop: () => ending.abort(),
      restart: () => restartByProcess(target, context),
      /** After all that anybody might still start. */
      async copies(): Promise<number[]> {
        await hostClock.sleep(700);
        return processesNamed(name);
      },
    };
  }

  for (const [what, script] of [
    ['a loop of a shell', 'while :; do PROGRAM 600; done'],
    ['a loop that pauses', 'while :; do PROGRAM 600; sleep 0.5; done'],
    ['a loop behind another shell', 'while :; do sh -c "PROGRAM 600; :"; sleep 0.3; done'],
    ['a loop that starts it with other arguments', 'PROGRAM 600; while :; do PROGRAM 601; done'],
  ] as const) {
    test(`leaves it to ${what}, and there is one copy`, async () => {
      const { restart, copies, before, log } = await stage(script);
      assert.equal(await restart(), undefined);
      const pids = await copies();
      assert.equal(pids.length, 1);
      assert.notDeepEqual(pids, before);
      assert.match(log.lines.join('\n'), /runs under sh \(PID \d+\): waiting up to 2 seconds/);
      assert.match(log.lines.join('\n'), /came back by itself/);
    });
  }

  test('leaves it to a loop though there is a start_command', async () => {
    const { restart, copies, program, before } = await stage(
      'while :; do PROGRAM 600; sleep 0.3; done',
      {
        start_command: 'exec sleep 600',
      },
    );
    assert.ok(program);
    assert.equal(await restart(), undefined);
    const pids = await copies();
    assert.equal(pids.length, 1);
    assert.notDeepEqual(pids, before);
  });

  test('leaves all copies of a supervisor of many to it', async () => {
    const loop = 'while :; do PROGRAM 600; sleep 0.1; done';
    const { restart, copies, before } = await stage(
      `(${loop}) & (${loop}) & (${loop}) & wait`,
      {},
      3,
    );
    assert.equal(await restart(), undefined);
    const pids = await copies();
    assert.equal(pids.length, 3);
    assert.ok(before.every((pid) => !pids.includes(pid)));
  });

  test('starts it where its parent lives and does not, after health_check_timeout', async () => {
    const { restart, copies, log, supervisor } = await stage('PROGRAM 600; sleep 60; :');
    const began = performance.now();
    assert.equal(await restart(), undefined);
    assert.ok(performance.now() - began >= 2000);
    assert.equal((await copies()).length, 1);
    assert.ok(isAlive(supervisor.pid as number));
    assert.match(log.lines.join('\n'), /did not come back by itself, starting it/);
  });

  test('starts it at once where its parent ends with it', async () => {
    const { restart, copies } = await stage('PROGRAM 600; :', { health_check_timeout: 60 });
    assert.equal(await restart(), undefined);
    assert.equal((await copies()).length, 1);
  });

  test('starts its copy that nobody supervises beside the one that somebody does', async () => {
    const { restart, copies, before } = await stage(
      '(setsid PROGRAM 601 &); while :; do PROGRAM 600; sleep 0.3; done',
      {},
      2,
    );
    assert.equal(await restart(), undefined);
    const pids = await copies();
    assert.equal(pids.length, 2);
    assert.ok(before.every((pid) => !pids.includes(pid)));
  });

  test('waits for a supervisor also at the next attempt, where the copy died at once', async () => {
    const { restart, copies, name, program, before } = await stage(
      'PROGRAM 600; PROGRAM 0.1; sleep 1; while :; do PROGRAM 602; done',
    );
    assert.equal(await restart(), undefined);
    await waitFor('the copy to die', () => processesNamed(name).length === 0);
    assert.equal(await restart(), undefined);
    const pids = await copies();
    assert.equal(pids.length, 1, program);
    assert.notDeepEqual(pids, before);
  });

  test('starts what is dead at once where its supervisor is gone', async () => {
    const { restart, copies, supervisor, name } = await stage('while :; do PROGRAM 600; done', {
      health_check_timeout: 60,
    });
    assert.equal(await restart(), undefined);
    supervisor.kill('SIGKILL');
    await exitOf(supervisor, 5000);
    for (const pid of processesNamed(name)) {
      process.kill(pid, 'SIGKILL');
    }
    await waitFor('it to end', () => processesNamed(name).length === 0);
    assert.equal(await restart(), undefined);
    assert.equal((await copies()).length, 1);
  });

  test('starts nothing where the service ends meanwhile, as the supervisor still may', async () => {
    const { restart, stop, copies } = await stage(
      'PROGRAM 600; sleep 1; while :; do PROGRAM 602; done',
      {
        health_check_timeout: 60,
      },
    );
    const restarted = restart();
    await hostClock.sleep(300);
    stop();
    assert.equal((await restarted)?.reason, 'interrupted');
    await waitFor('the supervisor', async () => (await copies()).length === 1);
  });
});
