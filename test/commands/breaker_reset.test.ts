/** An operator who has mended the cause need not wait for the breaker. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { command, SELDOM, startListening } from '../service/control_client.ts';
import { openStage, type Stage } from '../service/stage.ts';
import type { Service } from '../support/service.ts';

const NEXT = 'The service checks now, and restarts what is in alarm.\n';

test('a breaker that is reset has the process restarted at once', async (t) => {
  const { stage, service } = await opened(t);
  stage.space.write('mended', '');
  assert.deepEqual(await command(stage, 'breaker', 'reset', 'web'), {
    code: 0,
    signal: null,
    stdout: `web: breaker closed\n${NEXT}`,
    stderr: '',
  });
  await service.waitForLog('INFO - Circuit breaker closed for web (reset by hand)\n');
  await stage.cleared('web');
  assert.deepEqual(stage.alarms(), ['mail']);
});

test('a reset breaker stays closed when the service is started again, and needs all failures anew', async (t) => {
  const { stage, service } = await opened(t);
  await command(stage, 'alarm', 'clear', 'web');
  await command(stage, 'breaker', 'reset', 'web');
  service.signal('SIGKILL');
  await service.exit();
  stage.raise('web');
  const after = service.log().length;
  const next = await stage.start();
  const failed = await next.waitForLog('All restart attempts failed for web', { after });
  assert.doesNotMatch(next.log().slice(after, failed), /breaker open(?:ed)? for web/);
  await next.waitForLog('Circuit breaker open for mail', { after });
});

test('--all resets every breaker, and says when there is none', async (t) => {
  const { stage } = await opened(t);
  await command(stage, 'alarm', 'clear', '--all'); // else the check would have them fail again
  const all = ['breaker', 'reset', '--all'];
  const first = await command(stage, ...all);
  const lines = first.stdout.split('\n');
  assert.deepEqual(lines.slice(0, 2).sort(), ['mail: breaker closed', 'web: breaker closed']);
  assert.equal(first.code, 0);
  const expected = [0, 'No breaker is open, and none has failures.\n', ''];
  const { code, stdout, stderr } = await command(stage, ...all);
  assert.deepEqual([code, stdout, stderr], expected);
});

test('what there was to reset is told of each name, and an unknown one with the nearest', async (t) => {
  const { stage } = await opened(t);
  const { code, stdout, stderr } = await command(
    stage,
    ...['breaker', 'reset', 'web', 'web', 'idle', 'mial', 'nonsense'],
  );
  const idle = 'idle: nothing to reset; its breaker is closed, without failures\n';
  assert.deepEqual([code, stdout], [1, `web: breaker closed\n${idle}${NEXT}`]);
  const unknown = (name: string) =>
    `monitor_service: nothing is known of ${name}: no alarm, no failure, no restart`;
  assert.equal(stderr, `${unknown('mial')}; did you mean mail?\n${unknown('nonsense')}\n`);
});

test('an ID stands for the name that the table has for it', async (t) => {
  const { stage, service } = await opened(t);
  const { code, stdout, stderr } = await command(stage, 'breaker', 'reset', '2', '77');
  assert.deepEqual([code, stdout], [1, `mail: breaker closed\n${NEXT}`]);
  assert.equal(stderr, 'monitor_service: no process has the ID 77\n');
  await service.waitForLog('Circuit breaker closed for mail (reset by hand)');
});

test('failures that have not opened a breaker yet are forgotten', async (t) => {
  const { stage, service } = await opened(t, { max_restart_failures: 3 }, 2);
  const { stdout } = await command(stage, 'breaker', 'reset', 'web');
  assert.equal(stdout, `web: failures and restarts forgotten; its breaker was closed\n${NEXT}`);
  await service.waitForLog('Circuit breaker opened for mail after 3 failures');
  assert.doesNotMatch(service.log(), /Circuit breaker opened for web/);
});

test('without a service nothing is reset, and says what to type', async (t) => {
  const stage = await openStage(t);
  stage.configure();
  const { code, stdout, stderr } = await command(stage, 'breaker', 'reset', '--all');
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /^monitor_service: not running; start it: systemctl start monitor_service;/);
});

/** `web` and `mail`, which fail until they are mended, after so many checks. */
async function opened(
  t: TestContext,
  monitor: Record<string, number> = { max_restart_failures: 1 },
  checks = 1,
): Promise<{ stage: Stage; service: Service }> {
  const stage = await openStage(t);
  const fails = {
    restart_strategy: 'custom',
    restart_command: `test %s = web && test -e ${stage.space.path('mended')}`,
    health_check_command: 'true',
    health_check_stable_time: 0,
    max_attempts: 1,
  };
  stage.configure({
    monitor: { ...SELDOM, ...monitor },
    processes: { default: fails, idle: fails },
  });
  stage.inAlarm('web', 'mail');
  const service = await startListening(stage);
  for (let check = 1; check <= checks; check++) {
    for (const name of ['web', 'mail']) {
      await service.waitForLog(nthFailure(name, check));
    }
    if (check < checks) {
      await command(stage, 'check-now');
    }
  }
  if (monitor.max_restart_failures === 1) {
    await service.waitForLog('Circuit breaker opened for web');
    await service.waitForLog('Circuit breaker opened for mail');
  }
  return { stage, service };
}

function nthFailure(name: string, count: number): RegExp {
  return new RegExp(`(?:All restart attempts failed for ${name}\\n[^]*){${count}}`);
}
