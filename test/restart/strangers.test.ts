/** Processes of the same name that are not the operator's, but of whoever may run programs on the host. */
import assert from 'node:assert/strict';
import { existsSync, renameSync } from 'node:fs';
import { after, before, describe, type TestContext, test } from 'node:test';
import { restartByProcess } from '../../src/restart/by_process.ts';
import { RecipeBook } from '../../src/restart/recipe_book.ts';
import { recipesOf } from '../../src/restart/recipes_of.ts';
import { hostClock } from '../../src/system/clock.ts';
import { processTable } from '../../src/system/process_table.ts';
import { RecordingLog } from '../monitor/fakes.ts';
import { endAll, isAlive, processesNamed } from '../support/processes.ts';
import { PERL, Programs, STRANGER, statusOf } from '../system/fixtures/programs.ts';
import { targetOf } from './stage.ts';

const TITLE = 'master process';

let programs: Programs;
before(async () => {
  programs = await Programs.open();
});
after(() => programs.end());

const restartIt = (name: string, recipes = new RecipeBook(), log = new RecordingLog()) =>
  restartByProcess(targetOf(name, { restart_strategy: 'process' }), {
    clock: hostClock,
    ending: new AbortController().signal,
    log,
    recipes,
  });

/** The operator's own process of a name. */
const startReal = (name: string, { args = ['600'], argv0 = '' } = {}) =>
  programs.start(programs.copy('/bin/sleep', { name }), args, argv0 ? { argv0 } : {});

/** A stranger's of the same name, which leaves a copy behind when it is told to end. */
function startForking(name: string, argv0 = ''): Promise<number> {
  const file = programs.copy(PERL, { name, folder: 'home' });
  const script = programs.script('forks_when_told_to_end.pl');
  const options = { uid: STRANGER, speaks: true, ...(argv0 && { argv0 }) };
  return programs.start(file, [script], options);
}

/** A stranger's process that its tracer does not let end; it does after the test. */
async function keepFromEnding(t: TestContext, pid: number): Promise<void> {
  const script = programs.script('keeps_from_ending.pl');
  const options = { uid: STRANGER, speaks: true };
  const tracer = await programs.start(programs.copy(PERL), [script, `${pid}`], options);
  t.after(() => process.kill(tracer, 'SIGKILL'));
}

/** Those of a name that run as root, or as the stranger. */
const pidsOf = (name: string, user = 0) =>
  processesNamed(name).filter((pid) => statusOf(pid, 'Uid').startsWith(`${user}\t`));

const untold = (name: string) => `the command line of ${name} can't be told; set start_command`;

describe('a stranger’s process of the same name', () => {
  for (const [what, argv0] of [
    ['', ''],
    [' and hides its command line', TITLE],
  ]) {
    test(`that forks when it is told to end${what} does not count as the real one`, async () => {
      const name = programs.newName();
      const [real, stranger] = [await startReal(name), await startForking(name, argv0)];
      assert.equal(await restartIt(name), undefined);
      assert.deepEqual([isAlive(real), isAlive(stranger)], [false, false]);
      assert.ok(pidsOf(name, STRANGER).length > 0, 'the copy that it left behind');
      assert.equal(pidsOf(name).length, 1, 'the real one');
    });
  }

  test('that hides its command line does not keep the real one from being restarted', async () => {
    const name = programs.newName();
    const real = await startReal(name);
    const file = programs.copy('/bin/sleep', { name, folder: 'home' });
    await programs.start(file, ['600'], { uid: STRANGER, argv0: TITLE });
    assert.equal(await restartIt(name), undefined);
    assert.equal(isAlive(real), false);
    assert.equal(pidsOf(name).length, 1);
  });

  test('is started again as the stranger’s where it can be told', async () => {
    const name = programs.newName();
    const real = await startReal(name);
    const file = programs.copy('/bin/sleep', { name, folder: 'home' });
    const stranger = await programs.start(file, ['601'], { uid: STRANGER });
    assert.equal(await restartIt(name), undefined);
    assert.deepEqual([isAlive(real), isAlive(stranger)], [false, false]);
    assert.deepEqual([pidsOf(name).length, pidsOf(name, STRANGER).length], [1, 1]);
  });
});

describe('a stranger’s process that can’t be restarted', () => {
  test('as its program was replaced by one that fails does not keep root’s from being started', async () => {
    const name = programs.newName();
    const file = programs.copy('/bin/sleep', { name, folder: 'home' });
    await programs.start(file, ['601'], { uid: STRANGER });
    renameSync(programs.copy('/bin/false', { name, folder: 'upgrade' }), file);
    const real = await startReal(name);
    const log = new RecordingLog();
    assert.equal(await restartIt(name, new RecipeBook(), log), undefined);
    assert.equal(isAlive(real), false);
    assert.deepEqual([pidsOf(name).length, pidsOf(name, STRANGER).length], [1, 0]);
    const told = `WARNING ${name}: that of user ${STRANGER} was not started: exit code 1`;
    assert.ok(log.lines[0]?.startsWith(told), log.lines.join('\n'));
  });

  test('as it is traced and does not end does not keep root’s from being started', async (t) => {
    const name = programs.newName();
    const file = programs.copy('/bin/sleep', { name, folder: 'home' });
    const stuck = await programs.start(file, ['601'], { uid: STRANGER });
    await keepFromEnding(t, stuck);
    const real = await startReal(name);
    const log = new RecordingLog();
    assert.equal(await restartIt(name, new RecipeBook(), log), undefined);
    assert.deepEqual([isAlive(real), isAlive(stuck)], [false, true]);
    assert.deepEqual([pidsOf(name).length, pidsOf(name, STRANGER)], [1, [stuck]]);
    assert.deepEqual(log.lines, [`WARNING ${name}: process ${stuck} does not end`]);
  });

  test('as it is traced and does not end is a failure where there is nothing else to start', async (t) => {
    const name = programs.newName();
    const file = programs.copy('/bin/sleep', { name, folder: 'home' });
    const stuck = await programs.start(file, ['601'], { uid: STRANGER });
    await keepFromEnding(t, stuck);
    assert.deepEqual(await restartIt(name), {
      reason: `process ${stuck} does not end`,
      output: [],
    });
    assert.deepEqual(processesNamed(name), [stuck]);
  });
});

