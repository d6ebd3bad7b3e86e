import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { restartByProcess } from '../../src/restart/by_process.ts';
import { RecipeBook } from '../../src/restart/recipe_book.ts';
import { hostClock } from '../../src/system/clock.ts';
import { processTable } from '../../src/system/process_table.ts';
import { recipeOf } from '../../src/system/recipe.ts';
import { RecordingLog } from '../monitor/fakes.ts';
import {
  endAll,
  isAlive,
  processesNamed,
  startVictim,
  uniqueName,
  type Victim,
} from '../support/processes.ts';
import { own } from '../support/reaper.ts';
import { waitFor } from '../support/wait.ts';
import { type Workspace, workspace } from '../support/workspace.ts';
import { targetOf } from './stage.ts';

let space: Workspace;
const names: string[] = [];
before(async () => {
  space = await workspace();
  mkdirSync(space.path('bin'));
});
after(async () => {
  await Promise.all(names.map(endAll));
  await space.remove();
});

function newName(prefix = 'victim-'): string {
  const name = uniqueName(prefix);
  names.push(name);
  return name;
}

const entryOf = (pid: number) =>
  processTable().find((process) => process.pid === pid) ?? assert.fail('not in the table');

const restartIt = (name: string, keys = {}) =>
  restartByProcess(targetOf(name, { restart_strategy: 'process', ...keys }), {
    clock: hostClock,
    ending: new AbortController().signal,
    log: new RecordingLog(),
    recipes: new RecipeBook(),
  });

/** Starts the program of a victim once more. */
async function startCopy(name: string, args: string[], argv0 = name): Promise<ChildProcess> {
  const options = { argv0, detached: true, stdio: 'ignore' } as const;
  const child = spawn(space.path('bin', name), args, options);
  child.once(
    'exit',
    own(() => child.kill('SIGKILL')),
  );
  await once(child, 'spawn');
  return child;
}

/** The one process of a name. */
function only(name: string): number {
  const [pid, ...others] = processesNamed(name);
  assert.ok(pid !== undefined && others.length === 0, `${pid} ${others}`);
  return pid;
}

describe('strategy process', () => {
  for (const [what, prefix] of [
    ['', 'victim-'],
    [' with a name of more than 15 characters', 'victim-of-many-characters-'],
  ]) {
    test(`ends a process${what} and starts it again as it was`, async () => {
      const name = newName(prefix);
      const before = await startVictim(space, name, { args: ['600', '0'] });
      const recipe = recipeOf(entryOf(before.pid));
      assert.equal(await restartIt(name), undefined);
      assert.equal(isAlive(before.pid), false);
      const pid = only(name);
      const { environment, ...others } = recipeOf(entryOf(pid)) ?? assert.fail('no recipe');
      const { environment: expected, ...otherExpected } = recipe ?? assert.fail('no recipe');
      assert.deepEqual(others, otherExpected);
      assert.deepEqual({ ...environment, ...expected }, environment);
      assert.deepEqual(recipe?.argv.slice(1), ['600', '0']);
    });
  }

  test('touches no process whose name is longer or shorter', async (t) => {
    const name = newName();
    const others: Victim[] = [];
    t.after(() => Promise.all(others.map((other) => other.kill())));
    for (const other of [name.slice(0, -1), `${name}x`]) {
      others.push(await startVictim(space, other));
    }
    const victim = await startVictim(space, name);
    assert.equal(await restartIt(name), undefined);
    assert.equal(isAlive(victim.pid), false);
    assert.ok(others.every(({ pid }) => isAlive(pid)));
  });

  test('ends what ignores SIGTERM with SIGKILL after stop_timeout', async () => {
    const name = newName();
    const stubborn = await startVictim(space, name, { trapTerm: true });
    const started = performance.now();
    assert.equal(await restartIt(name, { stop_timeout: 1 }), undefined);
    assert.ok(performance.now() - started >= 1000);
    assert.notEqual(only(name), stubborn.pid);
  });

  test('lets a stopped (^Z) process clean up before stop_timeout is over', async () => {
    const name = newName();
    const file = space.path('bin', name);
    const [ready, mark] = [space.path('ready'), space.path('bye')];
    copyFileSync('/usr/bin/perl', file);
    const sleeping = `$SIG{TERM} = sub { open(F, '>${mark}'); exit }; open(F, '>${ready}'); sleep 600 while 1`;
    const child = await startCopy(name, ['-e', sleeping], file);
    await waitFor('the handler', () => existsSync(ready));
    child.kill('SIGSTOP');
    assert.equal(await restartIt(name, { stop_timeout: 5 }), undefined);
    assert.ok(existsSync(mark));
    assert.notEqual(only(name), child.pid);
  });

  test('starts copies of one recipe once, and each of different ones', async () => {
    const name = newName();
    await startVictim(space, name);
    const { argv: [file = ''] = [] } = recipeOf(entryOf(only(name))) ?? {};
    await startCopy(name, ['600'], file);
    await startCopy(name, ['601'], file);
    await waitFor('three copies', () => processesNamed(name).length === 3);
    assert.equal(await restartIt(name), undefined);
    assert.equal(processesNamed(name).length, 2);
  });

  test('runs start_command where there is one, whether the process runs or not', async () => {
    const name = newName();
    const file = space.path('bin', name);
    copyFileSync('/bin/sleep', file);
    const keys = { start_command: `exec ${file} 602` };
    assert.equal(await restartIt(name, keys), undefined);
    const first = only(name);
    assert.equal(await restartIt(name, keys), undefined);
    assert.notEqual(only(name), first);
    assert.equal(isAlive(first), false);
  });

  test('leaves a process that could not be started again as it is', async () => {
    const name = newName();
    const file = space.path('bin', name);
    copyFileSync('/bin/sleep', file);
    const child = await startCopy(name, ['600'], `${name}: master process`);
    await waitFor('the process', () => processesNamed(name).length === 1);
    const failure = await restartIt(name);
    assert.equal(failure?.reason, `the command line of ${name} can't be told; set start_command`);
    assert.equal(only(name), child.pid);
  });

  test('says what to set where nothing runs and PATH has no such program', async () => {
    const name = newName();
    const failure = await restartIt(name);
    assert.equal(
      failure?.reason,
      `${name} does not run and is not in PATH; set system_name or start_command`,
    );
  });

  test('says why a process did not start', async () => {
    const name = newName();
    const failure = await restartIt(name, { start_command: 'exec /no/such/program' });
    assert.match(failure?.reason ?? '', /^exit code 127/);
  });
});
