import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { processesWith } from './left_overs.ts';
import { messages, openStage, type Stage } from './stage.ts';

const CUSTOM = {
  restart_strategy: 'custom',
  restart_command: 'true',
  health_check_timeout: 1,
  health_check_stable_time: 0,
  max_attempts: 1,
};
const FAILED =
  'ERROR RESTART LOG: Custom restart command succeeded but health check failed for: web';

test('a health check that hangs is ended at its timeout', async (t) => {
  const { stage, log } = await unhealthy(t, 'exec sleep 600');
  assert.ok(log.includes(FAILED), log.join('\n'));
  assert.deepEqual(leftOvers(stage), []);
});

test('a health check that ignores SIGTERM is killed', async (t) => {
  const { stage, log } = await unhealthy(t, 'trap "" TERM; while :; do sleep 1; done');
  assert.ok(log.includes(FAILED), log.join('\n'));
  assert.deepEqual(leftOvers(stage), []);
});

test('a health check whose grandchild holds its output is ended as a whole', async (t) => {
  const { stage, log } = await unhealthy(t, 'trap "" TERM; (sleep 600; :) & wait');
  assert.ok(log.includes(FAILED), log.join('\n'));
  assert.deepEqual(leftOvers(stage), []);
});

test('a health check that passes ends even if its grandchild goes on holding the output', async (t) => {
  const stage = await openStage(t);
  const command = stage.space.script('check', 'sh -c "sleep 600; : $0" &');
  stage.configure({ processes: { web: { ...CUSTOM, health_check_command: command } } });
  stage.inAlarm('web');
  await stage.start();
  await stage.cleared('web', 3_000);
  assert.deepEqual(leftOvers(stage), []);
});

test('a health check that prints a gigabyte leaves the memory of the service as it was', async (t) => {
  const stage = await openStage(t);
  const health_check_command = 'head -c 1073741824 /dev/zero';
  stage.configure({
    processes: {
      calm: { ...CUSTOM, health_check_command: 'true' },
      web: { ...CUSTOM, health_check_timeout: 60, health_check_command },
    },
  });
  stage.inAlarm('calm');
  const service = await stage.start();
  await stage.cleared('calm');
  const before = peakMegabytes(service.pid);
  stage.inAlarm('web');
  await stage.cleared('web', 60_000);
  const growth = peakMegabytes(service.pid) - before;
  assert.ok(growth < 200, `its memory grew by ${growth} MB`);
});

test('a health check that never ends printing is ended at its timeout', async (t) => {
  const { stage, log } = await unhealthy(t, 'yes');
  assert.ok(log.includes(FAILED), log.join('\n'));
  assert.deepEqual(leftOvers(stage), []);
});

test('a health check is repeated until it passes', async (t) => {
  const stage = await openStage(t);
  const file = stage.space.path('looks');
  const health_check_command = `echo x >>${file}; test $(wc -l <${file}) -ge 4`;
  stage.configure({
    processes: { web: { ...CUSTOM, health_check_timeout: 10, health_check_command } },
  });
  stage.inAlarm('web');
  await stage.start();
  await stage.cleared('web');
  assert.equal(readFileSync(file, 'utf8'), 'x\nx\nx\nx\n');
});

test('the log tells why the health check failed last', async (t) => {
  const { log } = await unhealthy(t, 'echo "connection refused" >&2; exit 7');
  const reason = 'ERROR RESTART LOG: Health check for web: exit code 7: connection refused';
  assert.equal(log[log.indexOf(FAILED) + 1], reason);
});

test('the log tells that the health check took too long, and how long it may take', async (t) => {
  const { log } = await unhealthy(
    t,
    'test -e "$0.slow" && echo "still waiting" >&2 && exec sleep 600; touch "$0.slow"; exit 1',
  );
  const reason = 'ERROR RESTART LOG: Health check for web: timed out after 1 second: still waiting';
  assert.equal(log[log.indexOf(FAILED) + 1], reason);
});

/** One check with a restart whose health check is this script. */
async function unhealthy(t: TestContext, script: string): Promise<{ stage: Stage; log: string[] }> {
  const stage = await openStage(t);
  const command = stage.space.script('check', script);
  stage.configure({ processes: { web: { ...CUSTOM, health_check_command: command } } });
  stage.inAlarm('web');
  const service = await stage.start({ args: ['--once'] });
  assert.deepEqual(await service.exit(8_000), { code: 1, signal: null });
  return { stage, log: messages(service.log()) };
}

/** What runs of a test's own scripts; the service is no script. */
function leftOvers(stage: Stage): number[] {
  return processesWith(stage.space.path('check'));
}

function peakMegabytes(pid: number): number {
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(peak) / 1024);
}
