/** restart: what an operator asks for goes the way of a restart for an alarm, and is told to its end. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, type TestContext, test } from 'node:test';
import { command, SELDOM, startListening } from '../service/control_client.ts';
import { HEALS_AT_ONCE, openStage, type Stage } from '../service/stage.ts';
import { binary } from '../support/binary.ts';
import { waitFor } from '../support/wait.ts';

const BROKEN = { ...HEALS_AT_ONCE, restart_command: 'echo no; exit 3', restart_delay: 0 };
/** The lines of an attempt, with what is another one each time left out. */
const plain = (text: string) =>
  text.replaceAll(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/gm, 'TIME').replaceAll(/after \d+ ms/g, 'TOOK');

/** Restarts by making a file `begun`, and is done once there is a file `gate`. */
function gated(stage: Stage) {
  const [begun, gate] = [stage.space.path('begun'), stage.space.path('gate')];
  return {
    ...HEALS_AT_ONCE,
    restart_command: `touch ${begun}; until test -e ${gate}; do sleep 0.05; done`,
  };
}

/** Two restarts are asked for: `slow` goes on until there is a file `gate`, and `web` waits for its turn. */
async function oneAtATime(t: TestContext) {
  const stage = await openStage(t);
  stage.configure({
    monitor: { ...SELDOM, max_parallel_restarts: 1 },
    processes: { slow: gated(stage), web: HEALS_AT_ONCE },
  });
  const service = await startListening(stage);
  const slow = command(stage, 'restart', 'slow');
  await waitFor('the restart', () => existsSync(stage.space.path('begun')));
  const web = command(stage, 'restart', 'web');
  await service.waitForLog('Restart requested for web');
  return { stage, service, slow, web };
}

