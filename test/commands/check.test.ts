/** check: a health check now, in the service or without one. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { command, SELDOM, startListening } from '../service/control_client.ts';
import { openStage as openServiceStage } from '../service/stage.ts';
import { binary } from '../support/binary.ts';
import { isAlive } from '../support/processes.ts';
import { waitFor } from '../support/wait.ts';
import { DATABASES, openStage, sqliteTables } from './stage.ts';

const HERE = 'monitor_service: the service is not running; checked by this command\n';
const plain = (text: string) => text.replaceAll(/took \d+(?:\.\d)? m?s/g, 'TOOK');

for (const [database, open] of DATABASES) {
  test(`without a service, in this command, by name or ID: ${database}`, async (t) => {
    const stage = await openStage(t, open, {
      processes: {
        web: { health_check_command: 'echo well' },
        sick: { health_check_command: 'echo one; echo two >&2; exit 7' },
        default: { health_check_command: 'test %s = mail' },
      },
    });
    await stage.tables.add({ id: 1, name: 'web' });
    await stage.tables.add({ id: 4, name: 'mail' });
    const healthy = await stage.run('check', 'web', '4');
    assert.deepEqual([healthy.code, healthy.stderr], [0, HERE]);
    assert.equal(
      plain(healthy.stdout),
      'web: healthy\n    asked: command echo well; TOOK\nmail: healthy\n    asked: command test mail = mail; TOOK\n',
    );
    const sick = await stage.run('check', 'web', 'sick');
    assert.equal(sick.code, 1);
    assert.match(
      plain(sick.stdout),
      /\nsick: not healthy: exit code 7: two\n {4}asked: command echo one; .*; TOOK\n {4}\| one\n$/,
    );
    const unknown = await stage.run('check', 'mial', 'web');
    assert.equal(unknown.code, 1);
    assert.match(
      unknown.stderr,
      /^monitor_service: no process is called "mial", did you mean mail\?\n/,
    );
    assert.match(unknown.stdout, /^web: healthy\n/);
  });
}

test('the default check names the program that it looked for', async (t) => {
  const stage = await openStage(t, sqliteTables, {
    processes: { default: { restart_strategy: 'process' } },
  });
  await stage.tables.add({ id: 1, name: 'no-such-program' });
  const { code, stdout } = await stage.run('check', 'no-such-program');
  assert.equal(code, 1);
  assert.equal(
    plain(stdout),
    'no-such-program: not healthy: no process no-such-program\n    asked: program no-such-program; TOOK\n',
  );
});

test('--json prints every field', async (t) => {
  const stage = await openStage(t, sqliteTables, {
    processes: { web: { health_check_command: 'printf "a\\nb\\n"; false' } },
  });
  const { code, stdout } = await stage.run('check', 'web', '--json');
  assert.equal(code, 1);
  const { checks } = JSON.parse(stdout);
  const { duration_ms, ...rest } = checks[0];
  assert.ok(Number.isInteger(duration_ms));
  assert.deepEqual(rest, {
    name: 'web',
    healthy: false,
    reason: 'exit code 1: b',
    kind: 'command',
    asked: 'printf "a\\nb\\n"; false',
    output: ['a', 'b'],
  });
});

test('a check that hangs ends at health_check_timeout, one that cannot run is not healthy', async (t) => {
  const stage = await openStage(t, sqliteTables, {
    processes: {
      hangs: { health_check_command: 'sleep 60', health_check_timeout: 1 },
      absent: { health_check_command: '/nonexistent/check' },
    },
  });
  const { code, stdout } = await stage.run('check', 'hangs', 'absent');
  assert.equal(code, 1);
  assert.match(stdout, /^hangs: not healthy: timed out after 1 seconds?$/m);
  assert.match(stdout, /^absent: not healthy: .*(?:exit code 127|not found)/m);
});

for (const name of ['poweroff', 'monitor_service']) {
  test(`refuses ${name}`, async (t) => {
    const stage = await openStage(t, sqliteTables);
    await stage.tables.add({ id: 1, name });
    const { code, stdout, stderr } = await stage.run('check', name);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, new RegExp(`^monitor_service: "${name}" is refused: `));
  });
}

test('Ctrl-C ends the health check with the command', async (t) => {
  const stage = await openStage(t, sqliteTables);
  const file = stage.space.path('pid');
  stage.configure({
    processes: {
      web: { health_check_command: `echo $$ > ${file}; sleep 60`, health_check_timeout: 60 },
    },
  });
  const asked = spawn(binary, ['check', 'web', '-c', stage.file], { stdio: 'ignore' });
  const pid = await waitFor('the health check', () => {
    return existsSync(file) && Number(readFileSync(file, 'utf8'));
  });
  asked.kill('SIGINT');
  assert.deepEqual(await once(asked, 'exit'), [null, 'SIGINT']);
  await waitFor('the health check to end', () => !isAlive(Number(pid)));
});

describe('check while the service runs', () => {
  test('is made by the service, with the settings that it has', async (t) => {
    const stage = await openServiceStage(t);
    stage.configure({
      monitor: SELDOM,
      processes: { web: { health_check_command: 'echo $PPID; false' } },
    });
    const service = await startListening(stage);
    stage.configure({ monitor: SELDOM, processes: { web: { health_check_command: 'true' } } });
    const { code, stdout, stderr } = await command(stage, 'check', 'web');
    assert.deepEqual([code, stderr], [1, '']);
    assert.match(stdout, new RegExp(`^web: not healthy: exit code 1: ${service.pid}$`, 'm'));
  });

  test('is no alarm, no restart, and no failure for the breaker', async (t) => {
    const stage = await openServiceStage(t);
    stage.configure({ monitor: SELDOM, processes: { web: { health_check_command: 'false' } } });
    stage.calm('web');
    await startListening(stage);
    assert.equal((await command(stage, 'check', 'web')).code, 1);
    const { processes } = JSON.parse((await command(stage, 'status', '--json', 'web')).stdout);
    assert.deepEqual([processes[0].state, processes[0].failures], ['no_alarm', 0]);
    assert.deepEqual([stage.alarms(), stage.attempts()], [[], []]);
  });

  test('of twenty processes runs eight at a time', async (t) => {
    const stage = await openServiceStage(t);
    const names = Array.from({ length: 20 }, (_, index) => `web${index}`);
    const mark = stage.space.path('running');
    stage.configure({
      monitor: SELDOM,
      processes: {
        default: {
          health_check_command: `mkdir -p ${mark}; touch ${mark}/%s; ls ${mark} | wc -l; sleep 0.2; rm ${mark}/%s; false`,
        },
      },
    });
    stage.calm(...names);
    await startListening(stage);
    const { checks } = JSON.parse((await command(stage, 'check', '--json', ...names)).stdout);
    assert.deepEqual(
      checks.map(({ name }: { name: string }) => name),
      names,
    );
    const atOnce = checks.map(({ output }: { output: string[] }) => Number(output[0]));
    assert.equal(Math.max(...atOnce), 8);
  });

  test('does not find itself by the name that was typed', async (t) => {
    const stage = await openServiceStage(t);
    const name = stage.name('webshop');
    stage.configure({
      monitor: SELDOM,
      processes: { [name]: { health_check_command: 'pgrep -f %s' } },
    });
    await startListening(stage);
    const { code, stdout } = await command(stage, 'check', name);
    assert.equal(code, 1, stdout);
  });
});
