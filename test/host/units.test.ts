/** The strategy `service`: units of every kind, in every state, in alarm. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { describe, test } from 'node:test';
import { alarm, failToHeal, heal, said, suiteHost } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';
import type { Host } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';

const IS_ACTIVE = 'systemctl is-active %s';
const RESET = (name: string) =>
  `INFO - RESTART LOG: ${name}.service was stopped by its start limit, resetting it`;
const OUTPUT = /RESTART LOG: Output for /;
const CLEARED = /^INFO - Alarm cleared for /;
const failedWith = (name: string, reason: string) =>
  `ERROR - RESTART LOG: Service restart command failed for: ${name}: ${reason}`;

const SLEEPS = '[Service]\nExecStart=/bin/sleep infinity\n';
/** As often as it may be started. */
const TWICE = '[Unit]\nStartLimitIntervalSec=3600\nStartLimitBurst=2\n';

const UNITS: Record<string, string> = {
  web: SLEEPS,
  stopped: SLEEPS,
  failing: `[Service]
ExecStartPre=/bin/sh -c "echo no such file: failing.conf; exit 1"
ExecStart=/bin/sleep 600
`,
  limited: `${TWICE}${SLEEPS}`,
  rationed: `${TWICE}${SLEEPS}`,
  crashing: `${TWICE}${SLEEPS}Restart=always
RestartSec=0
ExecStartPre=/usr/bin/test ! -e /run/cause
`,
  broken: '[Service]\nType=simple\n',
  base: '[Service]\nType=oneshot\nExecStart=/bin/sh -c "echo no base here; exit 1"\n',
  upper: `[Unit]\nRequires=base.service\nAfter=base.service\n${SLEEPS}`,
  'site@': SLEEPS,
  'c\\x2b\\x2b-cache': SLEEPS,
  slow: `[Service]
Type=notify
NotifyAccess=all
TimeoutStartSec=infinity
ExecStart=/bin/sh -c "test -e /run/ready && systemd-notify --ready; exec sleep infinity"
`,
  patient: `${SLEEPS}Restart=always\nRestartSec=3600\n`,
  mounts: '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n',
  routes: '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n',
  flashing: '[Service]\nExecStart=/bin/sleep 0.4\n',
  webshop: '[Service]\nExecStart=/bin/sh -c "echo no such shop; exit 1"\n',
  done: '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n',
  again: `[Service]
ExecStart=/bin/sh -c "echo out of luck; kill -SEGV $$$$"
LimitCORE=0
Restart=always
RestartSec=3600
`,
  httpd: `${SLEEPS}[Install]\nAlias=www.service\n`,
};

/** All at once: systemd counts starts anew when it reads its units again. */
async function writeUnits(host: Host): Promise<void> {
  for (const [name, text] of Object.entries(UNITS)) {
    host.write(`/etc/systemd/system/${name}.service`, text);
  }
  await host.sh('systemctl mask hidden; systemctl enable httpd done; systemctl daemon-reload');
}

