/** The text of a command is in no process's command line, and reaches its shell whole. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { runCommand } from '../../src/system/command.ts';
import { launch } from '../../src/system/launch.ts';
import { recipeOfCommand } from '../../src/system/new_recipe.ts';
import { lineFor, TOLD_SHELL } from '../../src/system/told_command.ts';
import { endAll, processesNamed, uniqueName } from '../support/processes.ts';
import { waitFor } from '../support/wait.ts';
import { type Workspace, workspace } from '../support/workspace.ts';
import { END, pidFrom } from './commands.ts';

let space: Workspace;
before(async () => {
  space = await workspace();
});
after(() => space.remove());

/** Who shows a text to everybody, or to the same user. */
function whoShows(text: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => shown(pid, 'cmdline').includes(text) || shown(pid, 'environ').includes(text));
}

function shown(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // it is gone
  }
}

describe('a command does not find itself', () => {
  for (const [what, command, code] of [
    ['pgrep -f', 'pgrep -f MARK || exit 7', 7],
    ['pgrep -f in a pipe', 'pgrep -fl MARK | grep -v pgrep || exit 7', 7],
    ['ps and grep', 'ps -ef | grep -v grep | grep MARK || exit 7', 7],
    ['a subshell', '(pgrep -f MARK; exit $?) || exit 7', 7],
    ['pkill -f, and is not ended by it', 'pkill -f MARK; exit 7', 7],
    ['pkill -9 -f', 'pkill -9 -f MARK; sleep 0.1; exit 7', 7],
  ] as const) {
    test(`by ${what}`, async () => {
      const text = command.replaceAll('MARK', uniqueName('mark-'));
      const { ending } = await runCommand(text, END);
      assert.deepEqual(ending, { kind: 'exited', code });
    });
  }

  test('in any process’s command line or environment while it runs', async () => {
    const mark = uniqueName('mark-');
    const file = space.path('running.pid');
    const running = runCommand(`: ${mark}; sleep 600 & echo $$ > ${file}; wait`, {
      ...END,
      timeoutMs: 1000,
    });
    await pidFrom(file);
    const found = whoShows(mark);
    await running;
    assert.deepEqual(found, []);
  });

  test('as what starts a program', async () => {
    const mark = uniqueName('mark-');
    const name = uniqueName('started-');
    const file = space.script(name, 'sleep 600 & wait');
    const started = `pkill -f ${mark}; cd / && ${file} >/dev/null`;
    assert.equal(await launch(recipeOfCommand(started)), undefined);
    try {
      await waitFor('the program', () => processesNamed(name).length === 1);
      assert.deepEqual(whoShows(mark), []);
    } finally {
      await endAll(name);
    }
  });
});

test('a program that a command line only starts takes the place of its shell', async () => {
  const name = uniqueName('only-');
  const file = space.path('session');
  const script = space.script(name, `cut -d" " -f6 /proc/$$/stat > ${file}; exec sleep 600`);
  assert.equal(await launch(recipeOfCommand(`${script} "a b" > ${space.path('out')}`)), undefined);
  const session = await pidFrom(file);
  assert.match(readFileSync(`/proc/${session}/cmdline`, 'utf8'), /^sleep\0/);
  process.kill(session, 'SIGKILL');
});

const SHELLS = ['/bin/dash', '/bin/bash'].filter((shell) => existsSync(shell));

for (const shell of SHELLS) {
  describe(`${shell} as /bin/sh`, () => {
    const told = (command: string) =>
      spawnSync(shell, TOLD_SHELL.slice(1), {
        argv0: 'sh',
        input: lineFor(command),
        encoding: 'utf8',
      });

    for (const [command, status, stdout] of [
      ['set -u; echo "$0"; (echo "$c") 2>/dev/null || exit 3', 3, 'sh\n'],
      ['readlink /proc/self/fd/0; cat', 0, '/dev/null\n'],
      ['exec 3<&0; echo ok', 0, 'ok\n'],
      ['trap "echo bye" EXIT; exit 4', 4, 'bye\n'],
      ['no-such-program; exit $?', 127, ''],
      ['no-such-program', 127, ''],
      ['/etc/passwd', 126, ''],
      ['(', 2, ''],
      ["echo it's", 2, ''],
      ['echo a\\ b; echo "  two  "  ', 0, 'a b\n  two  \n'],
      ['printf "%s" \\\\ # a comment', 0, '\\'],
      ['f() { return 6; }; f', 6, ''],
      ['set -e; false; echo no', 1, ''],
      ['! false', 0, ''],
      ['sleep 0 & wait $!; echo $?', 0, '0\n'],
      ['for i in 1 2; do echo $i; done', 0, '1\n2\n'],
      ['', 0, ''],
    ] as const) {
      test(`runs ${JSON.stringify(command)}`, () => {
        const result = told(command);
        assert.deepEqual([result.status, result.stdout], [status, stdout]);
      });
    }

    test('runs what is longer than a command line may be, and every letter of it', () => {
      const letters = Array.from({ length: 0x780 }, (_, i) => String.fromCodePoint(0x80 + i));
      const text = `${letters.join('')}${'x'.repeat(500_000)}`;
      assert.equal(told(`printf %s '${text}'`).stdout, text);
    });

    test('runs nothing of a command that did not come whole', () => {
      const file = space.path('half');
      const input = `touch ${file}; true`;
      const { status } = spawnSync(shell, TOLD_SHELL.slice(1), { input });
      assert.deepEqual([status === 0, existsSync(file)], [false, false]);
    });
  });
}
