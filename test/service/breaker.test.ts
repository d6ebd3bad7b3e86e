import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { run } from '../support/binary.ts';
import { waitFor } from '../support/wait.ts';
import { HEALS_AT_ONCE, messages, openStage, type Stage } from './stage.ts';

const RESET_SECONDS = 2;
const OPENED = 'WARNING Circuit breaker opened for web after 3 failures';
const ATTEMPT = 'INFO RESTART LOG: Attempt 1 of 1 for web';

test('the breaker opens after max_restart_failures failed restarts, and says so', async (t) => {
  const stage = await unhealable(t, { circuit_reset_time: 600 });
  const service = await stage.start();
  await service.waitForLog('Circuit breaker opened for web');
  const failure = [
    'INFO Found process in alarm: web (ID: 1)',
    'INFO RESTART LOG: Beginning restart procedure for web (strategy: custom)',
    ATTEMPT,
    'ERROR RESTART LOG: Custom restart command failed for: web: exit code 1',
    'ERROR RESTART LOG: All restart attempts failed for web',
  ];
  assert.deepEqual(messages(service.log()).slice(1), [...failure, ...failure, ...failure, OPENED]);
});

test('an open breaker is told once per check, with the seconds that are left', async (t) => {
  const stage = await unhealable(t, { circuit_reset_time: 600 });
  const service = await stage.start();
  const skips = () => messages(service.log()).filter((line) => line.includes('skipping restart'));
  await waitFor('three skips', () => skips().length >= 3);
  const log = messages(service.log());
  const seconds = skips().map((line) => {
    const pattern =
      /^WARNING Circuit breaker open for web, skipping restart \((\d+) seconds left\)$/;
    return Number(pattern.exec(line)?.[1]);
  });
  assert.ok((seconds[0] as number) <= 600 && (seconds[0] as number) >= 597, `${seconds}`);
  assert.ok((seconds[2] as number) < (seconds[0] as number), `${seconds}`);
  const found = log.slice(log.indexOf(OPENED)).filter((line) => line.includes('Found process'));
  assert.ok(found.length - skips().length <= 1, log.join('\n'));
  assert.equal(log.filter((line) => line === ATTEMPT).length, 3);
});

test('after circuit_reset_time one restart is tried; success closes the breaker', async (t) => {
  const stage = await unhealable(t);
  const service = await stage.start();
  const opened = await service.waitForLog('Circuit breaker opened for web after 3 failures');
  heal(stage);
  const tried = await service.waitForLog(
    'INFO - Circuit breaker half-open for web, trying one restart\n',
    { after: opened },
  );
  const closed = await service.waitForLog('INFO - Circuit breaker closed for web\n', {
    after: tried,
  });
  assert.deepEqual(messages(service.log().slice(tried, closed)), [
    'INFO RESTART LOG: Beginning restart procedure for web (strategy: custom)',
    ATTEMPT,
    'INFO RESTART LOG: Successfully restarted and verified process: web',
    'INFO Circuit breaker closed for web',
  ]);
  await stage.cleared('web');
});

test('a breaker that closed needs all its failures anew to open', async (t) => {
  const stage = await unhealable(t);
  const service = await stage.start();
  await service.waitForLog(OPENED.slice('WARNING '.length));
  heal(stage);
  const closed = await service.waitForLog('Circuit breaker closed for web');
  await stage.cleared('web');
  rmSync(stage.space.path('healable'));
  stage.raise('web');
  await service.waitForLog('Circuit breaker opened for web after 3 failures', { after: closed });
});

test('when the one restart that is tried fails, the breaker opens again at once', async (t) => {
  const stage = await unhealable(t);
  const service = await stage.start();
  const opened = await service.waitForLog('Circuit breaker opened for web after 3 failures\n');
  const tried = await service.waitForLog(
    'Circuit breaker half-open for web, trying one restart\n',
    {
      after: opened,
    },
  );
  const again = await service.waitForLog(/Circuit breaker opened for web after \d failures\n/, {
    after: tried,
  });
  assert.deepEqual(messages(service.log().slice(tried, again)).slice(0, 4), [
    'INFO RESTART LOG: Beginning restart procedure for web (strategy: custom)',
    ATTEMPT,
    'ERROR RESTART LOG: Custom restart command failed for: web: exit code 1',
    'ERROR RESTART LOG: All restart attempts failed for web',
  ]);
  await service.waitForLog(/Circuit breaker open for web, skipping restart \([12] seconds left\)/, {
    after: again,
  });
});

