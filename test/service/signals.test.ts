import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { isAlive } from '../support/processes.ts';
import type { Service } from '../support/service.ts';
import { waitFor } from '../support/wait.ts';
import { processesWith } from './left_overs.ts';
import { messages, openStage, type Stage } from './stage.ts';

const CUSTOM = {
  restart_strategy: 'custom',
  health_check_command: 'true',
  health_check_stable_time: 0,
  max_attempts: 2,
};
const STOPPING = 'INFO Stopping Process Monitor Service';

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} ends a service that has nothing to do, with exit status 0`, async (t) => {
    const stage = await openStage(t);
    stage.configure({
      monitor: { check_interval: 3600 },
      processes: { web: { ...CUSTOM, restart_command: 'true' } },
    });
    stage.inAlarm('web');
    const service = await stage.start();
    await service.waitForLog('Alarm cleared for web');
    service.signal(signal);
    assert.deepEqual(await service.exit(3_000), { code: 0, signal: null });
    assert.equal(messages(service.log()).at(-1), STOPPING);
    assert.equal(service.stderr(), '');
  });

  test(`${signal} lets the restart that runs finish, and no other one begin`, async (t) => {
    const { stage, service } = await inTheMiddle(t);
    service.signal(signal);
    await service.waitForLog('Stopping Process Monitor Service');
    assert.equal(isAlive(service.pid), true);
    stage.space.write('go', '');
    assert.deepEqual(await service.exit(), { code: 0, signal: null });
    const log = messages(service.log());
    assert.deepEqual(log.slice(log.indexOf(STOPPING)), [
      STOPPING,
      'INFO RESTART LOG: Successfully restarted and verified process: web',
      'INFO Alarm cleared for web (ID: 1)',
    ]);
    assert.equal(existsSync(stage.space.path('second')), false);
    assert.deepEqual(stage.alarms(), ['waiting']);
    assert.deepEqual(outcomes(stage), [['web', 'verified']]);
  });

  test(`a second ${signal} ends the service at once and leaves no command running`, async (t) => {
    const { stage, service } = await inTheMiddle(t);
    service.signal(signal);
    await service.waitForLog('Stopping Process Monitor Service');
    service.signal(signal);
    const { code } = await service.exit(2_000);
    assert.equal(code, 1);
    await waitFor('the command to end', () => commandsOf(stage).length === 0, 2_000);
    assert.deepEqual(stage.alarms(), ['web', 'waiting']);
  });
}

test('after SIGTERM a failed restart is not tried again, and is recorded', async (t) => {
  const { stage, service } = await inTheMiddle(t, 'exit 5');
  service.signal('SIGTERM');
  await service.waitForLog('Stopping Process Monitor Service');
  stage.space.write('go', '');
  assert.deepEqual(await service.exit(), { code: 0, signal: null });
  assert.equal(service.log().includes('Attempt 2 of 2'), false);
  assert.deepEqual(outcomes(stage), [['web', 'failed']]);
  assert.deepEqual(stage.alarms(), ['web', 'waiting']);
});

test('after SIGTERM a restart may take restart_timeout and no longer', async (t) => {
  const { stage, service } = await inTheMiddle(t, 'exit 0', 2);
  service.signal('SIGTERM');
  assert.deepEqual(await service.exit(6_000), { code: 0, signal: null });
  assert.deepEqual(commandsOf(stage), []);
  assert.deepEqual(stage.alarms(), ['web', 'waiting']);
  assert.equal(outcomes(stage).length, 1);
  assert.ok(
    !outcomes(stage).some(([, outcome]) => outcome === 'running' || outcome === 'verified'),
  );
});

test('a signal right after the first line of the log is obeyed already', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: { check_interval: 3600 } });
  const service = await stage.start();
  await service.waitForLog('Starting Process Monitor Service');
  service.signal('SIGHUP');
  service.signal('SIGTERM');
  assert.deepEqual(await service.exit(3_000), { code: 0, signal: null });
});

test('a flood of SIGHUP and SIGUSR1 keeps nothing from being healed', async (t) => {
  const stage = await openStage(t);
  stage.configure({ processes: { web: { ...CUSTOM, restart_command: 'true' } } });
  const service = await stage.start();
  await service.waitForLog('Database check: no process in alarm');
  stage.inAlarm('web');
  const flood = setInterval(() => {
    for (let count = 0; count < 50; count++) {
      service.signal(count % 2 === 0 ? 'SIGHUP' : 'SIGUSR1');
    }
  }, 5);
  t.after(() => clearInterval(flood));
  await stage.cleared('web');
  clearInterval(flood);
  service.signal('SIGTERM');
  assert.deepEqual(await service.exit(5_000), { code: 0, signal: null });
  assert.equal(service.log().split('Alarm cleared for web').length, 2);
});

test('SIGUSR1 checks now', async (t) => {
  const stage = await openStage(t);
  stage.configure({
    monitor: { check_interval: 3600 },
    processes: { default: { ...CUSTOM, restart_command: 'true' } },
  });
  stage.inAlarm('first');
  const service = await stage.start();
  await stage.cleared('first');
  stage.inAlarm('second');
  service.signal('SIGUSR1');
  await stage.cleared('second', 3_000);
  stage.inAlarm('third');
  service.signal('SIGUSR1');
  await stage.cleared('third', 3_000);
});

/** A restart that waits for the file `go`, and another one that waits for its turn. */
async function inTheMiddle(
  t: TestContext,
  end = 'exit 0',
  restart_timeout = 60,
): Promise<{ stage: Stage; service: Service }> {
  const stage = await openStage(t);
  const command = stage.space.script(
    'command',
    `cd ${stage.space.path()}; touch begun; until test -e go; do sleep 0.05; done; ${end}`,
  );
  stage.configure({
    monitor: { max_parallel_restarts: 1, check_interval: 3600 },
    processes: {
      web: { ...CUSTOM, restart_command: command, restart_timeout },
      waiting: { ...CUSTOM, restart_command: `touch ${stage.space.path('second')}` },
    },
  });
  stage.inAlarm('web', 'waiting');
  const service = await stage.start();
  await waitFor('the restart to begin', () => existsSync(stage.space.path('begun')));
  return { stage, service };
}

function commandsOf(stage: Stage): number[] {
  return processesWith(stage.space.path('command'));
}

function outcomes(stage: Stage): string[][] {
  return stage.attempts().map(({ name, outcome }) => [name, outcome]);
}
