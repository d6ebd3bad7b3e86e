/** test_alarm.sh and simple_test.sh: the guide's scripts, which are the program's commands in other words. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { binary } from '../support/binary.ts';
import { repository } from '../support/repository.ts';
import { type CommandStage, openStage, sqliteTables } from './stage.ts';

const SIMPLE = join(repository, 'simple_test.sh');
const MENU = join(repository, 'test_alarm.sh');

async function runScript(script: string, ...args: string[]) {
  try {
    const child = promisify(execFile)(script, args, { timeout: 20_000 });
    child.child.stdin?.end('5\n');
    return { code: 0, ...(await child) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

for (const script of [SIMPLE, MENU]) {
  test(`${script.split('/').pop()} is a script that sh and bash can read`, () => {
    for (const shell of ['sh', 'bash']) {
      const { status, stderr } = spawnSync(shell, ['-n', script], { encoding: 'utf8' });
      assert.deepEqual([status, stderr], [0, '']);
    }
  });

  test(`${script.split('/').pop()} finds the program where it is installed`, async (t) => {
    const stage = await openStage(t, sqliteTables);
    await stage.tables.add({ id: 1, name: 'nginx' });
    const home = stage.space.path('opt', 'monitor_service');
    mkdirSync(join(home, 'bin'), { recursive: true });
    symlinkSync(binary, join(home, 'bin', 'monitor_service'));
    const copy = join(home, 'script.sh');
    copyFileSync(script, copy);
    chmodSync(copy, 0o755);
    assert.equal((await runScript(copy, '-c', stage.file)).code, 0);
  });
}

test('simple_test.sh sets apache2 in alarm, verifies it, and tells how to go on', async (t) => {
  const stage = await openStage(t, sqliteTables);
  await stage.tables.add({ id: 1, name: 'nginx' });
  await stage.tables.add({ id: 2, name: 'apache2', notes: 'Web' });
  const { code, stdout, stderr } = await runScript(SIMPLE, '-c', stage.file);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^1\. .*\napache2 \(ID: 2\): alarm set\n/);
  assert.match(stdout, /^2\. .*\nIt is in alarm\.\nID {2}NAME.*\n {1}2 {2}apache2 {2}yes /m);
  assert.match(stdout, /^1\. .*, which a running service really restarts\n/);
  assert.match(stdout, /^3\. .* start the service.*\n.* monitor_service run --once\)\n/m);
  assert.doesNotMatch(stdout, /check-now/);
  assert.match(stdout, /^ +Not cleared\? +monitor_service status apache2\n$/m);
  assert.equal((await stage.tables.row(2))?.alarma, 1);
  assert.equal((await stage.tables.row(1))?.alarma, 0);
});

test('simple_test.sh takes the first process where there is no apache2, or the one it is told', async (t) => {
  const stage = await openStage(t, sqliteTables);
  await stage.tables.add({ id: 3, name: 'a "quoted" name' });
  await stage.tables.add({ id: 5, name: 'not apache2' });
  await stage.tables.add({ id: 6, name: 'sshd' });
  assert.equal((await runScript(SIMPLE, '-c', stage.file)).code, 0);
  assert.equal((await stage.tables.row(3))?.alarma, 1);
  assert.equal((await stage.tables.row(6))?.alarma, 0);
  assert.equal((await runScript(SIMPLE, 'sshd', '-c', stage.file)).code, 0);
  assert.equal((await stage.tables.row(6))?.alarma, 1);
  assert.equal((await runScript(SIMPLE, '5', '-c', stage.file)).code, 0);
  assert.equal((await stage.tables.row(5))?.alarma, 1);
});

test('simple_test.sh fails, with the reason, where it could not set an alarm', async (t) => {
  const stage = await openStage(t, sqliteTables);
  const fails = async (reason: RegExp, ...args: string[]) => {
    const { code, stderr } = await runScript(SIMPLE, ...args);
    assert.equal(code, 1, stderr);
    assert.match(stderr, reason);
  };
  await fails(/there is no process in the table/, '-c', stage.file);
  await stage.tables.add({ id: 3, name: 'nginx' });
  await fails(/no process is called "ngnix", did you mean nginx\?/, 'ngnix', '-c', stage.file);
  await fails(/does not exist/, '-c', stage.space.path('none.ini'));
});

test('simple_test.sh asks for no check where the service was told already, and for one where it was not', async (t) => {
  const stage = await openStage(t, sqliteTables);
  await stage.tables.add({ id: 3, name: 'nginx' });
  const answers = [200, 503];
  const server = createServer((_, response) => {
    response.statusCode = answers.shift() ?? 500;
    response.end('{"error": "the service is stopping"}');
  });
  server.listen(stage.space.path('control.sock'));
  await once(server, 'listening');
  t.after(() => server.close());
  const told = await runScript(SIMPLE, '-c', stage.file);
  assert.match(
    told.stdout,
    /The service checks now\.\n[\s\S]*^3\. The service restarts it, really\n {3}What/m,
  );
  assert.doesNotMatch(told.stdout, /check-now|systemctl start/);
  await stage.run('alarm', 'clear', '3'); // whatever it is answered
  answers.splice(0, 2, 503);
  const refused = await runScript(SIMPLE, '-c', stage.file);
  assert.match(
    refused.stdout,
    /could not be told.*\n[\s\S]*^3\. .*\n {3}It runs: +monitor_service check-now\n/m,
  );
});

test('simple_test.sh says so where the service was faster than its look', async (t) => {
  const stage = await openStage(t, sqliteTables);
  await stage.tables.add({ id: 3, name: 'nginx' });
  await clearWhenAsked(t.after.bind(t), stage);
  const { code, stdout } = await runScript(SIMPLE, '-c', stage.file);
  assert.equal(code, 0);
  assert.match(stdout, /^The running service has restarted it and cleared the alarm already\.$/m);
});

/** A service that heals before it answers. */
async function clearWhenAsked(
  after: (undo: () => void) => void,
  stage: CommandStage,
): Promise<void> {
  const server = createServer(async (_request, response) => {
    await promisify(execFile)(
      binary,
      ['alarm', 'clear', 'nginx', '--note', 'Restarted', '-c', stage.file],
      {
        timeout: 10_000,
      },
    ).catch(() => {});
    response.end('{}');
  });
  server.listen(stage.space.path('control.sock'));
  await once(server, 'listening');
  after(() => server.close());
}
