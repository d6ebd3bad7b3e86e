/** Where the words go: an invalid file at the start of the service, and readers that go away. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { binary, launch, run } from '../support/binary.ts';
import { exitOf, runTool } from '../support/child.ts';
import { configText, type Workspace, workspace } from '../support/workspace.ts';

let space: Workspace;
before(async () => {
  space = await workspace();
});
after(() => space.remove());

test('run refuses an invalid file with every problem on standard error, and touches nothing', async () => {
  const text = configText(space, {
    database: '[database]\ndriver = postgres\n',
    monitor: { check_interval: 'often' },
    processes: { 'a.b': { max_attempts: 0, retsart_delay: 1 } },
  });
  const file = space.write('config.ini', text);
  const line = (words: string) => text.split('\n').indexOf(words) + 1;
  const problems = [
    `${file}:2: [database] driver: got "postgres", expected one of mysql, sqlite`,
    `${file}:${line('check_interval = often')}: [monitor] check_interval: got "often", expected whole seconds from 1 to 86400 (or 5m, 2h)`,
    `${file}:${line('max_attempts = 0')}: [process.a.b] max_attempts: got "0", expected a whole number from 1 to 100`,
    `${file}:${line('retsart_delay = 1')}: warning: [process.a.b] retsart_delay: unknown key, ignored, did you mean restart_delay?`,
    '',
  ].join('\n');
  for (const args of [['run'], [], ['run', '--once'], ['run', '--dry-run']]) {
    assert.deepEqual(await run([...args, '-c', file]), {
      code: 78,
      signal: null,
      stdout: '',
      stderr: problems,
    });
  }
  assert.equal(existsSync(space.path('state')), false);
  assert.equal(existsSync(space.path('monitor_service.log')), false);
});

test('run without a file to read refuses with status 78', async () => {
  const file = space.path('none.ini');
  const expected = { code: 78, signal: null, stdout: '', stderr: `${file}: does not exist\n` };
  assert.deepEqual(await run(['-c', file]), expected);
});

/** More than a pipe holds. */
function largeConfig(): string {
  const names = Array.from({ length: 1000 }, (_, index) => `[process.p${index}]`);
  return space.write('large.ini', names.join('\n'));
}

/** The first line of the output, as `| head -1` prints it, and how the program itself ended. */
async function head(...args: string[]) {
  const [status, errors] = [space.path('status'), space.path('errors')];
  const pipeline = 's=$1 e=$2; shift 2; { "$@" 2> "$e"; echo $? > "$s"; } | head -1';
  const stdout = await runTool('/bin/sh', ['-c', pipeline, 'sh', status, errors, binary, ...args]);
  return { stdout, status: readFileSync(status, 'utf8'), stderr: readFileSync(errors, 'utf8') };
}

test('a reader that has seen enough is no error', async () => {
  const file = largeConfig();
  assert.deepEqual(await head('check-config', '--show', '-c', file), {
    stdout: '[database]\n',
    status: '0\n',
    stderr: '',
  });
  assert.deepEqual(await head('check-config', '--show', '--json', '-c', file), {
    stdout: '{\n',
    status: '0\n',
    stderr: '',
  });
});

test('all of a large output arrives', async () => {
  const { stdout } = await run(['check-config', '--show', '-c', largeConfig()]);
  assert.equal(stdout.match(/^\[process\.p\d+\]$/gm)?.length, 1000);
  assert.match(stdout, /restart_window = 600\n$/);
});

test('the exit status is the same when nobody reads', async () => {
  const invalid = space.write('invalid.ini', '[monitor]\ncheck_interval = x\n');
  const valid = space.write('valid.ini', '[monitor]\n');
  for (const [args, status] of [
    [['--help'], 0],
    [['check-config', '-c', valid], 0],
    [['check-config', '-c', invalid], 78],
    [['check-config', '--json', '-c', invalid], 78],
    [['run', '-c', invalid], 78],
    [['--hepl'], 2],
  ] as const) {
    const { child } = launch([...args], {});
    child.stdout?.destroy();
    child.stderr?.destroy();
    assert.equal((await exitOf(child, 10_000)).code, status, args.join(' '));
  }
});
