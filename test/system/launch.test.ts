import assert from 'node:assert/strict';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { killRunningCommands } from '../../src/system/command.ts';
import { launch } from '../../src/system/launch.ts';
import { recipeOfCommand, recipeOfProgram } from '../../src/system/new_recipe.ts';
import { ownGroups } from '../../src/system/own_groups.ts';
import { linkOf, statOf } from '../../src/system/proc.ts';
import { processTable } from '../../src/system/process_table.ts';
import { type Recipe, recipeOf } from '../../src/system/recipe.ts';
import { runTool } from '../support/child.ts';
import { endAll, isAlive, processesNamed, uniqueName } from '../support/processes.ts';
import { waitFor } from '../support/wait.ts';
import { type Workspace, workspace } from '../support/workspace.ts';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

let space: Workspace;
const names: string[] = [];
before(async () => {
  space = await workspace();
  chmodSync(space.path(), 0o755);
  mkdirSync(space.path('bin'));
});
after(async () => {
  await Promise.all(names.map(endAll));
  await space.remove();
});

/** A program that only sleeps, under a name of its own. */
function program(prefix = 'launched-'): { name: string; file: string } {
  const name = uniqueName(prefix);
  names.push(name);
  const file = space.path('bin', name);
  copyFileSync('/bin/sleep', file);
  chmodSync(file, 0o755);
  return { name, file };
}

/** Launches a program that only sleeps; gives its pid. */
async function launchProgram(changes: Partial<Recipe> = {}, args = ['600']): Promise<number> {
  const { name, file } = program();
  assert.equal(await launch({ ...recipeOfProgram([file, ...args]), ...changes }), undefined);
  const pids = processesNamed(name);
  assert.equal(pids.length, 1);
  return pids[0] as number;
}

const entryOf = (pid: number) =>
  processTable().find((process) => process.pid === pid) ?? assert.fail('not in the table');

