/** The harness's own processes: found by name, and gone when they should be. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endAll, isAlive, processesNamed, startVictim, uniqueName } from '../support/processes.ts';
import { waitFor } from '../support/wait.ts';
import { workspace } from '../support/workspace.ts';

describe('a victim', () => {
  for (const [kind, name] of [
    ['a short', uniqueName('victim')],
    ['a long', uniqueName('victim-with-a-long-name-')],
  ] as const) {
    test(`is found by ${kind} name until it ends`, async (t) => {
      const space = await workspace();
      t.after(() => space.remove());
      const { pid, kill } = await startVictim(space, name);
      assert.deepEqual(processesNamed(name), [pid]);
      assert.deepEqual(processesNamed(name.slice(0, -1)), []);
      await kill();
      assert.equal(isAlive(pid), false);
    });
  }

  test('survives SIGTERM when told to, and not endAll', async (t) => {
    const space = await workspace();
    t.after(() => space.remove());
    const name = uniqueName('stubborn');
    const [soft, hard] = [
      await startVictim(space, uniqueName('soft')),
      await startVictim(space, name, { trapTerm: true }),
    ];
    process.kill(hard.pid, 'SIGTERM');
    process.kill(soft.pid, 'SIGTERM');
    await waitFor('the soft one to end', () => !isAlive(soft.pid));
    assert.equal(isAlive(hard.pid), true);
    await endAll(name);
    assert.equal(isAlive(hard.pid), false);
    await assert.rejects(endAll('init'), /uniqueName/);
  });
});
