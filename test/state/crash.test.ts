import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { collect, exitOf } from '../support/child.ts';
import { own } from '../support/reaper.ts';
import { waitFor } from '../support/wait.ts';
import { stateStage } from './stage.ts';

const WRITER = join(import.meta.dirname, 'fixtures/write_in_a_loop.ts');
const KILLS = 5;

test('a service that is killed while it writes loses nothing that was saved', async (t) => {
  const stage = await stateStage();
  t.after(() => stage.end());
  for (let kill = 0; kill < KILLS; kill++) {
    const saved = await writeUntilKilled(stage.directory, 20 + 7 * kill);
    const state = stage.start();
    assert.deepEqual(stage.troubles, []);
    const [[, breaker] = []] = state.loadBreakers();
    // What was being written at that moment may be there as well.
    assert.ok(
      [saved, saved + 1].includes(breaker?.failures ?? 0),
      `${breaker?.failures}, ${saved}`,
    );
    const kept = stage
      .look("SELECT attempt FROM attempt WHERE outcome = 'running' ORDER BY id")
      .map(({ attempt }) => attempt);
    const expected = Array.from({ length: saved }, (_, index) => index + 1);
    assert.deepEqual(kept.slice(0, saved), expected);
    assert.ok(kept.length <= saved + 1);
    assert.equal(state.takeInterrupted(() => false).length, kept.length);
    stage.stop();
  }
});

/** Resolves to the last number that the writer said it had saved, at least the given one. */
async function writeUntilKilled(directory: string, atLeast: number): Promise<number> {
  const child = spawn(process.execPath, ['--no-warnings', WRITER, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const disown = own(() => child.kill('SIGKILL'));
  const output = collect(child.stdout);
  const lines = () => output().split('\n').slice(0, -1);
  await waitFor(`${atLeast} writes`, () => lines().length >= atLeast);
  child.kill('SIGKILL');
  await exitOf(child, 5000);
  disown();
  await waitFor(
    'the end of its output',
    () => child.stdout.readableEnded || child.stdout.destroyed,
  );
  return Number(lines().at(-1));
}
