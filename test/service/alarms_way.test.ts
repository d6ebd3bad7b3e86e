/** The way from an alarm to a cleared one, in the words of the log. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openScene } from './database_scene.ts';
import { messages } from './stage.ts';

/** Without what a check says that found nothing: how many there are depends on the time. */
const told = (log: string) => messages(log).filter((line) => !line.includes('no process in alarm'));

const LINE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d - (DEBUG|INFO|WARNING|ERROR) - ./;

test('an alarm is found, its process restarted and verified, and then cleared', async (t) => {
  const scene = await openScene(t);
  const web = await scene.killed();
  scene.configure();
  await scene.database.add({ id: 1, name: web, alarm: true, notes: 'Web server' });
  const service = await scene.start();
  await service.waitForLog(`Alarm cleared for ${web} (ID: 1)`);
  assert.deepEqual(await service.stop(), { code: 0, signal: null });
  assert.deepEqual(told(service.log()), [
    'INFO Starting Process Monitor Service',
    `INFO Found process in alarm: ${web} (ID: 1)`,
    `INFO RESTART LOG: Beginning restart procedure for ${web} (strategy: process)`,
    `INFO RESTART LOG: Attempt 1 of 2 for ${web}`,
    `INFO RESTART LOG: Successfully restarted and verified process: ${web}`,
    `INFO Alarm cleared for ${web} (ID: 1)`,
    'INFO Stopping Process Monitor Service',
  ]);
  assert.equal(service.stdout(), service.log());
  for (const line of service.log().trimEnd().split('\n')) {
    assert.match(line, LINE);
  }
  const row = await scene.database.row(1);
  assert.equal(row?.alarma, 0);
  assert.match(row?.notes ?? '', /^Web server - Restarted at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  assert.equal(scene.running(web), 1);
});

test('a restart that fails goes over the breaker, and heals once its cause is mended', async (t) => {
  const scene = await openScene(t);
  const web = await scene.inAlarm(1);
  const licence = scene.space.path('licence');
  // The pause keeps the breaker open past the check that follows.
  const command =
    `sleep 0.6; test -e ${licence} || { echo no licence >&2; exit 3; }; ` +
    `${scene.space.path('bin/%s')} 600 </dev/null >/dev/null 2>&1 &`;
  scene.configure({
    monitor: { max_restart_failures: 2, circuit_reset_time: 1 },
    processes: { default: { restart_strategy: 'custom', restart_command: command } },
  });
  const service = await scene.start();
  await service.waitForLog('skipping restart');
  scene.space.write('licence', '');
  await service.waitForLog('Alarm cleared');
  await service.stop();
  const failure = (attempt: number) => [
    `INFO RESTART LOG: Attempt ${attempt} of 2 for ${web}`,
    `ERROR RESTART LOG: Custom restart command failed for: ${web}: exit code 3: no licence`,
  ];
  const failedCheck = [
    `INFO Found process in alarm: ${web} (ID: 1)`,
    `INFO RESTART LOG: Beginning restart procedure for ${web} (strategy: custom)`,
    ...failure(1),
    ...failure(2),
    `ERROR RESTART LOG: All restart attempts failed for ${web}`,
  ];
  assert.deepEqual(told(service.log()), [
    'INFO Starting Process Monitor Service',
    ...failedCheck,
    ...failedCheck,
    `WARNING Circuit breaker opened for ${web} after 2 failures`,
    `INFO Found process in alarm: ${web} (ID: 1)`,
    `WARNING Circuit breaker open for ${web}, skipping restart (1 second left)`,
    `INFO Found process in alarm: ${web} (ID: 1)`,
    `INFO Circuit breaker half-open for ${web}, trying one restart`,
    `INFO RESTART LOG: Beginning restart procedure for ${web} (strategy: custom)`,
    `INFO RESTART LOG: Attempt 1 of 1 for ${web}`,
    `INFO RESTART LOG: Successfully restarted and verified process: ${web}`,
    `INFO Circuit breaker closed for ${web}`,
    `INFO Alarm cleared for ${web} (ID: 1)`,
    'INFO Stopping Process Monitor Service',
  ]);
  assert.equal(scene.running(web), 1);
});

test('a failed pre-restart command leaves the process as it is', async (t) => {
  const scene = await openScene(t);
  const web = await scene.inAlarm(1);
  scene.configure({
    processes: { [web]: { pre_restart_command: 'echo "syntax error in %s.conf" >&2; exit 7' } },
  });
  await scene.once();
  assert.deepEqual(messages(scene.log()), [
    'INFO Starting Process Monitor Service',
    `INFO Found process in alarm: ${web} (ID: 1)`,
    `INFO RESTART LOG: Beginning restart procedure for ${web} (strategy: process)`,
    `ERROR RESTART LOG: Pre-restart command failed for ${web}: exit code 7: syntax error in ${web}.conf`,
  ]);
  assert.equal(scene.running(web), 0);
  assert.equal((await scene.database.row(1))?.alarma, 1);
});

test('a process that runs but fails its health check keeps its alarm', async (t) => {
  const scene = await openScene(t);
  const web = await scene.inAlarm(1);
  scene.configure({
    processes: {
      [web]: { health_check_command: 'false', health_check_timeout: 1, max_attempts: 1 },
    },
  });
  await scene.once();
  const contract = messages(scene.log()).filter((line) => !/(Output|Health check) for/.test(line));
  assert.deepEqual(contract, [
    'INFO Starting Process Monitor Service',
    `INFO Found process in alarm: ${web} (ID: 1)`,
    `INFO RESTART LOG: Beginning restart procedure for ${web} (strategy: process)`,
    `INFO RESTART LOG: Attempt 1 of 1 for ${web}`,
    `ERROR RESTART LOG: Process restart command succeeded but health check failed for: ${web}`,
    `ERROR RESTART LOG: All restart attempts failed for ${web}`,
  ]);
  assert.equal((await scene.database.row(1))?.alarma, 1);
});