describe('a unit in alarm', { skip: noBox, concurrency: 8 }, () => {
  const shared = suiteHost(
    {
      monitor: { circuit_reset_time: 900, max_parallel_restarts: 20 },
      processes: {
        default: { restart_strategy: 'service', max_attempts: 1, health_check_stable_time: 0 },
        failing: { max_attempts: 2, restart_delay: 0 },
        slow: { restart_timeout: 2 },
        mounts: { health_check_command: IS_ACTIVE },
        routes: { health_check_timeout: 1 },
        webshop: { health_check_timeout: 1 },
        done: { health_check_timeout: 1 },
        again: { health_check_timeout: 1 },
        flashing: { health_check_command: IS_ACTIVE, health_check_stable_time: 1 },
        website: { system_name: 'www' },
      },
    },
    writeUnits,
  );

  const is = async (unit: string, property: string, value: string) =>
    waitFor(
      `${unit} to have ${property} ${value}`,
      async () => (await shared().property(unit, property)) === value,
    );

  test('that was killed is restarted, verified and cleared, and its notes tell when', async () => {
    const host = shared();
    await host.sh('systemctl start web');
    const id = await host.addProcess('web');
    await host.sql("UPDATE STATUS_PROCESS SET notes = 'Web shop' WHERE process_id = ?", [id]);
    const killed = await host.property('web', 'MainPID');
    await host.sh('systemctl kill -s KILL web');
    await is('web', 'ActiveState', 'failed');

    assert.deepEqual(await heal(host, 'web'), [
      `INFO - Found process in alarm: web (ID: ${id})`,
      'INFO - RESTART LOG: Beginning restart procedure for web (strategy: service)',
      'INFO - RESTART LOG: Attempt 1 of 1 for web',
      'INFO - RESTART LOG: Successfully restarted and verified service: web',
      `INFO - Alarm cleared for web (ID: ${id})`,
    ]);
    const started = await host.property('web', 'MainPID');
    assert.notEqual(started, killed);
    assert.equal(await host.property('web', 'ActiveState'), 'active');
    const row = await host.alarmOf('web');
    assert.equal(row?.alarma, 0);
    assert.match(row?.notes ?? '', /^Web shop - Restarted at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);

    await heal(host, 'web');
    assert.notEqual(await host.property('web', 'MainPID'), started, 'restarted though it ran');
    assert.match(
      (await host.alarmOf('web'))?.notes ?? '',
      /^Web shop( - Restarted at [^a-z]+){1}$/,
    );
  });

  test('that was stopped by hand is started: the alarm is the later word', async () => {
    const host = shared();
    await host.sh('systemctl start stopped; systemctl stop stopped');
    await heal(host, 'stopped');
    assert.equal(await host.property('stopped', 'ActiveState'), 'active');
  });

  test('that fails to start opens its breaker after three checks', async () => {
    const host = shared();
    const offset = await alarm(host, 'failing');
    const left = /Circuit breaker open for failing, skipping restart \(\d+ seconds left\)/;
    const end = await host.waitForLog(left, { after: offset, timeoutMs: 60_000 });
    const attempt = (number: number) => [
      `INFO - RESTART LOG: Attempt ${number} of 2 for failing`,
      failedWith('failing', 'exit code 1: no such file: failing.conf'),
    ];
    const id = (
      await host.sql("SELECT process_id AS id FROM PROCESE WHERE process_name = 'failing'")
    )[0]?.id;
    const check = [
      `INFO - Found process in alarm: failing (ID: ${id})`,
      'INFO - RESTART LOG: Beginning restart procedure for failing (strategy: service)',
      ...attempt(1),
      ...attempt(2),
      'ERROR - RESTART LOG: All restart attempts failed for failing',
    ];
    const lines = said(host, 'failing', offset, end).filter((line) => !OUTPUT.test(line));
    const last = lines.pop() ?? '';
    assert.deepEqual(lines, [
      ...check,
      ...check,
      ...check,
      'WARNING - Circuit breaker opened for failing after 3 failures',
      `INFO - Found process in alarm: failing (ID: ${id})`,
    ]);
    assert.match(last, /^WARNING - .* \((89\d|900) seconds left\)$/);
    assert.equal((await host.alarmOf('failing'))?.alarma, 1, 'the alarm stands');
  });

  test('that had hit its start limit is reset first', async () => {
    const host = shared();
    await host.sh('systemctl start limited; systemctl restart limited');
    await assert.rejects(
      host.sh('systemctl restart limited'),
      /attempted too often|Job for limited\.service failed/,
    );
    assert.equal(await host.property('limited', 'Result'), 'start-limit-hit');
    const lines = await heal(host, 'limited');
    assert.ok(lines.includes(RESET('limited')), lines.join('\n'));
    assert.doesNotMatch(lines.join('\n'), /ERROR/, 'at once');
    assert.equal(await host.property('limited', 'ActiveState'), 'active');
  });

  test('that crashed until systemd gave it up is healed once its cause is gone', async () => {
    const host = shared();
    host.write('/run/cause', '');
    await host.box.exec('systemctl start crashing');
    await waitFor('systemd to give it up', async () =>
      (await host.sh('journalctl -u crashing')).includes('Start request repeated too quickly'),
    );
    assert.equal(await host.property('crashing', 'Result'), 'exit-code', 'not the start limit');
    rmSync(host.box.path('/run/cause'));
    await assert.rejects(host.sh('systemctl start crashing'), /control process/);
    assert.doesNotMatch((await heal(host, 'crashing')).join('\n'), /ERROR/, 'at once');
    assert.equal(await host.property('crashing', 'ActiveState'), 'active');
  });

  test('whose start limit this very restart would hit is healed all the same', async () => {
    const host = shared();
    await host.sh('systemctl start rationed; systemctl restart rationed');
    const before = await host.property('rationed', 'MainPID');
    const lines = await heal(host, 'rationed');
    assert.ok(lines.includes(RESET('rationed')), lines.join('\n'));
    assert.doesNotMatch(lines.join('\n'), /ERROR/, 'at once');
    assert.notEqual(await host.property('rationed', 'MainPID'), before);
    assert.equal(await host.property('rationed', 'ActiveState'), 'active');
  });

  test('that is masked stays down, and the log says what would allow it', async () => {
    const host = shared();
    const reason = 'hidden.service is masked; systemctl unmask hidden.service allows it again';
    assert.ok((await failToHeal(host, 'hidden')).includes(failedWith('hidden', reason)));
  });

  test('that systemd does not know is told as not found', async () => {
    const lines = await failToHeal(shared(), 'ghost');
    assert.ok(lines.includes(failedWith('ghost', 'ghost.service not found')));
  });

  test('with a broken unit file is told as that', async () => {
    const host = shared();
    const lines = await failToHeal(host, 'broken');
    assert.ok(
      lines.some((line) =>
        /broken\.service has a bad unit file setting\. .*Service has no ExecStart=/.test(line),
      ),
      lines.join('\n'),
    );
  });

  test('that needs a unit which fails is told as that', async () => {
    const host = shared();
    const lines = await failToHeal(host, 'upper');
    assert.ok(
      lines.includes(
        failedWith(
          'upper',
          'exit code 1: it needs base.service, which is failed (exit-code, status 1): no base here',
        ),
      ),
      lines.join('\n'),
    );
  });

  test('that is an instance of a template is that instance', async () => {
    const host = shared();
    await host.sh('systemctl start site@one site@two');
    const two = await host.property('site@two', 'MainPID');
    await host.sh('systemctl kill -s KILL site@one');
    await is('site@one', 'ActiveState', 'failed');
    await heal(host, 'site@one');
    assert.equal(await host.property('site@one', 'ActiveState'), 'active');
    assert.equal(await host.property('site@two', 'MainPID'), two);
    const lines = await failToHeal(host, 'site@');
    assert.ok(
      lines.some((line) => line.startsWith(failedWith('site@', 'exit code 1: '))),
      lines.join('\n'),
    );
  });

  test('whose name systemd writes otherwise is found', async () => {
    const host = shared();
    await heal(host, 'c++-cache');
    assert.equal(await host.property("'c\\x2b\\x2b-cache.service'", 'ActiveState'), 'active');
  });

  test('that never gets ready is given up after restart_timeout, and healed when it does', async () => {
    const host = shared();
    const lines = await failToHeal(host, 'slow');
    const reason = 'timed out after 2 seconds; systemd still works on slow.service';
    assert.ok(lines.includes(failedWith('slow', reason)), lines.join('\n'));
    assert.equal(await host.property('slow', 'ActiveState'), 'activating', 'systemd waits on');
    assert.equal((await host.box.exec('pgrep -xf "systemctl restart .*slow.service"')).stdout, '');
    const waiting = await host.property('slow', 'MainPID');
    host.write('/run/ready', '');
    await heal(host, 'slow');
    assert.equal(await host.property('slow', 'ActiveState'), 'active');
    assert.notEqual(await host.property('slow', 'MainPID'), waiting);
    assert.equal((await host.sh('systemctl list-jobs --no-legend')).includes('slow'), false);
  });

  test('that waits for systemd’s own restart is started at once', async () => {
    const host = shared();
    await host.sh('systemctl start patient; systemctl kill -s KILL patient');
    await is('patient', 'SubState', 'auto-restart');
    await heal(host, 'patient');
    assert.equal(await host.property('patient', 'SubState'), 'running');
    assert.equal((await host.sh('systemctl list-jobs --no-legend')).includes('patient'), false);
  });

  test('that stays active without a process is healthy, to is-active and to the default check', async () => {
    const host = shared();
    await heal(host, 'mounts');
    assert.equal(await host.property('mounts', 'SubState'), 'exited');
    await heal(host, 'routes');
    assert.equal(await host.property('routes', 'SubState'), 'exited');
  });

  test('that exits at once is told with its status, and what it printed last', async () => {
    const host = shared();
    for (const [name, state, cause] of [
      ['webshop', 'failed (exit-code, status 1)', ': no such shop'],
      ['done', 'inactive (status 0)', '; journalctl -u done.service has what it printed'],
      ['again', 'activating (auto-restart, signal, SIGSEGV)', ': out of luck'],
    ] as const) {
      const lines = await failToHeal(host, name);
      const reason = `${name}.service is ${state}${cause}`;
      assert.deepEqual(lines.filter((line) => !OUTPUT.test(line)).slice(-3), [
        `ERROR - RESTART LOG: Service restart command succeeded but health check failed for: ${name}`,
        `ERROR - RESTART LOG: Health check for ${name}: ${reason}`,
        `ERROR - RESTART LOG: All restart attempts failed for ${name}`,
      ]);
      const status = await host.sh(`monitor_service status ${name}`);
      assert.ok(status.includes(`Why it failed: health check: ${reason}\n`), status);
    }
  });

  test('that dies soon after its start is not taken for healthy', async () => {
    const host = shared();
    const lines = await failToHeal(host, 'flashing');
    assert.ok(
      lines.includes(
        'ERROR - RESTART LOG: Service restart command succeeded but health check failed for: flashing',
      ),
    );
    assert.ok(
      lines.some((line) => /Health check for flashing: exit code 3: inactive$/.test(line)),
      lines.join('\n'),
    );
  });

  test('may be called by its alias, in the table or as system_name', async () => {
    const host = shared();
    await host.sh('systemctl start httpd');
    const pids = [await host.property('httpd', 'MainPID')];
    for (const name of ['website', 'www']) {
      const lines = await heal(host, name);
      assert.ok(lines.some((line) => CLEARED.test(line)));
      pids.push(await host.property('httpd', 'MainPID'));
    }
    assert.equal(new Set(pids).size, 3, `${pids}`);
  });
});
