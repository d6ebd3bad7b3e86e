/** What `start_command` started as a program of another name, as an interpreter is one. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { restartByProcess } from '../../src/restart/by_process.ts';
import { lookAt } from '../../src/restart/health_check.ts';
import { RecipeBook } from '../../src/restart/recipe_book.ts';
import { hostClock } from '../../src/system/clock.ts';
import { RecordingLog } from '../monitor/fakes.ts';
import { endAll, isAlive, processesNamed, startVictim, uniqueName } from '../support/processes.ts';
import { waitFor } from '../support/wait.ts';
import { type Workspace, workspace } from '../support/workspace.ts';
import { targetOf } from './stage.ts';

describe('a process whose program has another name', () => {
  let space: Workspace;
  const programs: string[] = [];
  before(async () => {
    space = await workspace();
    mkdirSync(space.path('bin'));
  });
  after(async () => {
    await Promise.all(programs.map(endAll));
    await space.remove();
  });

  /** A program, and a process of the table that it is started for by this command; `PROGRAM` is its path. */
  function stage(start_command: string) {
    const name = uniqueName('table-');
    const program = uniqueName('program-');
    programs.push(program);
    copyFileSync('/bin/sleep', space.path('bin', program));
    const target = targetOf(name, {
      restart_strategy: 'process',
      start_command: start_command.replaceAll('PROGRAM', space.path('bin', program)),
      stop_timeout: 1,
    });
    const restart = () =>
      restartByProcess(target, {
        clock: hostClock,
        ending: new AbortController().signal,
        log: new RecordingLog(),
        recipes: new RecipeBook(),
      });
    const look = lookAt(target, { kind: 'process' }, {});
    return { name, program, restart, look };
  }

  /** The one process of a program. */
  function only(program: string): number {
    const pids = processesNamed(program);
    assert.equal(pids.length, 1, `${pids}`);
    return pids[0] as number;
  }

  test('is ended before it is started again', async () => {
    const { program, restart } = stage('exec PROGRAM 600');
    assert.equal(await restart(), undefined);
    const first = only(program);
    assert.equal(await restart(), undefined);
    assert.equal(isAlive(first), false);
    assert.notEqual(only(program), first);
  });

  test('is ended with all that it started', async () => {
    const { program, restart } = stage('PROGRAM 600 & PROGRAM 601 & wait');
    const both = () => processesNamed(program).length === 2;
    assert.equal(await restart(), undefined);
    await waitFor('both', both);
    const first = processesNamed(program);
    assert.equal(await restart(), undefined);
    assert.deepEqual(first.filter(isAlive), []);
    await waitFor('both again', both);
  });

  test('is ended with SIGKILL after stop_timeout where it ignores SIGTERM', async () => {
    const { program, restart } = stage('trap "" TERM; exec PROGRAM 600');
    assert.equal(await restart(), undefined);
    const first = only(program);
    const started = performance.now();
    assert.equal(await restart(), undefined);
    assert.ok(performance.now() - started >= 1000);
    assert.notEqual(only(program), first);
  });

  test('is not ended for another process, nor where somebody else started that program', async () => {
    const { program, restart } = stage('exec PROGRAM 600');
    const other = stage('exec PROGRAM 600');
    const stranger = await startVictim(space, program);
    assert.equal(await other.restart(), undefined);
    assert.equal(await restart(), undefined);
    assert.ok(isAlive(stranger.pid));
    assert.equal(processesNamed(program).length, 2);
    only(other.program);
    await stranger.kill();
  });

  test('is healthy by a check of its own alone, and told so', async () => {
    const { name, program, restart, look } = stage('exec PROGRAM 600');
    assert.equal((await look(1000))?.reason, `no process ${name}`);
    assert.equal(await restart(), undefined);
    assert.equal(
      (await look(1000))?.reason,
      `no process ${name} (what was started for it is called ${program}: set health_check_command)`,
    );
  });
});
