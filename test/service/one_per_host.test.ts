/** Two services would restart the same processes against each other: the second one refuses. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { launch } from '../support/binary.ts';
import { end, exitOf } from '../support/child.ts';
import { waitFor } from '../support/wait.ts';
import { answer, command, listens, SELDOM, socketOf, startListening } from './control_client.ts';
import { HEALS_AT_ONCE, messages, openStage } from './stage.ts';

for (const args of [['run'], ['run', '--once']]) {
  test(`a second ${args.join(' ')} refuses, and leaves no trace in the first one's log`, async (t) => {
    const stage = await openStage(t);
    stage.configure({ monitor: SELDOM, processes: { default: HEALS_AT_ONCE } });
    const first = await startListening(stage);
    const log = first.log();
    stage.inAlarm('web');
    assert.deepEqual(await command(stage, ...args), {
      code: 1,
      signal: null,
      stdout: '',
      stderr: `monitor_service: already running (PID ${first.pid})\n`,
    });
    assert.equal(first.log(), log);
    assert.deepEqual([stage.alarms(), stage.attempts()], [['web'], []]);
    assert.equal((await answer(stage))?.body.pid, first.pid);
  });
}

test('run --dry-run changes nothing, and so may run beside the service', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM });
  const first = await startListening(stage);
  assert.equal((await command(stage, 'run', '--once', '--dry-run')).code, 0);
  assert.equal((await answer(stage))?.body.pid, first.pid);
});

test('while run --once is at work no service starts', async (t) => {
  const stage = await openStage(t);
  stage.configure({ processes: { web: { ...HEALS_AT_ONCE, restart_command: 'sleep 60' } } });
  stage.inAlarm('web');
  const once = await stage.start({ args: ['--once'] });
  await once.waitForLog('Attempt 1 of');
  const { code, stderr } = await command(stage, 'run');
  assert.deepEqual([code, stderr], [1, `monitor_service: already running (PID ${once.pid})\n`]);
});

test('services on different control sockets do not mind each other', async (t) => {
  const [one, other] = [await openStage(t), await openStage(t)];
  for (const stage of [one, other]) {
    stage.configure({ monitor: SELDOM });
    await startListening(stage);
  }
});

test('the socket of a killed service is no obstacle', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM });
  const first = await startListening(stage);
  first.signal('SIGKILL');
  await first.exit();
  assert.ok(existsSync(socketOf(stage)));
  const next = await startListening(stage);
  assert.equal((await answer(stage))?.body.pid, next.pid);
  assert.deepEqual(
    messages(next.log()).filter((line) => line.startsWith('ERROR')),
    [],
  );
});

test('a service that is stopped by SIGSTOP and answers nothing still is the one', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM });
  const first = await startListening(stage);
  first.signal('SIGSTOP');
  const { code, stderr } = await command(stage, 'run');
  first.signal('SIGCONT');
  assert.deepEqual([code, stderr], [1, `monitor_service: already running (PID ${first.pid})\n`]);
});

test('of twenty that start at the same instant exactly one runs, whose PID the others tell', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM });
  // As after a crash: the race for the place of a socket that was left behind is the hardest.
  const crashed = await startListening(stage);
  crashed.signal('SIGKILL');
  await crashed.exit();
  const args = ['run', '-c', stage.space.path('config.ini')];
  const all = Array.from({ length: 20 }, () => launch(args, {}));
  t.after(() => Promise.all(all.map(({ child }) => end(child, 5_000))));
  const running = () => all.filter(({ child }) => child.exitCode === null);
  await waitFor('all but one to end', () => running().length <= 1, 30_000);
  const [winner] = running();
  await listens(stage);
  const pid = winner?.child.pid;
  assert.equal((await answer(stage))?.body.pid, pid);
  for (const { child, stderr } of all.filter((each) => each !== winner)) {
    await exitOf(child, 5_000);
    if (child.stderr?.readableEnded === false) {
      await once(child.stderr, 'end');
    }
    assert.deepEqual(
      [child.exitCode, stderr()],
      [1, `monitor_service: already running (PID ${pid})\n`],
    );
  }
  const log = readFileSync(stage.space.path('monitor_service.log'), 'utf8');
  assert.equal(log.split('Starting Process Monitor Service').length - 1, 2, log);
});

test('when it stops, the service takes its socket away, and nothing that took its place', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM });
  const first = await startListening(stage);
  await first.stop();
  assert.equal(existsSync(socketOf(stage)), false);
  const second = await startListening(stage);
  rmSync(socketOf(stage));
  writeFileSync(socketOf(stage), 'of somebody else');
  await second.stop();
  assert.ok(statSync(socketOf(stage)).isFile());
});
