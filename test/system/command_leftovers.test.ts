import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { runCommand } from '../../src/system/command.ts';
import { isAlive } from '../support/processes.ts';
import { type Workspace, workspace } from '../support/workspace.ts';
import { END, isGone, KEEP, pidFrom, timed } from './commands.ts';

let space: Workspace;
before(async () => {
  space = await workspace();
});
after(() => space.remove());

describe('what a command leaves running', () => {
  for (const leftovers of ['end', 'keep'] as const) {
    test(`in the background does not delay its end, to ${leftovers} it or not`, async (t) => {
      const file = space.path(`${leftovers}.pid`);
      const { ok, durationMs } = await timed(
        runCommand(`sleep 60 & echo $! > ${file}`, {
          ...END,
          leftovers,
        }),
      );
      const pid = await pidFrom(file);
      t.after(() => leftovers === 'keep' && process.kill(pid, 'SIGKILL'));
      assert.equal(ok, true);
      assert.ok(durationMs < 5000, `${durationMs}`);
      assert.equal(isAlive(pid), leftovers === 'keep');
    });
  }

  test('is ended although it may stay, where the command failed', async () => {
    const file = space.path('failed.pid');
    await runCommand(`sleep 60 & echo $! > ${file}; exit 1`, KEEP);
    await isGone(await pidFrom(file));
  });

  test('in a session of its own holds no pipe open for long', async (t) => {
    const file = space.path('session.pid');
    const { ok, durationMs } = await timed(
      runCommand(
        `setsid sh -c 'echo $$ > ${file}; exec sleep 60' & while ! [ -s ${file} ]; do sleep 0.01; done`,
        END,
      ),
    );
    const pid = await pidFrom(file);
    t.after(() => process.kill(pid, 'SIGKILL'));
    assert.equal(ok, true);
    assert.ok(durationMs < 5000, `${durationMs}`);
  });

  test('may go on printing', async (t) => {
    const file = space.path('printing.pid');
    const mark = space.path('printed');
    const go = space.path('go');
    const loop = `while ! [ -e ${go} ]; do sleep 0.01; done; echo more; echo $? > ${mark}; exec sleep 60`;
    await runCommand(`(${loop}) & echo $! > ${file}`, KEEP);
    const pid = await pidFrom(file);
    t.after(() => process.kill(pid, 'SIGKILL'));
    space.write('go', '');
    assert.equal(await pidFrom(mark), 0, 'what echo told');
    assert.ok(isAlive(pid));
  });
});
