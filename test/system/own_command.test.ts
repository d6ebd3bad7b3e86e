/** What a command line leads to: nothing but the file that runs may ever be started in its place. */
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { recipeOf } from '../../src/system/recipe.ts';
import { entryOf, PERL, Programs, STRANGER, type StartOptions } from './fixtures/programs.ts';

const OPEN = 0o1777;

let programs: Programs;
before(async () => {
  programs = await Programs.open();
});
after(() => programs.end());

const recipe = (pid: number) => recipeOf(entryOf(pid));
const toldOf = async (pid: Promise<number>) => recipe(await pid)?.argv;

const sleeper = (file: string, options: StartOptions = {}) =>
  programs.start(file, ['600'], options);

/** A directory that everybody can write to, as /tmp is. */
function openFolder(name: string): string {
  const folder = programs.space.path(name);
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, OPEN);
  return folder;
}

describe('a relative path', () => {
  test('is never looked up where the process went, as a stranger may have left a program there', async () => {
    const file = programs.copy(PERL);
    const trap = openFolder('trap');
    programs.copy('/bin/true', { name: basename(file), folder: 'trap/bin' });
    const pid = await programs.start(
      file,
      ['-e', `$| = 1; chdir '${trap}'; print "ready\n"; sleep 600`],
      { argv0: `bin/${basename(file)}`, speaks: true },
    );
    const told = recipe(pid);
    assert.equal(told?.argv[0], file);
    assert.equal(told?.directory, '/');
  });

  for (const up of ['./', '../', '.././']) {
    test(`as ${up}NAME is told as the whole path of what runs`, async () => {
      const file = programs.copy('/bin/sleep');
      const told = await toldOf(sleeper(file, { argv0: `${up}${basename(file)}` }));
      assert.deepEqual(told, [file, '600']);
    });
  }

  test('that does not end as the path of what runs gives no recipe', async () => {
    const file = programs.copy('/bin/sleep');
    const name = basename(file);
    for (const argv0 of [`sbin/${name}`, `${name}: master process ${file}`, './', `x/../${name}`]) {
      assert.equal(await toldOf(sleeper(file, { argv0 })), undefined, argv0);
    }
  });
});

describe('a plain name', () => {
  test('is told as the place in PATH that leads to what runs, and never as one of ., or an empty one', async () => {
    const file = programs.copy('/bin/sleep');
    const name = basename(file);
    programs.copy('/bin/sleep', { name, folder: 'other' });
    const PATH = `.::${programs.space.path('other')}:bin:${dirname(file)}`;
    assert.deepEqual(await toldOf(sleeper(file, { argv0: name, env: { PATH } })), [file, '600']);
  });

  test('that only . leads to gives no recipe', async () => {
    const file = programs.copy('/bin/sleep');
    const env = { PATH: '.:/usr/bin' };
    assert.equal(await toldOf(sleeper(file, { argv0: basename(file), env })), undefined);
  });

  test('of a program of many names is told with the name that it was called by', async () => {
    const file = programs.copy('/bin/sleep');
    const applet = programs.space.path('bin', programs.newName());
    symlinkSync(file, applet);
    const env = { PATH: dirname(applet) };
    const told = await toldOf(sleeper(applet, { argv0: basename(applet), env }));
    assert.deepEqual(told, [applet, '600']);
  });

  test('is looked for in no more than 100 directories', async () => {
    const file = programs.copy('/bin/sleep');
    const started = performance.now();
    const env = { PATH: `${':'.repeat(100_000)}${dirname(file)}` };
    assert.equal(await toldOf(sleeper(file, { argv0: basename(file), env })), undefined);
    assert.ok(performance.now() - started < 1000);
  });
});

describe('a whole path', () => {
  test('of a link to what runs is told as it is', async () => {
    const file = programs.copy('/bin/sleep');
    const link = programs.space.path('bin', programs.newName());
    symlinkSync(file, link);
    assert.deepEqual(await toldOf(sleeper(link)), [link, '600']);
  });

  test('of another file than the one that runs gives no recipe', async () => {
    const file = programs.copy('/bin/sleep');
    const argv0 = programs.copy('/bin/true', { name: basename(file), folder: 'elsewhere' });
    assert.equal(await toldOf(sleeper(file, { argv0 })), undefined);
  });
});

