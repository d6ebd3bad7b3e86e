/** `log_level = DEBUG` tells what was run, asked and decided; `log_format = json` tells it to programs. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { EVENTS } from '../../src/log/events.ts';
import { openScene } from './database_scene.ts';
import { HEALS_AT_ONCE, openStage } from './stage.ts';

interface Line {
  readonly level: string;
  readonly event: string;
  readonly process?: string;
  readonly message: string;
}

const SECRET = 'hunter2hunter2';

test('commands are told with their exit and their time, secrets covered', async (t) => {
  const { lines } = await debugRun(t, {
    ...HEALS_AT_ONCE,
    pre_restart_command: `true --password=${SECRET}`,
    restart_command: 'sleep 0.2; exit 3',
    max_attempts: 1,
  });
  const commands = lines.filter(({ event }) => event === 'command_ended');
  assert.deepEqual(
    commands.map(({ process }) => process),
    ['web', 'web'],
  );
  assert.match(
    commands[0]?.message ?? '',
    /^Command for web: true --password=\*+ \(exit code 0, \d+ ms\)$/,
  );
  const [, took] =
    /^Command for web: sleep 0\.2; exit 3 \(exit code 3, (\d+) ms\)$/.exec(
      commands[1]?.message ?? '',
    ) ?? [];
  assert.ok(Number(took) >= 200, commands[1]?.message);
});

test('a health check is told with its verdict each time that it is made', async (t) => {
  const { lines, stage } = await debugRun(t, {
    ...HEALS_AT_ONCE,
    health_check_command: 'test -e ready || { touch ready; echo not yet; exit 7; }',
  });
  assert.deepEqual(stage.alarms(), []);
  assert.deepEqual(
    lines
      .filter(({ event }) => event === 'health_checked')
      .map(({ process, message }) => [process, message.replace(/\d+ ms/, 'N ms')]),
    [
      ['web', 'Health check of web: not healthy: exit code 7: not yet (N ms)'],
      ['web', 'Health check of web: healthy (N ms)'],
    ],
  );
});

test('statements of the embedded database are told with their time, signals by name', async (t) => {
  const stage = await openStage(t);
  stage.configure({
    monitor: { check_interval: 3600 },
    logging: { log_level: 'DEBUG', log_format: 'json' },
    processes: { default: HEALS_AT_ONCE },
  });
  stage.inAlarm('web');
  const service = await stage.start();
  await stage.cleared('web');
  for (const signal of ['SIGHUP', 'SIGUSR1'] as const) {
    service.signal(signal);
    await service.waitForLog(`"message":"Received ${signal}"`);
  }
  await service.stop();
  const lines = linesOf(service.log());
  assertTold(lines);
  const statements = lines.filter(({ event }) => event === 'statement_done');
  assert.match(
    statements[0]?.message ?? '',
    /^Statement: SELECT .* STATUS_PROCESS .* \(1 row, \d+ ms\)$/,
  );
  assert.match(
    statements[1]?.message ?? '',
    /^Statement: UPDATE STATUS_PROCESS .* \(1 changed, \d+ ms\)$/,
  );
  assert.deepEqual(
    lines.filter(({ event }) => event === 'signal_received').map(({ message }) => message),
    ['Received SIGHUP', 'Received SIGUSR1', 'Received SIGTERM'],
  );
});

test('statements of a server are told, also one that it refuses, and hold no value', async (t) => {
  const scene = await openScene(t);
  const web = await scene.inAlarm(1);
  scene.configure({ logging: { log_level: 'DEBUG', log_format: 'json' } });
  await scene.once();
  await scene.database.sql('DROP TABLE PROCESE');
  await scene.once();
  const lines = linesOf(scene.log());
  assertTold(lines);
  const statements = lines.filter(({ event }) => event === 'statement_done');
  assert.ok(statements.every(({ message }) => /^Statement: .* \(.*\d+ ms\)$/.test(message)));
  assert.ok(statements.some(({ message }) => / LEFT JOIN PROCESE .*\(1 row, \d/.test(message)));
  assert.ok(statements.some(({ message }) => /UPDATE .*\(1 changed, \d/.test(message)));
  assert.ok(statements.some(({ message }) => /PROCESE' doesn't exist, \d+ ms\)$/.test(message)));
  assert.ok(!statements.some(({ message }) => message.includes(web)));
});

test('with the usual level nothing of it is logged', async (t) => {
  const { lines } = await debugRun(t, HEALS_AT_ONCE, 'INFO');
  assert.deepEqual(
    lines.filter(({ level }) => level === 'DEBUG'),
    [],
  );
  assert.ok(lines.length > 0);
});

/** One check with `web` in alarm; its log's lines. */
async function debugRun(
  t: TestContext,
  keys: Record<string, string | number>,
  log_level = 'DEBUG',
) {
  const stage = await openStage(t);
  const health_check_command = String(keys.health_check_command).replaceAll(
    'ready',
    stage.space.path('ready'),
  );
  stage.configure({
    logging: { log_level, log_format: 'json' },
    processes: { web: { ...keys, health_check_command } },
  });
  stage.inAlarm('web');
  const service = await stage.start({ args: ['--once'] });
  await service.exit();
  const lines = linesOf(service.log());
  assertTold(lines);
  assert.ok(!service.log().includes(SECRET) && !service.stdout().includes(SECRET));
  return { lines, stage };
}

function linesOf(log: string): Line[] {
  return log
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Each line has an event of those that are documented, and the process whose name is in it. */
function assertTold(lines: readonly Line[]): void {
  for (const line of lines) {
    const text = JSON.stringify(line);
    assert.ok((EVENTS as readonly string[]).includes(line.event), text);
    assert.equal(/\bweb\b/.test(line.message), line.process === 'web', text);
  }
}
