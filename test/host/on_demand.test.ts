/** Health checks and restarts that an operator asks for, and completion behind sudo, on a host as it is installed. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { alarm, suiteHost } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';
import type { Host } from '../support/box/host.ts';

const NEEDS_FILE =
  '[Service]\nExecStartPre=/bin/test -e /etc/%N.conf\nExecStart=/bin/sleep infinity\n';

async function prepare(host: Host): Promise<void> {
  for (const name of ['web', 'mail', 'held']) {
    await host.unit(name, NEEDS_FILE);
    await host.addProcess(name);
  }
}

/** A command's exit status and output. */
async function typed(host: Host, command: string): Promise<[number, string]> {
  const { code, stdout } = await host.box.exec(`${command} 2>&1`);
  return [code ?? -1, stdout];
}

/** What bash offers for a line, the completion being the installed one and no package beside it. */
function offers(host: Host, line: string): Promise<string> {
  const words = line.split(' ');
  return host.sh(`bash -c '
    . /usr/share/bash-completion/completions/monitor_service
    compopt() { :; }
    COMP_LINE="${line}" COMP_POINT=${line.length} COMP_WORDS=(${words.map((word) => `"${word}"`).join(' ')})
    COMP_CWORD=${words.length - 1}
    _monitor_service_behind_sudo sudo
    printf "%s\\n" "\${COMPREPLY[@]}"'`);
}

describe('an operator on an installed host', { skip: noBox }, () => {
  const shared = suiteHost(
    {
      monitor: { check_interval: 3600, max_restart_failures: 1 },
      processes: { default: { max_attempts: 1, health_check_stable_time: 0 } },
    },
    prepare,
  );

  test('checks a dead unit, restarts it, and checks it again', async () => {
    const host = shared();
    const [before, reason] = await typed(host, 'monitor_service check web');
    assert.equal(before, 1);
    assert.match(reason, /^web: not healthy: .*inactive.*\n {4}asked: unit web\.service; took /);
    const [failed, attempts] = await typed(host, 'monitor_service restart web');
    assert.equal(failed, 1);
    assert.match(attempts, / web {2}service, attempt 1: failed after /);
    assert.match(
      attempts,
      /\nweb: restart failed; why, and what to do: monitor_service status web\n$/,
    );
    host.write('/etc/web.conf', '');
    const [restarted, outcome] = await typed(host, 'monitor_service restart web');
    assert.deepEqual([restarted, outcome.split('\n').at(-2)], [0, 'web: restarted and verified']);
    assert.equal(await host.property('web', 'ActiveState'), 'active');
    assert.match((await typed(host, 'monitor_service check web'))[1], /^web: healthy\n/);
  });

  test('restarts what a breaker holds off, and its alarm is cleared', async () => {
    const host = shared();
    await alarm(host, 'held');
    const [left, told] = await typed(host, 'monitor_service check-now --wait');
    assert.equal(left, 1);
    assert.match(told, /^held: restart failed; /m);
    host.write('/etc/held.conf', '');
    const [code, outcome] = await typed(host, 'monitor_service restart held');
    assert.deepEqual(
      [code, outcome.split('\n').at(-2)],
      [0, 'held: restarted and verified, alarm cleared'],
    );
    const [done, nothing] = await typed(host, 'monitor_service check-now --wait');
    assert.deepEqual([done, nothing], [0, 'No process is in alarm.\n']);
  });

  test('sees which unit a restart acts on', async () => {
    const [code, explained] = await typed(shared(), 'monitor_service check-config --explain web');
    assert.equal(code, 0, explained);
    assert.match(explained, /^max_attempts +1 +\[process\.default\], line \d+$/m);
    assert.match(explained, /\nRestart now: service web\.service: .*systemctl \w+ web\.service\n$/);
  });

  test('completes commands, options and names behind sudo', async () => {
    const host = shared();
    assert.equal(await offers(host, 'sudo monitor_service resta'), 'restart\n');
    assert.equal(await offers(host, 'sudo -u root monitor_service check-now --w'), '--wait\n');
    assert.equal(await offers(host, 'sudo monitor_service restart ma'), 'mail\n');
    assert.equal(await offers(host, 'sudo systemctl restart monitor_service ma'), '\n');
  });
});