const statusOf = (pid: number, field: string) =>
  new RegExp(`^${field}:[ \\t]*(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];

const descriptorsOf = (pid: number): Record<string, string> =>
  Object.fromEntries(
    readdirSync(`/proc/${pid}/fd`).map((fd) => [fd, linkOf(pid, `fd/${fd}`) ?? 'closed']),
  );

const environmentOf = (pid: number) =>
  Object.fromEntries(
    readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .slice(0, -1)
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );

describe('a launched process', () => {
  test('leads a session and a group of its own', async () => {
    const pid = await launchProgram();
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    assert.deepEqual(fields.slice(2, 4), [`${pid}`, `${pid}`]);
  });

  test('holds no file of the service', async () => {
    const kept = openSync(space.write('open', ''), 'r');
    const pid = await launchProgram();
    closeSync(kept);
    // What this test itself was started with, beyond the numbers that Node closes, is not the service's.
    const inherited = Object.values(descriptorsOf(process.ppid));
    const held = Object.entries(descriptorsOf(pid)).filter(
      ([fd, file]) => Number(fd) < 16 || !inherited.includes(file),
    );
    assert.deepEqual(held, [
      ['0', '/dev/null'],
      ['1', '/dev/null'],
      ['2', '/dev/null'],
    ]);
  });

  test('outlives the service', async () => {
    const { name, file } = program();
    const fixture = join(import.meta.dirname, 'fixtures/launch_and_end.ts');
    const said = await runTool(process.execPath, ['--no-warnings', fixture, file, '600']);
    assert.equal(said, 'runs\n');
    assert.equal(processesNamed(name).length, 1);
  });

  test('is no zombie when it ends', async () => {
    const pid = await launchProgram();
    process.kill(pid, 'SIGKILL');
    await waitFor('nothing to be left of it', () => statOf(pid) === undefined);
  });

  test('blocks and ignores no signal that the service does', async () => {
    const pid = await launchProgram();
    assert.deepEqual(
      [statusOf(pid, 'SigIgn'), statusOf(pid, 'SigBlk')],
      ['0000000000000000', '0000000000000000'],
    );
  });

  test('has its own directory and umask, and its arguments as they were', async () => {
    const directory = space.path("a 'directory' with $(id) ;\n");
    mkdirSync(directory);
    const pid = await launchProgram({ directory, umask: '0077' });
    assert.equal(readlinkSync(`/proc/${pid}/cwd`), directory);
    assert.equal(statusOf(pid, 'Umask'), '0077');
  });

  test('gets arguments that a shell would take apart', async () => {
    const args = ['$(id)', '', '-e', '--', "a'b", 'a\nb', '*', '\\', 'é'];
    const name = uniqueName('args-');
    names.push(name);
    const seen = space.path('seen');
    const file = space.script(name, `printf '%s\\0' "$@" > ${seen}`);
    assert.equal(await launch(recipeOfProgram([file, ...args])), undefined);
    assert.deepEqual(readFileSync(seen, 'utf8').split('\0').slice(0, -1), args);
  });

  test('has the environment that it had, and nothing of the service’s', async () => {
    process.env.MYSQL_PWD = 'a secret of the service';
    const environment = {
      PATH: '/usr/bin:/bin',
      EMPTY: '',
      QUOTED: 'it\'s "quoted" \\ $(id) `id`',
      LINES: 'one\ntwo\n',
      UNICODE: 'é💣',
      LONG: 'x'.repeat(100_000),
      _lower: '1',
    };
    const pid = await launchProgram({ environment });
    delete process.env.MYSQL_PWD;
    // Some shells can't help setting this one; a program can not take it for a setting.
    const { _, ...seen } = environmentOf(pid);
    assert.deepEqual(seen, environment);
  });

  test('is out of reach of a service that ends at once, as soon as it runs', async () => {
    const { name, file } = program();
    let isSettled = false;
    const starting = launch(recipeOfProgram([file, '600'])).finally(() => {
      isSettled = true;
    });
    while (ownGroups.size > 0) {
      await nextTurn();
    }
    assert.equal(isSettled, false, 'it was within reach until the start was settled');
    killRunningCommands();
    assert.equal(await starting, undefined);
    assert.equal(processesNamed(name).length, 1);
  });

  test('can be told from its own /proc, and be launched the same way again', async () => {
    const environment = { PATH: '/usr/bin:/bin', HOME: '/', MARK: "a'b\nc" };
    const first = await launchProgram({ environment, directory: '/usr', umask: '0027' });
    const recipe = recipeOf(entryOf(first));
    assert.equal(recipe?.directory, '/usr');
    assert.equal(recipe?.umask, '0027');
    assert.equal(recipe?.environment.MARK, "a'b\nc");
    assert.equal(recipe?.user, undefined);
    process.kill(first, 'SIGKILL');
    assert.equal(await launch(recipe as Recipe), undefined);
  });
});

describe('a command line', () => {
  test('that ends well has started', async () => {
    const mark = space.path('daemon');
    assert.equal(await launch(recipeOfCommand(`echo started > '${mark}'`)), undefined);
    await waitFor('its mark', () => readFileSync(mark, 'utf8') === 'started\n');
  });

  test('may leave a daemon that runs on', async () => {
    const { name, file } = program('daemon-of-many-characters-');
    assert.equal(await launch(recipeOfCommand(`${file} 600 &`)), undefined);
    await waitFor('the daemon', () => processesNamed(name).length === 1);
  });
});

describe('why a process did not start', () => {
  const failing: [string, () => Recipe, RegExp][] = [
    [
      'its program is not there',
      () => recipeOfProgram(['/no/such/program']),
      /^exit code 127: \/no\/such\/program: no such program$/,
    ],
    [
      'its program is not in PATH',
      () => recipeOfProgram(['no-such-program-anywhere']),
      /^exit code 127: no-such-program-anywhere: no such program$/,
    ],
    [
      'its program may not be run',
      () => recipeOfProgram([space.write('data', 'x')]),
      /^exit code 12[67]/,
    ],
    [
      'its directory is not there',
      () => ({ ...recipeOfProgram(['sleep', '600']), directory: '/no/such' }),
      /^exit code [12]: .*\/no\/such/,
    ],
    ['it ended at once with an error', () => recipeOfCommand('exit 3'), /^exit code 3$/],
    ['it was killed at once', () => recipeOfCommand('kill -KILL $$'), /^ended by SIGKILL$/],
  ];
  for (const [what, recipe, expected] of failing) {
    test(`is told: ${what}`, async () => {
      assert.match((await launch(recipe())) ?? 'it started', expected);
    });
  }
});

// Only root may start a process as somebody else.
if (isRoot) {
  describe('a process of another user', () => {
    const user = { uid: NOBODY, gid: NOBODY, groups: ['10', '20'] };

    test('is launched as that user, with exactly its groups', async () => {
      const pid = await launchProgram({ user });
      const ids = (id: number) => Array(4).fill(id).join('\t');
      assert.equal(statusOf(pid, 'Uid'), ids(NOBODY));
      assert.equal(statusOf(pid, 'Gid'), ids(NOBODY));
      assert.equal(statusOf(pid, 'Groups')?.trim(), '10 20');
      assert.equal(statusOf(pid, 'CapEff'), '0000000000000000');
      assert.deepEqual(recipeOf(entryOf(pid))?.user, user);
      assert.ok(isAlive(pid));
    });

    test('has no group of root’s where it had none', async () => {
      const pid = await launchProgram({ user: { ...user, groups: [] } });
      assert.equal(statusOf(pid, 'Groups')?.trim(), '');
    });

    test('is not started in a directory that is not its own to enter', async () => {
      const directory = space.path('closed');
      mkdirSync(directory, { mode: 0o700 });
      const recipe = { ...recipeOfProgram(['sleep', '600']), user, directory };
      assert.match((await launch(recipe)) ?? 'it started', /^exit code [12]: .*closed/);
    });
  });
}
