import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launch } from '../../src/system/launch.ts';
import { procFile } from '../../src/system/proc.ts';
import { recipeOf } from '../../src/system/recipe.ts';
import { runTool } from '../support/child.ts';
import { processesNamed } from '../support/processes.ts';
import {
  entryOf,
  PERL,
  Programs,
  STRANGER,
  type StartOptions,
  statusOf,
} from './fixtures/programs.ts';

let programs: Programs;
before(async () => {
  programs = await Programs.open();
});
after(() => programs.end());

const recipe = (pid: number) => recipeOf(entryOf(pid));
const isTold = (pid: number) => recipe(pid) !== undefined;

/** Starts a program that only sleeps. */
const sleeper = (options: StartOptions = {}, mode = 0o755) =>
  programs.start(programs.copy('/bin/sleep', { mode }), ['600'], options);

/** Starts a program that does what a line of Perl says, and then sleeps. */
const perl = (line: string, args: string[] = [], options: StartOptions = {}) =>
  programs.start(
    programs.copy(PERL),
    ['-e', `$| = 1; ${line}; print "ready\n"; sleep 600`, ...args],
    { speaks: true, ...options },
  );

describe('a program with rights that its caller has not', () => {
  test('gives a recipe without them', async () => {
    assert.deepEqual(recipe(await sleeper())?.argv.slice(1), ['600']);
  });

  for (const [what, mode] of [
    ['set-user-id', 0o4755],
    ['set-group-id', 0o2755],
  ] as const) {
    test(`gives no recipe where its file is ${what}`, async () => {
      assert.equal(isTold(await sleeper({}, mode)), false);
    });
  }

  test('gives no recipe where its set-user-id file was replaced meanwhile', async () => {
    const file = programs.copy('/bin/sleep', { mode: 0o4755 });
    const pid = await programs.start(file, ['600']);
    rmSync(file);
    programs.copy('/bin/sleep', { name: entryOf(pid).name });
    assert.equal(isTold(pid), false);
  });

  for (const [what, change] of [
    ['effective user', `$> = ${STRANGER}`],
    ['real user', `$< = ${STRANGER}`],
    ['effective group', `$) = '${STRANGER} ${STRANGER}'`],
    ['real group', `$( = ${STRANGER}`],
  ]) {
    test(`gives no recipe where only its ${what} is another`, async () => {
      assert.equal(isTold(await perl(`${change}`)), false);
    });
  }

  test('gives no recipe of what a stranger who called it chose, once it is root altogether', async () => {
    const file = programs.copy(PERL, { mode: 0o4755 });
    const { name } = entryOf(
      await programs.start(file, [programs.script('becomes_root.pl')], {
        uid: STRANGER,
        argv0: programs.copy('/bin/true', { name: file.split('/').at(-1) ?? '', folder: 'evil' }),
        env: { LD_PRELOAD: programs.space.path('evil.so') },
        speaks: true,
      }),
    );
    const [pid = 0] = processesNamed(name);
    assert.equal(statusOf(pid, 'Uid'), '0\t0\t0\t0');
    assert.match(procFile(pid, 'cmdline') ?? '', /^\S+\/evil\//);
    assert.match(procFile(pid, 'environ') ?? '', /LD_PRELOAD=\S+\/evil\.so/);
    assert.equal(isTold(pid), false);
  });
});

describe('a command line', () => {
  const words = (letter: string, count: number) => Array(count).fill(letter.repeat(50_000));

  test('of 900 KB is told whole', async () => {
    const args = words('x', 18);
    assert.deepEqual(recipe(await perl('', args))?.argv.slice(3), args);
  });

  for (const [what, letter, count] of [
    ['', 'x', 24],
    [' in letters of two bytes', 'é', 12],
  ] as const) {
    test(`beyond 1 MB${what} gives no recipe, which would be cut short`, async () => {
      assert.equal(isTold(await perl('', words(letter, count))), false);
    });
  }

  test('that is not UTF-8 gives no recipe, which would say something else', async () => {
    const behind = ['sh', '-c', 'exec "$@" "$(printf "caf\\351")"', 'sh'];
    assert.equal(isTold(await perl('', [], { behind })), false);
  });

  test('of 64 MB gives no recipe, at once', async () => {
    const script = programs.script('vast_command_line.pl');
    const pid = await programs.start(programs.copy(PERL), [script], { speaks: true });
    const started = performance.now();
    assert.equal(isTold(pid), false);
    assert.ok(performance.now() - started < 1000, `${performance.now() - started} ms`);
  });
});

describe('an environment', () => {
  const filled = (letter: string, count: number) =>
    Object.fromEntries([...Array(count).keys()].map((n) => [`FILL_${n}`, letter.repeat(50_000)]));

  test('of 900 KB is told whole', async () => {
    const env = filled('x', 18);
    const { environment } = recipe(await perl('', [], { env })) ?? {};
    assert.deepEqual({ ...environment, ...env }, environment);
  });

  for (const [what, letter, count] of [
    ['', 'x', 24],
    [' in letters of two bytes', 'é', 12],
  ] as const) {
    test(`beyond 1 MB${what} gives no recipe, which would lack the rest`, async () => {
      assert.equal(isTold(await perl('', [], { env: filled(letter, count) })), false);
    });
  }

  test('is told without what a shell would choke on, or take for its own', async () => {
    const env = { OPTIND: 'abc', RANDOM: 'x', SECONDS: 'y', LINENO: 'z', EXECIGNORE: '*', A: '1' };
    const { environment } = recipe(await perl('', [], { env })) ?? {};
    assert.deepEqual(environment, { A: '1' });
  });

  test('that is not UTF-8 gives no recipe, which would say something else', async () => {
    const behind = ['sh', '-c', 'WORD=$(printf "caf\\351") exec "$@"', 'sh'];
    assert.equal(isTold(await perl('', [], { behind })), false);
  });
});

describe('confinement', () => {
  test('without new privileges is kept by the process that is started again', async () => {
    const pid = await sleeper({ behind: ['setpriv', '--no-new-privs'] });
    const { name } = entryOf(pid);
    const told = recipe(pid) ?? assert.fail('no recipe');
    process.kill(pid, 'SIGKILL');
    assert.equal(await launch(told), undefined);
    const [again = 0] = processesNamed(name).filter((other) => other !== pid);
    assert.equal(statusOf(again, 'NoNewPrivs'), '1');
    assert.deepEqual(recipe(again), told);
  });

  test('without new privileges is not given to one that was free', async () => {
    const pid = await sleeper();
    const { name } = entryOf(pid);
    const told = recipe(pid) ?? assert.fail('no recipe');
    process.kill(pid, 'SIGKILL');
    assert.equal(await launch(told), undefined);
    const [again = 0] = processesNamed(name).filter((other) => other !== pid);
    assert.equal(statusOf(again, 'NoNewPrivs'), '0');
  });

  test('by taking capabilities away gives no recipe, which would give them back', async () => {
    assert.equal(isTold(await sleeper({ behind: ['setpriv', '--bounding-set=-kill'] })), false);
  });

  test('of root to no capabilities gives no recipe, which would give them all back', async () => {
    const behind = ['setpriv', '--securebits=+noroot', '--no-new-privs'];
    assert.equal(isTold(await sleeper({ behind })), false);
  });

  for (const namespace of ['net', 'ipc', 'uts', 'cgroup']) {
    test(`to a ${namespace} namespace of its own gives no recipe, which would let it out`, async () => {
      assert.equal(isTold(await sleeper({ behind: ['unshare', `--${namespace}`] })), false);
    });
  }

  test('by a filter of system calls gives no recipe, which would lift it', async () => {
    const pid = await sleeper({ behind: [PERL, programs.script('filtered.pl'), '1'] });
    assert.equal(isTold(pid), false);
  });

  test('by more filters than the service has itself gives no recipe either', async () => {
    const filtered = (count: number) => [PERL, programs.script('filtered.pl'), `${count}`];
    const pid = await sleeper({ behind: filtered(2) });
    const service = join(import.meta.dirname, 'fixtures/tell_recipe.ts');
    const [perl = '', ...args] = [...filtered(1), process.execPath, '--no-warnings', service];
    assert.equal(await runTool(perl, [...args, `${pid}`]), 'not told\n');
    const free = await sleeper();
    assert.equal(await runTool(perl, [...args, `${free}`]), 'told\n');
  });
});
