import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { binary } from '../support/binary.ts';
import { runTool } from '../support/child.ts';
import { isAlive } from '../support/processes.ts';
import { messages, openStage, type Stage } from './stage.ts';

const QUICK = { health_check_command: 'true', health_check_stable_time: 0, max_attempts: 1 };

test('where systemd does not run, strategy service calls: service NAME restart', async (t) => {
  const stage = await openStage(t);
  const name = 'php8.2-fpm';
  stage.configure({ processes: { default: { ...QUICK, restart_strategy: 'service' } } });
  stage.inAlarm(name);
  await onceWithoutSystemd(stage, 'exit 0');
  assert.equal(calls(stage), `${name} restart\n`);
  assert.deepEqual(messagesOf(stage).slice(2), [
    `INFO RESTART LOG: Beginning restart procedure for ${name} (strategy: service)`,
    `INFO RESTART LOG: Attempt 1 of 1 for ${name}`,
    `INFO RESTART LOG: Successfully restarted and verified service: ${name}`,
    `INFO Alarm cleared for ${name} (ID: 1)`,
  ]);
  assert.deepEqual(
    stage.attempts().map(({ strategy, command, outcome }) => [strategy, command, outcome]),
    [['service', `service ${name} restart`, 'verified']],
  );
});

test('the service is called by its system_name, and told by its name in the database', async (t) => {
  const stage = await openStage(t);
  stage.configure({
    processes: {
      default: { ...QUICK, restart_strategy: 'service' },
      web: { system_name: 'httpd' },
    },
  });
  stage.inAlarm('web');
  await onceWithoutSystemd(stage, 'exit 0');
  assert.equal(calls(stage), 'httpd restart\n');
  assert.ok(messagesOf(stage).includes('INFO Alarm cleared for web (ID: 1)'));
});

test('a service that cannot be restarted fails with exit code and last line of standard error', async (t) => {
  const stage = await openStage(t);
  stage.configure({ processes: { default: { ...QUICK, restart_strategy: 'service' } } });
  stage.inAlarm('web');
  await onceWithoutSystemd(stage, 'echo "web: unrecognized service" >&2; exit 1');
  assert.deepEqual(messagesOf(stage).slice(-2), [
    'ERROR RESTART LOG: Service restart command failed for: web: exit code 1: web: unrecognized service',
    'ERROR RESTART LOG: All restart attempts failed for web',
  ]);
  assert.deepEqual(stage.alarms(), ['web']);
});

test('a service that is restarted and not healthy has failed', async (t) => {
  const stage = await openStage(t);
  const unhealthy = { health_check_command: 'exit 1', health_check_timeout: 1 };
  stage.configure({
    processes: { default: { ...QUICK, ...unhealthy, restart_strategy: 'service' } },
  });
  stage.inAlarm('web');
  await onceWithoutSystemd(stage, 'exit 0');
  assert.ok(
    messagesOf(stage).includes(
      'ERROR RESTART LOG: Service restart command succeeded but health check failed for: web',
    ),
  );
});

test('where systemd does not run, auto handles the process itself and says so', async (t) => {
  const stage = await openStage(t);
  const name = stage.name('auto');
  const start_command = `exec ${stage.space.path('bin', name)} 600`;
  stage.configure({
    processes: { [name]: { restart_strategy: 'auto', stop_timeout: 1, start_command } },
  });
  const { pid } = await stage.startVictim(name);
  stage.inAlarm(name);
  await onceWithoutSystemd(stage, 'exit 1');
  assert.ok(messagesOf(stage).includes(`INFO RESTART LOG: Strategy for ${name}: process`));
  assert.ok(messagesOf(stage).includes(`INFO Alarm cleared for ${name} (ID: 1)`));
  assert.equal(isAlive(pid), false);
  assert.throws(() => calls(stage), { code: 'ENOENT' });
});

/** One check, with a `service` program of our own, in a view of the host in which systemd does not run. */
async function onceWithoutSystemd(stage: Stage, serviceDoes: string): Promise<void> {
  stage.space.script('path/service', `echo "$@" >>${stage.space.path('calls')}\n${serviceDoes}`);
  const hide = 'test ! -d /run/systemd/system || mount -t tmpfs none /run/systemd';
  const once = `${hide}; "$0" run --once -c "$1" || exit 0`;
  await runTool('unshare', ['--mount', 'sh', '-c', once, binary, stage.space.path('config.ini')], {
    env: { ...process.env, PATH: `${stage.space.path('path')}:${process.env.PATH}` },
  });
}

function calls(stage: Stage): string {
  return readFileSync(stage.space.path('calls'), 'utf8');
}

function messagesOf(stage: Stage): string[] {
  return messages(readFileSync(stage.space.path('monitor_service.log'), 'utf8'));
}