describe('what a stranger runs', () => {
  const startTheirs = (name: string, args: string[], env: Record<string, string> = {}) =>
    programs.start(programs.copy('/bin/sleep', { name, folder: 'home' }), args, {
      uid: STRANGER,
      env,
    });

  test('in more than 16 ways does not keep another user’s from being restarted', async () => {
    const name = programs.newName();
    const file = programs.copy('/bin/sleep', { name });
    const theirs = await programs.start(file, ['600'], { uid: 5 });
    await Promise.all([...Array(17).keys()].map((n) => startTheirs(name, [`${601 + n}`])));
    assert.equal(await restartIt(name), undefined);
    assert.equal(isAlive(theirs), false);
    assert.deepEqual([pidsOf(name, 5).length, pidsOf(name, STRANGER).length], [1, 0]);
  });

  test('with more than 4 MB of command lines and environments is not kept in memory', async () => {
    const name = programs.newName();
    const real = await startReal(name);
    const env = Object.fromEntries([...Array(9).keys()].map((n) => [`A${n}`, 'x'.repeat(100_000)]));
    await Promise.all([...Array(6).keys()].map((n) => startTheirs(name, [`${601 + n}`], env)));
    const told = recipesOf(processTable().filter((process) => process.name === name));
    assert.deepEqual([told.get(0)?.length, told.get(STRANGER)?.length], [1, 0]);
    assert.ok(isAlive(real));
  });

  test('while root’s is down does not make the service forget how root’s is started', async () => {
    const name = programs.newName();
    const book = new RecipeBook();
    await startReal(name);
    assert.equal(await restartIt(name, book), undefined);
    await endAll(name);
    await startTheirs(name, ['601']);
    assert.equal(await restartIt(name, book), undefined);
    assert.deepEqual([pidsOf(name).length, pidsOf(name, STRANGER).length], [1, 1]);
  });

  test('and hides does not keep root’s from coming back, once it is down', async () => {
    const name = programs.newName();
    const book = new RecipeBook();
    await startReal(name);
    assert.equal(await restartIt(name, book), undefined);
    await endAll(name);
    const file = programs.copy('/bin/sleep', { name, folder: 'home' });
    await programs.start(file, ['600'], { uid: STRANGER, argv0: TITLE });
    assert.equal(await restartIt(name, book), undefined);
    assert.deepEqual([pidsOf(name).length, pidsOf(name, STRANGER).length], [1, 0]);
  });
});

describe('a process of root’s', () => {
  test('that hides its command line is left alive, and every other one of its name', async () => {
    const name = programs.newName();
    const real = await startReal(name);
    const hidden = await startReal(name, { argv0: TITLE });
    assert.deepEqual(await restartIt(name), { reason: untold(name), output: [] });
    assert.deepEqual(processesNamed(name), [real, hidden]);
  });

  test('that a stranger called is left alive, and nothing that the stranger chose is started', async () => {
    const name = programs.newName();
    const mark = programs.space.path('started');
    programs.space.script(`evil/${name}`, `id -u > ${mark}\n`);
    const file = programs.copy(PERL, { name, mode: 0o4755 });
    const called = await programs.start(file, [programs.script('becomes_root.pl')], {
      uid: STRANGER,
      argv0: programs.space.path('evil', name),
      env: { LD_PRELOAD: programs.space.path('evil.so'), PATH: programs.space.path('evil') },
      speaks: true,
    });
    assert.equal(statusOf(called, 'Uid'), '0\t0\t0\t0');
    assert.deepEqual(await restartIt(name), { reason: untold(name), output: [] });
    assert.deepEqual(processesNamed(name), [called]);
    assert.equal(existsSync(mark), false);
  });
});

describe('different command lines of one name', () => {
  const startMany = (name: string, count: number) =>
    Promise.all([...Array(count).keys()].map((n) => startReal(name, { args: [`${600 + n}`] })));

  test('up to 16 are each started again', async () => {
    const name = programs.newName();
    const before = await startMany(name, 16);
    assert.equal(await restartIt(name), undefined);
    assert.ok(!before.some(isAlive));
    assert.equal(processesNamed(name).length, 16);
  });

  test('more than 16 are refused before anything is ended', async () => {
    const name = programs.newName();
    const before = await startMany(name, 17);
    assert.ok(await restartIt(name));
    assert.ok(before.every(isAlive));
    assert.equal(processesNamed(name).length, 17);
  });
});