describe('restart', () => {
  test('restarts what is not in alarm, and shows each attempt and the outcome', async (t) => {
    const stage = await openStage(t);
    const before = { ...HEALS_AT_ONCE, pre_restart_command: 'echo before' };
    stage.configure({ monitor: SELDOM, processes: { web: before, broken: BROKEN } });
    await startListening(stage);
    const { code, stdout, stderr } = await command(stage, 'restart', 'web');
    assert.deepEqual([code, stderr], [0, '']);
    assert.equal(
      plain(stdout),
      `TIME  web  custom, pre_restart_command: passed TOOK
    echo before
TIME  web  custom, attempt 1: verified TOOK
    true
web: restarted and verified
`,
    );
    const failed = await command(stage, 'restart', 'broken');
    const attempt = (number: number) =>
      `TIME  broken  custom, attempt ${number}: failed TOOK\n    echo no; exit 3\n    exit code 3: no\n`;
    const end = 'broken: restart failed; why, and what to do: monitor_service status broken\n';
    assert.equal(plain(failed.stdout), attempt(1) + attempt(2) + end);
    assert.equal(failed.code, 1);
  });

  test('closes the breaker first, and clears the alarm once verified', async (t) => {
    const stage = await openStage(t);
    const mended = stage.space.path('mended');
    const web = { ...HEALS_AT_ONCE, restart_command: `test -e ${mended}`, max_attempts: 1 };
    stage.configure({ monitor: { ...SELDOM, max_restart_failures: 1 }, processes: { web } });
    stage.inAlarm('web');
    const service = await startListening(stage);
    await service.waitForLog('Circuit breaker opened for web');
    stage.space.write('mended', '');
    const { code, stdout } = await command(stage, 'restart', '1');
    assert.deepEqual(
      [code, stdout.split('\n').at(-2)],
      [0, 'web: restarted and verified, alarm cleared'],
    );
    assert.deepEqual(stage.alarms(), []);
    assert.match(
      service.log(),
      /Circuit breaker closed for web \(reset by hand\)\n.*Restart requested for web\n/,
    );
  });

  test('one of several that is not verified makes it fail', async (t) => {
    const stage = await openStage(t);
    stage.configure({ monitor: SELDOM, processes: { web: HEALS_AT_ONCE, broken: BROKEN } });
    await startListening(stage);
    const { code, stdout } = await command(stage, 'restart', 'web', 'broken', 'web');
    assert.equal(code, 1);
    assert.match(stdout, /^web: restarted and verified$/m);
    assert.match(stdout, /^broken: restart failed;/m);
    assert.deepEqual(
      stage
        .attempts()
        .map(({ name }) => name)
        .sort(),
      ['broken', 'broken', 'web'],
      'each once',
    );
  });

  test('waits for the restart that is under way, and makes no second one', async (t) => {
    const stage = await openStage(t);
    stage.configure({ monitor: SELDOM, processes: { web: gated(stage) } });
    stage.inAlarm('web');
    const service = await startListening(stage);
    await waitFor('the restart', () => existsSync(stage.space.path('begun')));
    const asked = [command(stage, 'restart', 'web'), command(stage, 'restart', '1')];
    await service.waitForLog(/(?:Restart requested for web\n.*){2}/s);
    stage.space.write('gate', '');
    for (const { code, stdout } of await Promise.all(asked)) {
      assert.deepEqual(
        [code, stdout.split('\n').at(-2)],
        [0, 'web: restarted and verified, alarm cleared'],
      );
      assert.match(stdout, /web {2}custom, attempt 1: verified/);
    }
    assert.equal(stage.attempts().length, 1);
  });

  test('goes on when the one who asked goes away, and longer than a connection may live', async (t) => {
    const stage = await openStage(t);
    stage.configure({ monitor: SELDOM, processes: { web: gated(stage) } });
    const service = await startListening(stage);
    const file = stage.space.path('config.ini');
    const patient = command(stage, 'restart', 'web');
    const asked = spawn(binary, ['restart', 'web', '-c', file], { stdio: 'ignore' });
    await service.waitForLog(/(?:Restart requested for web\n.*){2}/s);
    asked.kill('SIGINT');
    assert.deepEqual(await once(asked, 'exit'), [null, 'SIGINT']);
    await new Promise((resolve) => setTimeout(resolve, 10_500)); // past the life of a connection
    stage.space.write('gate', '');
    assert.equal((await patient).code, 0);
    assert.match(service.log(), /Successfully restarted and verified process: web\n/);
  });

  test('respects max_parallel_restarts', async (t) => {
    const { stage, slow, web } = await oneAtATime(t);
    assert.deepEqual(
      stage.attempts().map(({ name }) => name),
      ['slow'],
    );
    stage.space.write('gate', '');
    assert.deepEqual([(await slow).code, (await web).code], [0, 0]);
  });

  test('does not restart what waits for its turn when the service stops, and says so', async (t) => {
    const { stage, service, slow, web } = await oneAtATime(t);
    service.signal('SIGTERM');
    const { code, stdout } = await web;
    assert.deepEqual([code, stdout], [1, 'web: not restarted, the service is stopping\n']);
    const late = await command(stage, 'restart', 'web');
    assert.deepEqual([late.code, late.stderr], [1, 'monitor_service: the service is stopping\n']);
    stage.space.write('gate', '');
    await service.exit();
    assert.match((await slow).stdout + (await slow).stderr, /verified|the service ended meanwhile/);
    assert.deepEqual(
      stage.attempts().map(({ outcome }) => outcome),
      ['verified'],
    );
  });

  test('refuses what is in no table, and restarts nothing then', async (t) => {
    const stage = await openStage(t);
    stage.configure({ monitor: SELDOM, processes: { web: HEALS_AT_ONCE } });
    stage.calm('mail');
    await startListening(stage);
    const { code, stdout, stderr } = await command(stage, 'restart', 'web', 'mial', '77');
    assert.deepEqual([code, stdout], [1, '']);
    assert.equal(
      stderr,
      `monitor_service: no process is called "mial", did you mean mail?
monitor_service: no process has the ID 77
monitor_service: nothing is restarted; to add a process: monitor_service alarm set NAME --create
`,
    );
    assert.deepEqual(stage.attempts(), []);
  });

  for (const name of ['poweroff', 'monitor_service', 'dbus.socket', '$(id)']) {
    test(`refuses ${name}, also where the table has it`, async (t) => {
      const stage = await openStage(t);
      stage.configure({ monitor: SELDOM, processes: { default: HEALS_AT_ONCE } });
      stage.calm(name);
      await startListening(stage);
      const { code, stdout, stderr } = await command(stage, 'restart', name);
      assert.deepEqual([code, stdout], [1, '']);
      assert.ok(stderr.startsWith(`monitor_service: "${name}" is refused: `), stderr);
      assert.deepEqual(stage.attempts(), []);
    });
  }

  test('without a service says so, with status 1', async (t) => {
    const stage = await openStage(t);
    stage.configure({ processes: { web: HEALS_AT_ONCE } });
    const { code, stdout, stderr } = await command(stage, 'restart', 'web');
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^monitor_service: not running; start it: /);
  });

  test('works with a configuration that is invalid by now', async (t) => {
    const stage = await openStage(t);
    stage.configure({ monitor: SELDOM, processes: { web: HEALS_AT_ONCE } });
    await startListening(stage);
    stage.configure({ monitor: { check_interval: 'often' } });
    const { code, stdout, stderr } = await command(stage, 'restart', 'web');
    assert.deepEqual([code, stdout.split('\n').at(-2)], [0, 'web: restarted and verified']);
    assert.match(stderr, /check_interval: got "often"/);
    const id = await command(stage, 'restart', '1');
    assert.match(
      id.stderr,
      /the name of ID 1 is not known without the database: the configuration/,
    );
    assert.equal(id.code, 1);
  });

  test('needs a name', async (t) => {
    const stage = await openStage(t);
    stage.configure();
    const { code, stderr } = await command(stage, 'restart');
    assert.deepEqual(
      [code, stderr.split('\n')[0]],
      [
        2,
        'monitor_service: restart needs NAME|ID…; for the service itself: systemctl restart monitor_service',
      ],
    );
  });
});
