import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { killRunningCommands, runCommand, runProgram } from '../../src/system/command.ts';
import { ownGroups } from '../../src/system/own_groups.ts';
import { takeAllDescriptors } from '../support/descriptors.ts';
import { waitFor } from '../support/wait.ts';
import { type Workspace, workspace } from '../support/workspace.ts';
import { END, isGone, KEEP, pidFrom, timed } from './commands.ts';

let space: Workspace;
before(async () => {
  space = await workspace();
});
after(() => space.remove());

describe('how a command ended', () => {
  test('well', async () => {
    const result = await runCommand('exit 0', END);
    assert.deepEqual([result.ok, result.ending], [true, { kind: 'exited', code: 0 }]);
  });

  test('with an exit code', async () => {
    const result = await runCommand('echo out; echo err >&2; exit 7', END);
    assert.deepEqual([result.ok, result.ending], [false, { kind: 'exited', code: 7 }]);
    assert.deepEqual([result.outputLines, result.errorLines], [['out'], ['err']]);
  });

  test('by a signal', async () => {
    const result = await runCommand('kill -SEGV $$', END);
    assert.deepEqual([result.ok, result.ending], [false, { kind: 'killed', signal: 'SIGSEGV' }]);
  });

  test('as a command that the shell does not know', async () => {
    const result = await runCommand('no-such-command-anywhere', END);
    assert.deepEqual(result.ending, { kind: 'exited', code: 127 });
    assert.match(result.errorLines[0] ?? '', /no-such-command-anywhere.*not found/);
  });

  test('as one that was not started for want of descriptors, and none of them stays open', async () => {
    const open = () => readdirSync('/proc/self/fd').length;
    await runCommand('exit 0', END);
    const before = open();
    for (let left = 0; left < 10; left++) {
      const giveBack = takeAllDescriptors({ left });
      const result = await runCommand('exit 0', END).finally(giveBack);
      const reason = result.ending.kind === 'not started' ? result.ending.reason : 'EMFILE: none';
      assert.match(reason, /^EMFILE: /, `${left} left`);
      assert.equal(result.ok, left >= 8, `${left} left`);
    }
    await waitFor('its descriptors to be closed', () => open() <= before);
  });

  for (const [what, ends] of [
    ['its timeout', () => ({ timeoutMs: 500 })],
    ['an abort', () => ({ signal: AbortSignal.timeout(500) })],
  ] as const) {
    test(`stopped (^Z) at ${what}, with the time to clean up`, async () => {
      const mark = space.path(`mark-${what.replace(' ', '-')}`);
      const command = `trap 'echo bye > ${mark}; exit' TERM; kill -STOP $$; sleep 60`;
      await runCommand(command, { ...END, ...ends() });
      assert.ok(existsSync(mark));
    });
  }

  test('as a program that does not exist', async () => {
    const { ok, ending, errorLines } = await runProgram('no-such-program-anywhere', [], END);
    assert.deepEqual([ok, ending], [false, { kind: 'exited', code: 127 }]);
    assert.match(errorLines[0] ?? '', /no-such-program-anywhere.*not found/);
  });

  test('as a program that may not be run', async () => {
    const { ok, ending, errorLines } = await runProgram(space.write('data', 'x'), [], END);
    assert.deepEqual([ok, ending], [false, { kind: 'exited', code: 126 }]);
    assert.match(errorLines[0] ?? '', /Permission denied/);
  });

  test('as one that no shell could be told whole', async () => {
    for (const commandLine of ['a\0b', 'true\nfalse']) {
      const { ok, ending } = await runCommand(commandLine, END);
      const reason = 'a command holds a line break or a NUL character';
      assert.deepEqual([ok, ending], [false, { kind: 'not started', reason }]);
    }
  });

  test('by a signal, where it only starts a program', async () => {
    const script = space.script('crashes', 'kill -SEGV $$');
    for (const commandLine of [script, `${script} 2>&1 >/dev/null`, `${script} "a b" 'c;d'`]) {
      const { ending } = await runCommand(commandLine, END);
      assert.deepEqual(ending, { kind: 'killed', signal: 'SIGSEGV' }, commandLine);
    }
  });

  test('as a program of a name that the shell has for itself', async () => {
    const codes: number[] = [];
    for (const commandLine of ['test 1 = 2', '[ 1 = 2 ]', ': x', 'exit 9', 'A=1 sh -c "exit $A"']) {
      const { ending } = await runCommand(commandLine, END);
      codes.push(ending.kind === 'exited' ? ending.code : -1);
    }
    assert.deepEqual(codes, [1, 1, 0, 9, 0]);
  });
});

