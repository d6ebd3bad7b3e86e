import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isAlive, processesNamed, startVictim } from '../support/processes.ts';
import { workspace } from '../support/workspace.ts';
import { messages, openStage } from './stage.ts';

const QUICK = {
  restart_strategy: 'process',
  health_check_stable_time: 0,
  restart_delay: 0,
  max_attempts: 1,
  stop_timeout: 1,
};

test('a program in alarm is restarted, verified and its alarm cleared', async (t) => {
  const stage = await openStage(t);
  const name = stage.name('web');
  stage.configure({ processes: { default: QUICK } });
  const { pid } = await stage.startVictim(name);
  stage.inAlarm(name);
  const service = await stage.start();
  await service.waitForLog(`Alarm cleared for ${name}`);
  assert.deepEqual(messages(service.log()), [
    'INFO Starting Process Monitor Service',
    `INFO Found process in alarm: ${name} (ID: 1)`,
    `INFO RESTART LOG: Beginning restart procedure for ${name} (strategy: process)`,
    `INFO RESTART LOG: Attempt 1 of 1 for ${name}`,
    `INFO RESTART LOG: Successfully restarted and verified process: ${name}`,
    `INFO Alarm cleared for ${name} (ID: 1)`,
  ]);
  assert.equal(isAlive(pid), false);
  assert.equal(processesNamed(name).length, 1);
  assert.deepEqual(stage.alarms(), []);
});

test('programs whose names only hold the name in alarm are left alone', async (t) => {
  const stage = await openStage(t);
  const name = stage.name('sh');
  stage.configure({ processes: { default: QUICK } });
  const { pid } = await stage.startVictim(name);
  const others = [`x${name}`, `${name}d`, `${name}.bin`, name.slice(0, -1)];
  const bystanders = await Promise.all(others.map((other) => stage.startVictim(other)));
  stage.inAlarm(name);
  await stage.start();
  await stage.cleared(name);
  assert.equal(isAlive(pid), false);
  assert.deepEqual(
    others.map((other) => processesNamed(other)),
    bystanders.map((bystander) => [bystander.pid]),
  );
});

test('a program name of 25 characters is found, restarted and verified', async (t) => {
  const stage = await openStage(t);
  const name = stage.name('a-rather-long-name-');
  assert.equal(name.length, 25);
  stage.configure({ processes: { default: QUICK } });
  const { pid } = await stage.startVictim(name);
  const sibling = await stage.startVictim(`${name.slice(0, -1)}-`);
  stage.inAlarm(name);
  const service = await stage.start();
  await service.waitForLog(`Successfully restarted and verified process: ${name}`);
  assert.equal(isAlive(pid), false);
  assert.equal(processesNamed(name).length, 1);
  assert.equal(isAlive(sibling.pid), true);
});

test('a program that ignores SIGTERM is killed after stop_timeout and started again', async (t) => {
  const stage = await openStage(t);
  const name = stage.name('stubborn');
  stage.configure({ processes: { default: QUICK } });
  const { pid } = await stage.startVictim(name, { trapTerm: true });
  stage.inAlarm(name);
  const service = await stage.start();
  const began = performance.now();
  await service.waitForLog(`Attempt 1 of 1 for ${name}`);
  assert.equal(isAlive(pid), true);
  await stage.cleared(name);
  const took = performance.now() - began;
  assert.ok(took > 900 && took < 5_000, `took ${took} ms with a stop_timeout of 1 s`);
  assert.equal(isAlive(pid), false);
  assert.equal(processesNamed(name).length, 1);
});

test('every process of the name is ended, and each that was started differently starts again', async (t) => {
  const stage = await openStage(t);
  const name = stage.name('crew');
  stage.configure({ processes: { default: QUICK } });
  const first = await stage.startVictim(name, { args: ['601'] });
  // Another folder, as a program that runs cannot be copied over.
  const elsewhere = await workspace();
  t.after(() => elsewhere.remove());
  const second = await startVictim(elsewhere, name, { args: ['602'] });
  stage.inAlarm(name);
  await stage.start();
  await stage.cleared(name);
  assert.deepEqual([isAlive(first.pid), isAlive(second.pid)], [false, false]);
  const lengths = processesNamed(name).map(argumentOf).sort();
  assert.deepEqual(lengths, ['601', '602']);
});

test('what the service started itself is restarted a second and a third time', async (t) => {
  const stage = await openStage(t);
  const name = stage.name('again');
  stage.configure({ processes: { default: QUICK } });
  const pids = [(await stage.startVictim(name)).pid];
  stage.inAlarm(name);
  await stage.start();
  for (let round = 1; round <= 3; round++) {
    await stage.cleared(name);
    const running = processesNamed(name);
    assert.equal(running.length, 1);
    pids.push(...running);
    stage.raise(name);
  }
  assert.equal(new Set(pids).size, 4);
});

test('a program that does not run is started with start_command', async (t) => {
  const stage = await openStage(t);
  const name = stage.name('started');
  const folder = stage.space.path('bin');
  mkdirSync(folder, { recursive: true });
  copyFileSync('/bin/sleep', stage.space.path('bin', name));
  const start_command = `cd ${folder} && exec ./%s 603 # not in 604 seconds`;
  stage.configure({ processes: { default: QUICK, [name]: { start_command } } });
  stage.inAlarm(name);
  await stage.start();
  await stage.cleared(name);
  assert.deepEqual(processesNamed(name).map(argumentOf), ['603']);
});

test('a program that does not run and has no start_command is started from PATH', async (t) => {
  const stage = await openStage(t);
  const name = stage.name('from-path');
  stage.space.script(`bin/${name}`, 'while :; do sleep 1; done');
  stage.configure({ processes: { default: QUICK } });
  stage.inAlarm(name);
  await stage.start({ env: { PATH: `${stage.space.path('bin')}:${process.env.PATH}` } });
  await stage.cleared(name);
  assert.equal(processesNamed(name).length, 1);
});

test('the log says why a program could not be started', async (t) => {
  const stage = await openStage(t);
  const missing = stage.name('missing');
  const wrong = stage.name('wrong');
  stage.configure({
    processes: { default: QUICK, [wrong]: { start_command: `test -e /nowhere/%s` } },
  });
  stage.inAlarm(missing, wrong);
  const service = await stage.start();
  const failed = 'ERROR - RESTART LOG: Process restart command failed for:';
  await service.waitForLog(
    `${failed} ${missing}: ${missing} does not run and is not in PATH; set system_name or start_command\n`,
  );
  await service.waitForLog(`${failed} ${wrong}: exit code 1\n`);
  await service.waitForLog(`ERROR - RESTART LOG: All restart attempts failed for ${wrong}\n`);
  assert.deepEqual(stage.alarms(), [missing, wrong]);
});

function argumentOf(pid: number): string | undefined {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[1];
}
