/** A process whose program has another name than the table has for it, as that of an interpreter. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failToHeal, heal, suiteHost } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';
import type { Host } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';

const SCRIPT = '#!/usr/bin/env perl\nsleep 600 while 1;\n';
const perl = (name: string) => `exec perl /srv/${name}`;
const isRunning = { health_check_command: 'pgrep -f "^perl /srv/%s"' };

async function prepare(host: Host): Promise<void> {
  for (const name of ['report', 'checked', 'hung', 'chosen', 'parent']) {
    host.write(`/srv/${name}`, SCRIPT);
  }
  host.write('/usr/local/bin/script', SCRIPT, 0o755);
}

describe('a process whose program has another name', { skip: noBox }, () => {
  const shared = suiteHost(
    {
      monitor: { max_restart_failures: 100, max_parallel_restarts: 20 },
      processes: {
        default: {
          ...{ restart_strategy: 'process', max_attempts: 3, restart_delay: 0, stop_timeout: 1 },
          ...{ health_check_timeout: 1, health_check_stable_time: 0, max_restarts: 0 },
        },
        report: { start_command: perl('report') },
        checked: { start_command: perl('checked'), ...isRunning },
        hung: { start_command: `trap "" TERM; ${perl('hung')}`, ...isRunning },
        chosen: { restart_strategy: 'auto', start_command: perl('chosen'), ...isRunning },
        parent: { start_command: `${perl('parent')} 1 & ${perl('parent')} 2`, ...isRunning },
      },
    },
    prepare,
  );

  const copiesOf = async (file: string) =>
    (await shared().box.exec(`pgrep -f "^perl ${file}"`)).stdout.split('\n').filter(Boolean);

  /** The one copy that runs; an attempt that was under way may have to come to its end. */
  const onlyCopyOf = async (file: string) => {
    const copies = await waitFor(`${file} to run`, async () => {
      const found = await copiesOf(file);
      return found.length > 0 && found;
    });
    assert.equal((copies as string[]).length, 1, `${copies}`);
    return (copies as string[])[0];
  };

  const chosen = (lines: string[]) =>
    lines.flatMap((line) => /Strategy for \S+: (.*)$/.exec(line)?.[1] ?? []);

  const restartMonitor = () => shared().sh('systemctl restart monitor_service');

  for (const [what, name, file] of [
    ['that start_command starts', 'report', '/srv/report'],
    ['of a script in PATH', 'script', '/usr/local/bin/script'],
  ] as const) {
    test(`leaves one copy ${what} when its check fails, and the log tells why`, async () => {
      const said = await failToHeal(shared(), name);
      const reason = `Health check for ${name}: no process ${name} (what was started for it is called perl: set health_check_command)`;
      assert.equal(said.filter((line) => line.includes('health check failed')).length, 3);
      assert.ok(
        said.some((line) => line.endsWith(reason)),
        said.join('\n'),
      );
      const first = await onlyCopyOf(file);
      await failToHeal(shared(), name);
      assert.notEqual(await onlyCopyOf(file), first);
    });
  }

  test('is ended at the next alarm, also by a monitor that was restarted meanwhile', async () => {
    await heal(shared(), 'checked');
    const first = await onlyCopyOf('/srv/checked');
    await restartMonitor();
    assert.equal(await onlyCopyOf('/srv/checked'), first);
    await heal(shared(), 'checked');
    assert.notEqual(await onlyCopyOf('/srv/checked'), first);
  });

  test('is ended by SIGKILL after stop_timeout where it hangs', async () => {
    await heal(shared(), 'hung');
    const first = await onlyCopyOf('/srv/hung');
    await shared().sh(`kill -TERM ${first}`);
    await heal(shared(), 'hung');
    assert.notEqual(await onlyCopyOf('/srv/hung'), first);
  });

  test('is ended with all that it started', async () => {
    const both = async () => {
      const copies = await copiesOf('/srv/parent');
      return copies.length === 2 && copies;
    };
    await heal(shared(), 'parent');
    const first = (await waitFor('both', both)) as string[];
    await heal(shared(), 'parent');
    const second = (await waitFor('both', both)) as string[];
    assert.deepEqual(
      first.filter((pid) => second.includes(pid)),
      [],
    );
  });

  test('is found by auto, which asks for no unit that starts a program of the name', async () => {
    const host = shared();
    assert.deepEqual(chosen(await heal(host, 'chosen')), ['process']);
    const first = await onlyCopyOf('/srv/chosen');
    const unit =
      '[Service]\nExecStart=/usr/local/bin/chosen\n[Install]\nWantedBy=multi-user.target';
    host.write('/usr/local/bin/chosen', SCRIPT, 0o755);
    await host.unit('other', `${unit}\n`);
    await host.sh('systemctl enable other');
    assert.deepEqual(chosen(await heal(host, 'chosen')), ['process']);
    assert.notEqual(await onlyCopyOf('/srv/chosen'), first);
    assert.equal(await host.property('other', 'ActiveState'), 'inactive');
  });
});