describe('a command', () => {
  test('does nothing before its start was told, however long the telling takes', async () => {
    const file = space.path('begun');
    let hadBegun: boolean | undefined;
    const onStart = () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
      hadBegun = existsSync(file);
    };
    const { ok } = await runCommand(`touch '${file}'`, { ...END, onStart });
    assert.deepEqual([ok, hadBegun, existsSync(file)], [true, false, true]);
  });

  test('has no standard input, and / as its directory', async () => {
    const { outputLines } = await runCommand('pwd; cat; readlink /proc/self/fd/0', END);
    assert.deepEqual(outputLines, ['/', '/dev/null']);
  });

  test('leads a process group and a session of its own, which is told at once', async () => {
    let group = 0;
    const onStart = (started: number) => {
      group = started;
      assert.ok(ownGroups.has(started));
    };
    const { outputLines } = await runCommand('cut -d" " -f5,6 /proc/$$/stat; echo $$', {
      ...END,
      onStart,
    });
    assert.deepEqual(outputLines, [`${group} ${group}`, `${group}`]);
    assert.equal(ownGroups.has(group), false);
  });

  test('is not run by a shell where it is a program with arguments', async () => {
    const { outputLines } = await runProgram('echo', ['$(id)', '*', ';', 'a b'], END);
    assert.deepEqual(outputLines, ['$(id) * ; a b']);
  });
});

describe('at its timeout', () => {
  test('a command is ended', async () => {
    const { ok, ending, durationMs } = await timed(
      runCommand('sleep 30', { ...END, timeoutMs: 100 }),
    );
    assert.deepEqual([ok, ending], [false, { kind: 'timed out', afterMs: 100 }]);
    assert.ok(durationMs < 2000, `${durationMs}`);
  });

  test('a command that ignores SIGTERM is ended', async () => {
    const options = { ...END, timeoutMs: 200 };
    const { ending, durationMs } = await timed(
      runCommand('trap "" TERM; sleep 30; sleep 30', options),
    );
    assert.equal(ending.kind, 'timed out');
    assert.ok(durationMs < 5000, `${durationMs}`);
  });

  test('a grandchild that ignores SIGTERM is ended', async () => {
    const file = space.path('stubborn.pid');
    const grandchild = `sh -c 'trap "" TERM; echo $$ > ${file}; while :; do sleep 1; done'`;
    const running = runCommand(`${grandchild} & wait`, { ...END, timeoutMs: 500 });
    const pid = await pidFrom(file);
    await running;
    await isGone(pid);
  });

  test('a stopped command is ended', async () => {
    const { ending, durationMs } = await timed(
      runCommand('kill -STOP $$', { ...END, timeoutMs: 100 }),
    );
    assert.equal(ending.kind, 'timed out');
    assert.ok(durationMs < 5000, `${durationMs}`);
  });

  test('what a command says as it is ended is heard', async () => {
    const { errorLines } = await runCommand('trap "echo bye >&2; exit" TERM; sleep 30 & wait', {
      ...END,
      timeoutMs: 300,
    });
    assert.deepEqual(errorLines, ['bye']);
  });
});

describe('an abort', () => {
  test('ends a command as at its timeout', async () => {
    const file = space.path('aborted.pid');
    const abort = new AbortController();
    const running = runCommand(`sleep 60 & echo $! > ${file}; wait`, {
      ...KEEP,
      signal: abort.signal,
    });
    const pid = await pidFrom(file);
    abort.abort();
    const { ok, ending } = await running;
    assert.deepEqual([ok, ending], [false, { kind: 'interrupted' }]);
    await isGone(pid);
  });

  test('of before ends a command at once', async () => {
    const { ending } = await runCommand('sleep 60', { ...END, signal: AbortSignal.abort() });
    assert.deepEqual(ending, { kind: 'interrupted' });
  });

  test('of afterwards is no matter', async () => {
    const abort = new AbortController();
    const { ok } = await runCommand('exit 0', { ...END, signal: abort.signal });
    abort.abort();
    assert.equal(ok, true);
  });

  test('of everything ends all that runs at once', async () => {
    const commands = [1, 2, 3].map(() => runCommand('trap "" TERM; sleep 60', END));
    killRunningCommands();
    for (const { ending } of await Promise.all(commands)) {
      assert.deepEqual(ending, { kind: 'killed', signal: 'SIGKILL' });
    }
    assert.equal(ownGroups.size, 0);
  });
});
