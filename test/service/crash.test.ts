import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { isAlive, processesNamed } from '../support/processes.ts';
import type { Service } from '../support/service.ts';
import { waitFor } from '../support/wait.ts';
import { processesWith } from './left_overs.ts';
import { openStage, type Stage } from './stage.ts';

const CUSTOM = {
  restart_strategy: 'custom',
  health_check_command: 'true',
  health_check_stable_time: 0,
};

test('killed while restart_command runs: the next service ends it and restarts once', async (t) => {
  const stage = await openStage(t);
  const command = hangsOnce(stage);
  stage.configure({ processes: { web: { ...CUSTOM, restart_command: command } } });
  stage.inAlarm('web');
  await crashWhenBegun(stage);
  const [leftOver = 0] = processesWith(command);

  const next = await stage.start();
  await stage.cleared('web');
  assert.equal(isAlive(leftOver), false);
  assert.ok(
    next
      .log()
      .includes(`WARNING - Restart of web was interrupted when the service ended: ${command}\n`),
    next.log(),
  );
  assert.deepEqual(processesWith(command), []);
  assert.deepEqual(outcomes(stage), [
    ['web', 'interrupted'],
    ['web', 'verified'],
  ]);
});

test('killed beside a stopped (^Z) command: the next service lets that clean up', async (t) => {
  const stage = await openStage(t);
  const mark = stage.space.path('mark');
  const begun = stage.space.path('begun');
  const command = stage.space.script(
    'command',
    `test -e ${begun} && exit 0\ntrap 'touch ${mark}; exit' TERM\ntouch ${begun}\nkill -STOP $$\nsleep 600`,
  );
  stage.configure({ processes: { web: { ...CUSTOM, restart_command: command } } });
  stage.inAlarm('web');
  await crashWhenBegun(stage);
  await stage.start();
  await stage.cleared('web');
  assert.ok(existsSync(mark));
});

test('killed while pre_restart_command runs: the next service ends it and begins anew', async (t) => {
  const stage = await openStage(t);
  const command = hangsOnce(stage);
  stage.configure({
    processes: { web: { ...CUSTOM, pre_restart_command: command, restart_command: 'true' } },
  });
  stage.inAlarm('web');
  await crashWhenBegun(stage);
  const [leftOver = 0] = processesWith(command);
  await stage.start();
  await stage.cleared('web');
  assert.equal(isAlive(leftOver), false);
});

test('killed while the health check runs: the next service ends it and verifies anew', async (t) => {
  const stage = await openStage(t);
  const command = hangsOnce(stage);
  stage.configure({
    processes: {
      web: {
        ...CUSTOM,
        restart_command: 'true',
        health_check_command: command,
        health_check_timeout: 60,
      },
    },
  });
  stage.inAlarm('web');
  await crashWhenBegun(stage);
  const [leftOver = 0] = processesWith(command);
  await stage.start();
  await stage.cleared('web');
  assert.deepEqual(outcomes(stage), [
    ['web', 'interrupted'],
    ['web', 'verified'],
  ]);
  assert.equal(isAlive(leftOver), false, 'the health check of the killed service still runs');
});

test('killed while a program that ignores SIGTERM is stopped: no second copy of it', async (t) => {
  const stage = await openStage(t);
  const name = stage.name('stubborn');
  const { pid } = await stage.startVictim(name, { trapTerm: true });
  stage.configure({ processes: { [name]: { restart_strategy: 'process', stop_timeout: 2 } } });
  stage.inAlarm(name);
  const service = await stage.start();
  await service.waitForLog(`Attempt 1 of 2 for ${name}`);
  await waitFor('the attempt to be on record', () => outcomes(stage).length === 1);
  await kill(service);
  assert.deepEqual(processesNamed(name), [pid]);

  await stage.start();
  await stage.cleared(name);
  assert.equal(isAlive(pid), false);
  assert.equal(processesNamed(name).length, 1);
  assert.deepEqual(outcomes(stage), [
    [name, 'interrupted'],
    [name, 'verified'],
  ]);
});

test('killed in a restart with failures before it: the breaker counts neither more nor less', async (t) => {
  const stage = await openStage(t);
  const begun = stage.space.path('begun');
  const restart_command = `test -e ${stage.space.path('hang')} && touch ${begun} && exec sleep 600; exit 1`;
  stage.configure({
    monitor: { max_restart_failures: 3 },
    processes: { web: { ...CUSTOM, max_attempts: 1, restart_command } },
  });
  stage.inAlarm('web');
  for (let failures = 1; failures <= 2; failures++) {
    assert.equal((await (await stage.start({ args: ['--once'] })).exit()).code, 1);
  }
  stage.space.write('hang', '');
  await crashWhenBegun(stage);
  stage.configure({
    monitor: { max_restart_failures: 3 },
    processes: { web: { ...CUSTOM, max_attempts: 1, restart_command: 'exit 1' } },
  });
  const next = await stage.start();
  await next.waitForLog('Circuit breaker opened for web after 3 failures');
});

test('killed again and again in the middle of restarts, the service heals everything in the end', async (t) => {
  const stage = await openStage(t);
  const names = Array.from({ length: 10 }, (_, index) => `web-${index + 1}`);
  stage.configure({
    processes: {
      default: {
        ...CUSTOM,
        max_restarts: 0, // one that is cut off counts too
        restart_command: 'sleep 0.2',
        health_check_command: 'true',
      },
    },
  });
  stage.inAlarm(...names);
  for (let round = 1; stage.alarms().length > 0; round++) {
    assert.ok(round < 20, `in alarm after ${round} rounds: ${stage.alarms()}`);
    const before = stage.alarms().length;
    const service = await stage.start();
    await waitFor('some progress', () => stage.alarms().length < before);
    await kill(service);
  }
  const last = await stage.start({ args: ['--once'] });
  assert.deepEqual(await last.exit(), { code: 0, signal: null });
  assert.ok(!outcomes(stage).some(([, outcome]) => outcome === 'running'), `${outcomes(stage)}`);
});

/** A command that hangs the first time it runs, and ends well afterwards. */
function hangsOnce(stage: Stage): string {
  const begun = stage.space.path('begun');
  return stage.space.script(
    'command',
    `test -e ${begun} && exit 0\ntouch ${begun}\nsleep 600\nexit 0`,
  );
}

async function crashWhenBegun(stage: Stage): Promise<void> {
  const service = await stage.start();
  await waitFor('the command to begin', () => existsSync(stage.space.path('begun')));
  await kill(service);
}

async function kill(service: Service): Promise<void> {
  service.signal('SIGKILL');
  await service.exit();
}

function outcomes(stage: Stage): string[][] {
  return stage.attempts().map(({ name, outcome }) => [name, outcome]);
}
