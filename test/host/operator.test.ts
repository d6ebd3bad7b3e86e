/** What an administrator types on an installed host: in the night, for a try, and with Tab. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { alarm, suiteHost } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';

const SCRIPTS = '/opt/monitor_service';
const RESET_SECONDS = 1800;
/** Starts only where its configuration is there. */
const WEB = `[Service]
ExecStartPre=/bin/test -e /etc/web.conf
ExecStart=/bin/sleep infinity
`;
const BATCH =
  'for i in 1 2 3; do echo "step $i"; done; echo "no space left" >&2; test -e /etc/batch.conf || exit 42';

/** `2026-11-23 03:40:18` in milliseconds. */
const timeOf = (text = '') => new Date(text.replace(' ', 'T')).getTime();

describe('on an installed host', { skip: noBox }, () => {
  const shared = suiteHost(
    {
      monitor: { check_interval: 300, circuit_reset_time: RESET_SECONDS },
      processes: {
        default: { health_check_stable_time: 0, max_attempts: 1 },
        batch: { restart_strategy: 'custom', restart_command: BATCH, health_check_command: 'true' },
      },
    },
    async (host) => {
      for (const name of ['apache2', 'sshd']) {
        await host.unit(name);
        await host.addProcess(name);
        await host.sh(`systemctl start ${name}`);
      }
      await host.unit('web', WEB);
    },
  );

  for (const { name, command, reason, output } of [
    {
      name: 'web',
      command: 'systemctl start web.service',
      reason: /^exit code 1: /,
      output: [
        /^web\.service: Control process exited, .*status=1/,
        /^web\.service: Failed with result /,
      ],
    },
    {
      name: 'batch',
      command: BATCH,
      reason: /^exit code 42: no space left$/,
      output: [/^step 1$/, /^step 2$/, /^step 3$/],
    },
  ]) {
    test(`status says what is wrong with ${name}, since when, why, and what to type; typed, it heals`, async () => {
      const host = shared();
      let log = await alarm(host, name);
      for (let failure = 1; failure <= 3; failure++) {
        await host.sh('monitor_service check-now');
        log = await host.waitForLog(`All restart attempts failed for ${name}`, { after: log });
      }
      await host.waitForLog(`Circuit breaker opened for ${name} after 3 failures`);

      const told = await host.sh(`monitor_service status ${name}`);
      const rows = rowsOf(told);
      const line = new RegExp(`^(.{19}) - WARNING - Circuit breaker opened for ${name} `, 'm');
      const [, openedAt] = line.exec(host.log()) ?? [];
      assert.deepEqual(rows.State, ['in alarm; its open breaker keeps restarts away']);
      const since = /^open since (.{19}) \(\d+ seconds? ago\), after 3 failed restarts in a row$/;
      const [, toldAt] = since.exec(rows.Breaker?.[0] ?? '') ?? [];
      assert.ok(Math.abs(timeOf(toldAt) - timeOf(openedAt)) <= 1000, told);
      assert.match(
        rows['Last restart']?.[0] ?? '',
        /^.{19} \(.* ago\), \w+, attempt 1: failed after /,
      );
      assert.deepEqual(rows.Command, [command]);
      assert.match(rows['Why it failed']?.[0] ?? '', reason);
      assert.equal(rows.Output?.length, output.length, told);
      for (const [index, expected] of output.entries()) {
        assert.match(rows.Output?.[index] ?? '', expected);
      }
      const next = /^at the first check after (.{19}) \(in 30 minutes\)$/;
      const [, retryAt] = next.exec(rows['Next try']?.[0] ?? '') ?? [];
      const wait = timeOf(retryAt) - timeOf(openedAt);
      assert.ok(Math.abs(wait / 1000 - RESET_SECONDS) <= 1, told);

      const [advice = '', ...commands] = rows.Sooner ?? [];
      assert.match(advice, /^fix the cause, then: /);
      host.write(`/etc/${name}.conf`, '');
      for (const typed of [advice.replace('fix the cause, then: ', ''), ...commands]) {
        assert.match(typed, /^monitor_service /);
        await host.sh(typed);
      }
      await host.waitForLog(`Alarm cleared for ${name} `, { after: log });
      const healed = rowsOf(await host.sh(`monitor_service status ${name}`));
      assert.deepEqual([healed.State, healed.Breaker], [['not in alarm'], ['closed, no failures']]);
    });
  }

  test('simple_test.sh puts apache2 in alarm, and the service restarts it', async () => {
    const host = shared();
    const pid = await host.property('apache2', 'MainPID');
    const log = host.log().length;
    const said = await host.sh(`cd ${SCRIPTS} && ./simple_test.sh`);
    assert.match(said, /^apache2 \(ID: 1\): alarm set$/m);
    await host.waitForLog('Alarm cleared for apache2 ', { after: log });
    assert.notEqual(await host.property('apache2', 'MainPID'), pid);
  });

  test('test_alarm.sh puts a process in alarm, and the service restarts it', async () => {
    const host = shared();
    const pid = await host.property('sshd', 'MainPID');
    const log = host.log().length;
    await host.sh(`cd ${SCRIPTS} && ./test_alarm.sh`, { input: '2\nsshd\nq\n' });
    await host.waitForLog('Alarm cleared for sshd ', { after: log });
    assert.notEqual(await host.property('sshd', 'MainPID'), pid);
  });

  for (const script of ['simple_test.sh', 'test_alarm.sh']) {
    test(`${script} tells another user than root how to call it`, async () => {
      const file = `${SCRIPTS}/${script}`;
      const said = await shared().box.exec(`runuser -u nobody -- ${file}`);
      const reason = `no monitor_service that this user may run; as root: sudo ${file}`;
      assert.deepEqual(said, { code: 1, stdout: '', stderr: `${script}: ${reason}\n` });
    });
  }

  test('Tab completes commands for everybody, and the names of processes for root', async () => {
    const tab = `. /usr/share/bash-completion/completions/monitor_service
      COMP_LINE="$*"; COMP_POINT=\${#COMP_LINE}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
      _monitor_service "$1"; printf "%s\\n" "\${COMPREPLY[@]}" | sort`;
    const press = (user: string, ...words: string[]) =>
      shared().sh(`runuser -u ${user} -- bash -c '${tab}' bash ${words.join(' ')} 2>&1`);
    for (const user of ['root', 'nobody']) {
      assert.equal(await press(user, 'monitor_service', 'che'), 'check\ncheck-config\ncheck-now\n');
    }
    const sshd = ['monitor_service', 'alarm', 'set', 's'];
    assert.equal(await press('root', ...sshd), 'sshd\n');
    assert.equal(await press('nobody', ...sshd), '\n');
  });
});

/** The rows of the explanation by their titles; those without one belong to the row above. */
function rowsOf(text: string): Record<string, string[]> {
  const rows: Record<string, string[]> = {};
  let title = '';
  for (const line of text.trimEnd().split('\n').slice(1)) {
    title = line.slice(2, 16).trim().replace(/:$/, '') || title;
    rows[title] = [...(rows[title] ?? []), line.slice(17)];
  }
  return rows;
}
