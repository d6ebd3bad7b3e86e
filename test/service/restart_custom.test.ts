import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { messages, openStage } from './stage.ts';

const CUSTOM = {
  restart_strategy: 'custom',
  health_check_command: 'true',
  health_check_stable_time: 0,
  restart_delay: 0,
  max_attempts: 1,
};

test('strategy custom runs restart_command, with the system name for every %s', async (t) => {
  const stage = await openStage(t);
  const restart_command = `cd ${stage.space.path()} && echo "%s; %s" >ran # and # no comment`;
  stage.configure({
    processes: { web: { ...CUSTOM, system_name: 'httpd', restart_command } },
  });
  stage.inAlarm('web');
  const service = await stage.start();
  await service.waitForLog('Alarm cleared for web (ID: 1)');
  assert.equal(readFileSync(stage.space.path('ran'), 'utf8'), 'httpd; httpd\n');
  assert.deepEqual(messages(service.log()).slice(2), [
    'INFO RESTART LOG: Beginning restart procedure for web (strategy: custom)',
    'INFO RESTART LOG: Attempt 1 of 1 for web',
    'INFO RESTART LOG: Successfully restarted and verified process: web',
    'INFO Alarm cleared for web (ID: 1)',
  ]);
  assert.deepEqual(stage.attempts(), [
    {
      name: 'web',
      strategy: 'custom',
      attempt: 1,
      command: restart_command.replaceAll('%s', 'httpd'),
      outcome: 'verified',
      reason: '',
    },
  ]);
});

test('a failed restart tells exit code, signal or timeout, and the last line of standard error', async (t) => {
  const stage = await openStage(t);
  const quick = { ...CUSTOM, restart_timeout: 1 };
  stage.configure({
    processes: {
      code: { ...quick, restart_command: 'echo first >&2; echo "port is taken" >&2; exit 3' },
      silent: { ...quick, restart_command: 'exit 7' },
      signal: { ...quick, restart_command: 'kill -TERM $$' },
      timeout: { ...quick, restart_command: 'echo waiting >&2; sleep 600' },
    },
  });
  stage.inAlarm('code', 'silent', 'signal', 'timeout');
  const service = await stage.start({ args: ['--once'] });
  assert.deepEqual(await service.exit(), { code: 1, signal: null });
  const failures = messages(service.log()).filter((line) =>
    line.includes('restart command failed'),
  );
  const failed = 'ERROR RESTART LOG: Custom restart command failed for:';
  assert.deepEqual(failures.sort(), [
    `${failed} code: exit code 3: port is taken`,
    `${failed} signal: ended by SIGTERM`,
    `${failed} silent: exit code 7`,
    `${failed} timeout: timed out after 1 second: waiting`,
  ]);
});

test('a restart is tried max_attempts times', async (t) => {
  const stage = await openStage(t);
  const restart_command = `exit 1`;
  stage.configure({
    processes: { web: { ...CUSTOM, restart_command, max_attempts: 2 } },
  });
  stage.inAlarm('web');
  const service = await stage.start({ args: ['--once'] });
  assert.deepEqual(await service.exit(), { code: 1, signal: null });
  assert.deepEqual(messages(service.log()).slice(1), [
    'INFO Found process in alarm: web (ID: 1)',
    'INFO RESTART LOG: Beginning restart procedure for web (strategy: custom)',
    'INFO RESTART LOG: Attempt 1 of 2 for web',
    'ERROR RESTART LOG: Custom restart command failed for: web: exit code 1',
    'INFO RESTART LOG: Attempt 2 of 2 for web',
    'ERROR RESTART LOG: Custom restart command failed for: web: exit code 1',
    'ERROR RESTART LOG: All restart attempts failed for web',
  ]);
  assert.deepEqual(stage.alarms(), ['web']);
  assert.deepEqual(
    stage.attempts().map(({ attempt, outcome, reason }) => [attempt, outcome, reason]),
    [
      [1, 'failed', 'exit code 1'],
      [2, 'failed', 'exit code 1'],
    ],
  );
});

test('the pause between attempts is restart_delay', async (t) => {
  const stage = await openStage(t);
  const times = stage.space.path('times');
  const restart_command = `cut -d' ' -f1 /proc/uptime >>${times}; test $(wc -l <${times}) -eq 2`;
  stage.configure({
    processes: { web: { ...CUSTOM, restart_command, restart_delay: 2, max_attempts: 5 } },
  });
  stage.inAlarm('web');
  const service = await stage.start({ args: ['--once'] });
  assert.deepEqual(await service.exit(), { code: 0, signal: null });
  const [first = 0, second = 0, ...more] = readFileSync(times, 'utf8')
    .trim()
    .split('\n')
    .map(Number);
  assert.deepEqual(more, []);
  assert.ok(second - first >= 2 && second - first < 4, `${second - first} seconds apart`);
});

test('a pre_restart_command that fails: nothing is restarted, and it counts as a failure', async (t) => {
  const stage = await openStage(t);
  const ran = stage.space.path('ran');
  stage.configure({
    monitor: { max_restart_failures: 2 },
    processes: {
      default: {
        ...CUSTOM,
        restart_command: `touch ${ran}`,
        pre_restart_command: 'echo "%s: Syntax error on line 7" >&2; exit 1',
      },
    },
  });
  stage.inAlarm('web');
  const service = await stage.start();
  await service.waitForLog('Circuit breaker opened for web after 2 failures');
  const once = [
    'INFO Found process in alarm: web (ID: 1)',
    'INFO RESTART LOG: Beginning restart procedure for web (strategy: custom)',
    'ERROR RESTART LOG: Pre-restart command failed for web: exit code 1: web: Syntax error on line 7',
  ];
  assert.deepEqual(messages(service.log()).slice(1), [
    ...once,
    ...once,
    'WARNING Circuit breaker opened for web after 2 failures',
  ]);
  assert.equal(existsSync(ran), false);
  assert.deepEqual(stage.alarms(), ['web']);
});

test('a pre_restart_command that passes runs once, before the restart', async (t) => {
  const stage = await openStage(t);
  const order = stage.space.path('order');
  const restart_command = `echo restart >>${order}; test $(grep -c restart ${order}) -eq 2`;
  stage.configure({
    processes: {
      web: {
        ...CUSTOM,
        max_attempts: 2,
        pre_restart_command: `echo before >>${order}`,
        restart_command,
        health_check_command: `echo check >>${order}`,
      },
    },
  });
  stage.inAlarm('web');
  await (await stage.start({ args: ['--once'] })).exit();
  assert.equal(readFileSync(order, 'utf8'), 'before\nrestart\nrestart\ncheck\n');
});

test('a pre_restart_command that hangs is ended at restart_timeout', async (t) => {
  const stage = await openStage(t);
  stage.configure({
    processes: {
      web: {
        ...CUSTOM,
        restart_command: 'true',
        pre_restart_command: 'sleep 600',
        restart_timeout: 1,
      },
    },
  });
  stage.inAlarm('web');
  const service = await stage.start();
  await service.waitForLog(
    'ERROR - RESTART LOG: Pre-restart command failed for web: timed out after 1 second\n',
  );
});