test('an open breaker stays open when the service is killed and started again', async (t) => {
  const stage = await unhealable(t, { circuit_reset_time: 600 });
  const service = await stage.start();
  await service.waitForLog('Circuit breaker opened for web');
  service.signal('SIGKILL');
  await service.exit();
  heal(stage);
  const after = service.log().length;
  const next = await stage.start();
  await next.waitForLog(
    /Circuit breaker open for web, skipping restart \((59\d|600) seconds left\)/,
    {
      after,
    },
  );
  assert.equal(existsSync(stage.space.path('restarted')), false);
});

test('failures count on when the service is killed and started again', async (t) => {
  const stage = await unhealable(t, { check_interval: 3600, circuit_reset_time: 600 });
  for (let failures = 1; failures <= 3; failures++) {
    const service = await stage.start({ args: ['--once'] });
    assert.deepEqual(await service.exit(), { code: 1, signal: null });
    assert.equal(service.log().includes('Circuit breaker opened'), failures === 3);
  }
});

test('the breaker of one process holds no other one off', async (t) => {
  const stage = await unhealable(t, { circuit_reset_time: 600 });
  const service = await stage.start();
  await service.waitForLog('Circuit breaker opened for web');
  stage.inAlarm('mail');
  await stage.cleared('mail');
});

/** A process in alarm that can't be restarted until it is healed. */
async function unhealable(
  t: TestContext,
  monitor: Record<string, number> = {},
  web: Record<string, number> = {},
): Promise<Stage> {
  const stage = await openStage(t);
  const custom = {
    restart_strategy: 'custom',
    health_check_command: 'true',
    health_check_stable_time: 0,
    restart_delay: 0,
  };
  const restart_command = `test -e ${stage.space.path('healable')} && touch ${stage.space.path('restarted')}`;
  stage.configure({
    monitor: { max_restart_failures: 3, circuit_reset_time: RESET_SECONDS, ...monitor },
    processes: {
      web: { ...custom, max_attempts: 1, restart_command, ...web },
      mail: { ...custom, restart_command: 'true' },
    },
  });
  stage.inAlarm('web');
  return stage;
}

function heal(stage: Stage): void {
  stage.space.write('healable', '');
}

test('restarts that are verified and do not last open it too, over a kill, until a reset', async (t) => {
  const stage = await openStage(t);
  const web = { ...HEALS_AT_ONCE, max_restarts: 2, restart_window: 60 };
  stage.configure({ processes: { web } });
  stage.inAlarm('web');
  const first = await stage.start();
  await stage.cleared('web');
  first.signal('SIGKILL');
  await first.exit();

  const service = await stage.start();
  stage.raise('web');
  await stage.cleared('web');
  stage.raise('web');
  const opened = await service.waitForLog(
    'WARNING - Circuit breaker opened for web after 2 restarts within 60 seconds\n',
  );
  await service.waitForLog('Circuit breaker open for web, skipping restart', { after: opened });
  const attempts = (text: string) => text.split('RESTART LOG: Attempt 1 of').length - 1;
  assert.equal(attempts(service.log()), 2);

  const command = (...args: string[]) =>
    run([...args, '-c', stage.space.path('config.ini')], { cwd: stage.space.path() });
  const status = await command('status', 'web');
  assert.match(status.stdout, /Breaker: +open since .*, as its restarts do not last\n/);
  const { processes } = JSON.parse((await command('status', 'web', '--json')).stdout);
  assert.equal(processes[0].breaker.reason, 'restarts');

  await command('breaker', 'reset', 'web');
  for (const _ of [1, 2]) {
    stage.raise('web');
    await stage.cleared('web');
  }
});

test('a restart whose pre_restart_command fails restarts nothing, and does not count', async (t) => {
  const stage = await openStage(t);
  const web = { ...HEALS_AT_ONCE, pre_restart_command: 'false', max_restarts: 1 };
  stage.configure({ monitor: { max_restart_failures: 4 }, processes: { web } });
  stage.inAlarm('web');
  const service = await stage.start();
  await service.waitForLog('Circuit breaker opened for web after 4 failures\n');
});
