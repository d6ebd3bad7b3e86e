import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processesNamed } from '../support/processes.ts';
import { messages, openStage } from './stage.ts';

test('a program that is seen once and dies again is not verified', async (t) => {
  const stage = await openStage(t);
  const name = stage.name('mayfly');
  const program = stage.space.script(name, 'sleep 0.6');
  stage.configure({
    processes: {
      [name]: {
        restart_strategy: 'process',
        start_command: `exec ${program}`,
        health_check_stable_time: 1,
        max_attempts: 1,
      },
    },
  });
  stage.inAlarm(name);
  const service = await stage.start({ args: ['--once'] });
  assert.deepEqual(await service.exit(), { code: 1, signal: null });
  assert.deepEqual(messages(service.log()).slice(-3), [
    `ERROR RESTART LOG: Process restart command succeeded but health check failed for: ${name}`,
    `ERROR RESTART LOG: Health check for ${name}: no process ${name}`,
    `ERROR RESTART LOG: All restart attempts failed for ${name}`,
  ]);
  assert.deepEqual(stage.alarms(), [name]);
});

test('with a stable time of 0 one look is enough', async (t) => {
  const stage = await openStage(t);
  const file = stage.space.path('looks');
  stage.configure({
    processes: {
      web: {
        restart_strategy: 'custom',
        restart_command: 'true',
        health_check_command: `echo x >>${file}; test $(wc -l <${file}) -eq 1`,
        health_check_stable_time: 0,
      },
    },
  });
  stage.inAlarm('web');
  const service = await stage.start({ args: ['--once'] });
  assert.deepEqual(await service.exit(), { code: 0, signal: null });
});

test('the default check finds a program of 25 characters, and not one that only begins like it', async (t) => {
  const stage = await openStage(t);
  const name = stage.name('a-rather-long-name-');
  stage.configure({
    processes: {
      [name]: {
        restart_strategy: 'process',
        start_command: 'true',
        health_check_timeout: 1,
        max_attempts: 1,
      },
    },
  });
  await stage.startVictim(`${name}-and-longer`);
  stage.inAlarm(name);
  const service = await stage.start({ args: ['--once'] });
  assert.deepEqual(await service.exit(), { code: 1, signal: null });
  assert.equal(processesNamed(`${name}-and-longer`).length, 1);
});
