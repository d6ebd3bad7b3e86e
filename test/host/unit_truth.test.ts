/** What systemd says of a unit decides whether its process is healthy, and what is done to heal it. */
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { describe, test } from 'node:test';
import { failToHeal, heal, suiteHost } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';
import type { Host } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';

const SLEEPS = 'ExecStart=/bin/sleep infinity\n';
const SCRIPT = '#!/usr/bin/perl\nsleep 900 while 1;\n';
const COUNTS = (name: string, then = '') =>
  `ExecStart=/bin/sh -c "echo >> /run/${name}.runs; ${then}"\n`;

const UNITS: Record<string, string> = {
  // A like name beside it
  prometheus: '[Service]\nExecStart=/bin/sh -c "exit 1"\n',
  backend: '[Service]\nExecStart=/bin/true\n',
  worker: '[Service]\nExecStart=/usr/local/bin/not-there\n',
  frozen: `[Service]\nType=notify\nTimeoutStartSec=2\n${SLEEPS}`,
  // Without a main process, or without any
  nightly: `[Service]\nType=oneshot\n${COUNTS('nightly')}`,
  cleanup: `[Service]\nType=oneshot\n${COUNTS('cleanup')}[Install]\nWantedBy=multi-user.target\n`,
  broken: `[Service]\nType=oneshot\n${COUNTS('broken', 'exit 4')}`,
  firewall: `[Service]\nType=oneshot\nRemainAfterExit=yes\n${COUNTS('firewall')}`,
  loaded: `[Service]\nRemainAfterExit=yes\n${COUNTS('loaded')}`,
  pool: `[Service]
Type=forking
GuessMainPID=no
ExecStart=/bin/sh -c "echo >> /run/pool.runs; setsid -f /usr/local/bin/pool-worker </dev/null >/dev/null 2>&1"
`,
  gone: `[Service]
Type=forking
GuessMainPID=no
RemainAfterExit=yes
ExecStart=/bin/sh -c "echo >> /run/gone.runs"
`,
  traced: `[Service]\n${SLEEPS}`,
  // A start that outlasts restart_timeout
  late: `[Service]
Type=notify
NotifyAccess=all
ExecStart=/bin/sh -c "echo >> /run/late.runs; sleep 3; systemd-notify --ready; exec sleep infinity"
`,
  prepares: `[Service]\nExecStartPre=/bin/sleep 3\n${COUNTS('prepares', 'exec sleep infinity')}`,
  forks: `[Service]\nType=forking\n${COUNTS('forks', 'sleep 3; sleep infinity &')}`,
  report: `[Service]\nType=oneshot\n${COUNTS('report', 'sleep 3')}`,
  vain: `[Service]\nExecStartPre=/bin/sleep 3\nExecStartPre=/bin/false\n${SLEEPS}`,
  // Not to be stopped by hand
  guarded: `[Unit]\nRefuseManualStop=yes\n[Service]\n${SLEEPS}`,
  stubborn: `[Unit]\nRefuseManualStop=yes\n[Service]\nExecStart=/bin/sh -c "test -e /run/ok && exec sleep infinity; exit 1"\n`,
  counted: `[Unit]
RefuseManualStop=yes
StartLimitIntervalSec=3600
StartLimitBurst=2
[Service]
${SLEEPS}`,
  // A start that does nothing
  wanting: `[Unit]\nConditionPathExists=/run/wanted\n[Service]\n${SLEEPS}`,
  choosy: `[Unit]\nConditionPathExists=/run/wanted\n[Service]\nType=oneshot\n${COUNTS('choosy')}`,
  picky: `[Service]\nExecCondition=/bin/false\n${SLEEPS}`,
  strict: `[Unit]\nAssertPathExists=/run/wanted\n[Service]\n${SLEEPS}`,
};
const LIKE = ['prometheus-node-exporter', 'backend-api', 'worker-2', 'frozen-food'];

const OUTLASTING = ['late', 'prepares', 'forks', 'report', 'vain'];

async function prepare(host: Host): Promise<void> {
  for (const name of [...LIKE, 'pool-worker']) {
    host.write(`/usr/local/bin/${name}`, SCRIPT, 0o755);
  }
  for (const [name, text] of Object.entries(UNITS)) {
    host.write(`/etc/systemd/system/${name}.service`, text);
  }
  await host.sh('systemctl daemon-reload; systemctl enable cleanup');
  await host.sh(LIKE.map((name) => `setsid -f ${name} </dev/null >/dev/null 2>&1`).join('; '));
}