describe('a program that was replaced while it ran', () => {
  const replace = (file: string) => {
    renameSync(programs.copy('/bin/sleep', { folder: 'upgrade' }), file);
  };

  test('as by an upgrade is told', async () => {
    const file = programs.copy('/bin/sleep');
    const pid = await sleeper(file);
    replace(file);
    assert.deepEqual(recipe(pid)?.argv, [file, '600']);
  });

  test('by a file of a stranger’s gives no recipe', async () => {
    const file = programs.copy('/bin/sleep');
    const pid = await sleeper(file);
    replace(file);
    chownSync(file, STRANGER, STRANGER);
    assert.equal(recipe(pid), undefined);
  });

  test('where everybody can write gives no recipe', async () => {
    openFolder('shared');
    const file = programs.copy('/bin/sleep', { folder: 'shared' });
    const pid = await sleeper(file);
    replace(file);
    assert.equal(recipe(pid), undefined);
  });

  test('by nothing gives no recipe', async () => {
    const file = programs.copy('/bin/sleep');
    const pid = await sleeper(file);
    rmSync(file);
    assert.equal(recipe(pid), undefined);
  });
});

describe('a script', () => {
  const LOOP = 'echo ready; while :; do sleep 1; done\n';
  const written = (folder = 'bin') => {
    const file = programs.space.script(`${folder}/${programs.newName()}`, LOOP);
    return file;
  };

  test('is told as its own path and arguments', async () => {
    const file = written();
    const pid = await programs.start(file, ['7'], { speaks: true });
    assert.deepEqual(recipe(pid)?.argv, [file, '7']);
  });

  test('where root’s group may write is told, as many are unpacked so', async () => {
    mkdirSync(programs.space.path('unpacked'));
    chmodSync(programs.space.path('unpacked'), 0o775);
    const file = written('unpacked');
    const pid = await programs.start(file, ['7'], { speaks: true });
    assert.deepEqual(recipe(pid)?.argv, [file, '7']);
  });

  test('where everybody can write gives no recipe, as it may be another by now', async () => {
    openFolder('drop');
    const pid = await programs.start(written('drop'), [], { speaks: true });
    assert.equal(recipe(pid), undefined);
  });

  test('of a stranger’s that runs as root gives no recipe', async () => {
    const file = written();
    const pid = await programs.start(file, [], { speaks: true });
    chownSync(file, STRANGER, STRANGER);
    assert.equal(recipe(pid), undefined);
  });

  test('called by a relative path gives no recipe, as it would follow the process', async () => {
    const file = written();
    const behind = ['sh', '-c', `cd '${dirname(file)}' && exec "./${basename(file)}"`];
    const pid = await programs.start(file, [], { behind, speaks: true });
    assert.equal(recipe(pid), undefined);
  });
});

describe('the directory', () => {
  const directoryIn = async (folder: string) => {
    const behind = ['sh', '-c', 'cd "$0" && exec "$@"', folder];
    return recipe(await sleeper(programs.copy('/bin/sleep'), { behind }))?.directory;
  };

  test('is kept', async () => {
    const folder = programs.space.path('home of root');
    mkdirSync(folder);
    assert.equal(await directoryIn(folder), folder);
  });

  for (const mode of [0o1777, 0o777, 0o775]) {
    test(`is / in place of one that others can write to (mode ${mode.toString(8)})`, async () => {
      const folder = programs.space.path(`open-${mode}`);
      mkdirSync(folder);
      chmodSync(folder, mode);
      chownSync(folder, 0, STRANGER);
      assert.equal(await directoryIn(folder), '/');
    });
  }

  test('is / in place of one that is a stranger’s, or below one', async () => {
    const home = programs.space.path('home of a stranger');
    mkdirSync(`${home}/of root`, { recursive: true });
    chownSync(home, STRANGER, STRANGER);
    assert.equal(await directoryIn(home), '/');
    assert.equal(await directoryIn(`${home}/of root`), '/');
  });
});
