/** Commands that look for themselves, and commands with another program's formats: what they find is true. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failToHeal, heal, suiteHost } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';
import { waitFor } from '../support/wait.ts';

/** Of the file `/run/beat-NAME`: not older than a minute. */
const FRESH = 'test $(( $(date +%%s) - $(stat -c %%Y /run/beat-%s) )) -lt 60';

describe('a command', { skip: noBox, concurrency: 4 }, () => {
  const shared = suiteHost(
    {
      monitor: { max_restart_failures: 100, max_parallel_restarts: 20 },
      processes: {
        default: {
          restart_strategy: 'custom',
          restart_command: 'true',
          health_check_timeout: 2,
          health_check_stable_time: 0,
          max_attempts: 1,
        },
        'found-by-pgrep': { health_check_command: 'pgrep -f mark-of-pgrep || exit 1' },
        'found-by-ps': { health_check_command: 'ps -eo args | grep -v grep | grep -q mark-of-ps' },
        'found-in-proc': {
          health_check_command:
            'cat /proc/[0-9]*/cmdline | tr "\\0" "\\n" | grep -q "mark-of-pro[c]" # mark-of-proc',
        },
        'ended-before': {
          pre_restart_command: 'pkill -f mark-of-pre; true',
          health_check_command: 'true',
        },
        'ended-within': {
          restart_command: 'pkill -9 -f mark-of-restart; touch /run/ended-within',
          health_check_command: 'test -e /run/ended-within',
        },
        'ended-start': {
          restart_strategy: 'process',
          system_name: 'sleeper',
          start_command: 'pkill -f mark-of-start; cd / && /usr/local/bin/sleeper 900',
          health_check_command: 'pgrep -x sleeper && ! pgrep -f mark-of-start',
        },
        slow: {
          pre_restart_command: ': mark-of-slow; touch /run/slow; sleep 4',
          health_check_command: 'true',
        },
        heartbeat: { health_check_command: FRESH },
        stopped: { health_check_command: FRESH },
        size: { health_check_command: '[ "$(stat --format=%%s /run/beat-%s)" = 4 ]' },
        printed: { health_check_command: `printf '%%s-%s' up | grep -qx up-printed` },
      },
    },
    async (host) => {
      await host.sh('cp /bin/sleep /usr/local/bin/sleeper');
      await host.sh('touch -d "1 hour ago" /run/beat-stopped; printf 1234 > /run/beat-size');
    },
  );

  for (const name of ['found-by-pgrep', 'found-by-ps', 'found-in-proc']) {
    test(`that looks for what does not run does not find itself: ${name}`, async () => {
      const lines = await failToHeal(shared(), name);
      assert.ok(
        lines.some((line) => /health check failed for: /.test(line)),
        lines.join('\n'),
      );
    });
  }

  for (const name of ['ended-before', 'ended-within', 'ended-start']) {
    test(`that ends what has its text does not end itself: ${name}`, async () => {
      await heal(shared(), name);
    });
  }

  test('shows its text to nobody while it runs', async () => {
    const host = shared();
    const healed = heal(host, 'slow');
    await waitFor('the command to run', async () => (await host.sh('ls /run')).includes('slow'));
    const found = await host.sh(
      'grep -la "mark-of-[s]low" /proc/[0-9]*/cmdline /proc/[0-9]*/environ; true',
    );
    assert.equal(found, '');
    await healed;
  });

  test('with %% in a format is healthy only if what it reads is', async () => {
    await shared().sh('touch /run/beat-heartbeat');
    await heal(shared(), 'heartbeat');
    await failToHeal(shared(), 'stopped');
  });

  for (const name of ['size', 'printed']) {
    test(`may have a format beside the system name: ${name}`, async () => {
      await heal(shared(), name);
    });
  }

  test('with another program’s %s is a warning of check-config', async () => {
    const host = shared();
    const commands = ['date -u +%s', 'stat -Lc "%s %n" /x', "find /x -printf '%s'", 'printf %s x'];
    const sections = commands.map((text, i) => `[process.p${i}]\nhealth_check_command = ${text}\n`);
    host.write('/root/formats.ini', sections.join(''), 0o600);
    const told = await host.sh('monitor_service check-config -c /root/formats.ini');
    const formats = [...told.matchAll(/warning: .*%s behind "(.*)" becomes .*; write %%s /g)];
    assert.deepEqual(
      formats.map(([, format]) => format),
      ['date +', 'stat -c', 'find -printf', 'printf'],
    );
  });
});