describe('systemd decides', { skip: noBox, concurrency: 8 }, () => {
  const shared = suiteHost(
    {
      monitor: { max_parallel_restarts: 30, max_restart_failures: 100 },
      processes: {
        default: { max_attempts: 2, restart_delay: 0, health_check_timeout: 1 },
        wanting: { health_check_command: 'true' },
        ...Object.fromEntries(OUTLASTING.map((name) => [name, { restart_timeout: 1 }])),
      },
    },
    prepare,
  );

  const runs = (name: string) => {
    const file = `/run/${name}.runs`;
    return existsSync(shared().box.path(file)) ? shared().read(file).length : 0;
  };

  for (const [unit, state] of [
    ['prometheus', 'prometheus.service is failed (exit-code, status 1)'],
    ['backend', 'backend.service is inactive'],
    ['worker', 'Failed at step EXEC spawning /usr/local/bin/not-there'],
    ['frozen', 'timed out'],
  ] as const) {
    test(`that a dead unit is dead, whatever runs under a like name: ${unit}`, async () => {
      const host = shared();
      const lines = (await failToHeal(host, unit)).join('\n');
      assert.ok(lines.includes(state), lines);
      assert.doesNotMatch(lines, /verified/);
      assert.equal((await host.sh(`pgrep -c ${unit}-`)).trim(), '1', 'the other one still runs');
    });
  }

  for (const unit of ['nightly', 'cleanup', 'firewall', 'loaded', 'pool', 'gone']) {
    test(`that a unit without a main process is healthy, which is started once: ${unit}`, async () => {
      const lines = await heal(shared(), unit);
      assert.doesNotMatch(lines.join('\n'), /ERROR|Attempt 2/);
      assert.equal(runs(unit), 1);
    });
  }

  for (const unit of OUTLASTING.filter((name) => name !== 'vain')) {
    test(`that a start which outlasts restart_timeout is waited for, and not begun again: ${unit}`, async () => {
      const lines = (await heal(shared(), unit)).join('\n');
      assert.match(lines, /timed out after 1 second; waiting for systemd's job for /);
      assert.doesNotMatch(lines, /Attempt 2/);
      assert.equal(runs(unit), 1);
    });
  }

  test('that a start which outlasts restart_timeout and fails then has failed for its own reason', async () => {
    const lines = (await failToHeal(shared(), 'vain')).join('\n');
    assert.match(lines, /failed for: vain: timed out after 1 second: .*Control process exited/);
  });

  test('that a oneshot that fails is not healthy', async () => {
    const lines = await failToHeal(shared(), 'broken');
    assert.match(lines.join('\n'), /exit code 1: broken\.service: .*status=4/);
    assert.equal(runs('broken'), 2);
  });

  test('that a unit whose main process is stopped lives, and one whose daemons died does not', async () => {
    const host = shared();
    await host.sh('systemctl start traced');
    await host.sh('kill -STOP $(systemctl show --value -p MainPID traced)');
    assert.match((await heal(host, 'traced')).join('\n'), /verified/);
    await waitFor('the pool to run', async () => runs('pool') > 0);
    await host.sh('pkill -KILL -x pool-worker || true');
    await waitFor('the pool to be down', async () => {
      return (await host.property('pool', 'ActiveState')) !== 'active';
    });
    await heal(host, 'pool');
    assert.equal((await host.sh('pgrep -c pool-worker')).trim(), '1');
  });

  for (const unit of ['guarded', 'counted']) {
    test(`what does not run is started, as it may not be stopped by hand: ${unit}`, async () => {
      const host = shared();
      if (unit === 'counted') {
        await host.sh('systemctl start counted; systemctl kill -s KILL counted; sleep 0.2');
        await host.box.exec('systemctl start counted; systemctl kill -s KILL counted; sleep 0.2');
        await host.box.exec('systemctl start counted');
      }
      const lines = await heal(host, unit);
      assert.doesNotMatch(lines.join('\n'), /ERROR/);
      assert.equal(await host.property(unit, 'ActiveState'), 'active');
      assert.match(
        await host.sh(`monitor_service history ${unit} -n 1`),
        new RegExp(`systemctl start ${unit}\\.service`),
      );
    });
  }

  test('what failed is started once its cause is gone, and what runs is restarted', async () => {
    const host = shared();
    await host.box.exec('systemctl start stubborn');
    await failToHeal(host, 'stubborn');
    host.write('/run/ok', '');
    await heal(host, 'stubborn');
    rmSync(host.box.path('/run/ok'));
    await heal(host, 'traced');
    assert.match(
      await host.sh('monitor_service history traced -n 1'),
      /systemctl restart traced\.service/,
    );
    const lines = await failToHeal(host, 'stubborn');
    assert.match(lines.join('\n'), /Operation refused/, 'it runs, and may not be stopped');
  });

  for (const [unit, reason] of [
    ['wanting', 'condition not met: ConditionPathExists=/run/wanted'],
    ['choosy', 'condition not met: ConditionPathExists=/run/wanted'],
    ['picky', 'condition not met: ExecCondition= ended with a failure'],
    ['strict', 'exit code 1: assertion not met: AssertPathExists=/run/wanted'],
  ] as const) {
    test(`that a start did nothing: ${unit}`, async () => {
      const lines = await failToHeal(shared(), unit);
      const failed = `ERROR - RESTART LOG: Service restart command failed for: ${unit}: ${reason}`;
      assert.ok(lines.includes(failed), lines.join('\n'));
    });
  }
});
