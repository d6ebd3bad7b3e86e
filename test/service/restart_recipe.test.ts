import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
} from 'node:fs';
import { type TestContext, test } from 'node:test';
import { isAlive, processesNamed } from '../support/processes.ts';
import { waitFor } from '../support/wait.ts';
import { openStage, type Stage } from './stage.ts';

const QUICK = {
  restart_strategy: 'process',
  health_check_stable_time: 0,
  restart_delay: 0,
  max_attempts: 2,
  stop_timeout: 1,
};
const LOOP = 'while :; do sleep 1; done';
const NOBODY = ['--reuid=65534', '--regid=65534', '--groups=65534,10'];

test('a restarted program keeps its command line, directory, user, groups, umask and environment', async (t) => {
  const stage = await openStage(t);
  const name = stage.name('worker');
  const program = copyOfShell(stage, name);
  mkdirSync(stage.space.path('its home'), { mode: 0o755 });
  // A program that runs as another user has to reach its files.
  chmodSync(stage.space.path(), 0o755);
  const setting = `umask 0027; cd "$0" && exec setpriv ${NOBODY.join(' ')} "$@"`;
  const args = [program, '-c', LOOP, "it's $HOME; `id`", '', 'a\nb'];
  const env = { PATH: '/usr/bin:/bin', SPECIAL: 'a "quoted"\n $value', TZ: 'Asia/Kolkata' };
  run(t, ['sh', '-c', setting, stage.space.path('its home'), ...args], env);
  const pid = await only(name);
  const before = recipeOf(pid);
  assert.match(before.ids, /^Uid:\t65534\t65534.*\nGid:\t65534.*\nGroups:\t10 65534/m);
  assert.match(before.umask, /0027/);

  stage.configure({ processes: { default: QUICK } });
  stage.inAlarm(name);
  const service = await stage.start();
  await service.waitForLog(`Alarm cleared for ${name}`);

  assert.equal(isAlive(pid), false);
  assert.deepEqual(recipeOf(await only(name)), before);
});

test('a program that is a script runs under its own name again, not under that of its shell', async (t) => {
  const stage = await openStage(t);
  const name = stage.name('script');
  run(t, [stage.space.script(name, LOOP), '--port', '8080'], {});
  const before = recipeOf(await only(name));

  stage.configure({ processes: { default: { ...QUICK, health_check_command: 'true' } } });
  stage.inAlarm(name);
  await stage.start();
  await stage.cleared(name);
  assert.deepEqual(recipeOf(await only(name)), before);
});

test('the second attempt starts what the first one ended, with its own command line', async (t) => {
  const stage = await openStage(t);
  const name = stage.name('moody');
  const program = copyOfShell(stage, name);
  const script = `cd '${stage.space.path()}'
test -e running && test ! -e fallen && touch fallen && exit 1
touch running
${LOOP}`;
  run(t, [program, '-c', script, '--port', '8080'], {});
  const pid = await only(name);
  await waitFor('it to run', () => readlinkSync(`/proc/${pid}/cwd`) === stage.space.path());

  stage.configure({ processes: { default: QUICK } });
  stage.inAlarm(name);
  const service = await stage.start();
  await service.waitForLog(`Attempt 2 of 2 for ${name}`);
  await service.waitForLog(`Successfully restarted and verified process: ${name}`);
  assert.ok(recipeOf(await only(name)).commandLine.endsWith('\0--port\x008080\0'));
});

test('a program whose command line does not say how to start it is left running', async (t) => {
  const stage = await openStage(t);
  const name = stage.name('titled');
  const program = stage.space.path('bin', name);
  mkdirSync(stage.space.path('bin'));
  copyFileSync('/bin/sleep', program);
  run(t, ['bash', '-c', 'exec -a "master process" "$0" 600', program], {});
  const pid = await only(name);

  stage.configure({ processes: { default: QUICK } });
  stage.inAlarm(name);
  const service = await stage.start();
  await service.waitForLog(/All restart attempts failed|Successfully restarted/);
  assert.equal(processesNamed(name).length, 1, service.log());
  assert.ok(isAlive(pid) || service.log().includes(`verified process: ${name}`), service.log());
});

test('a stranger’s program that lies where the relative path of root’s leads to by now is not run', async (t) => {
  const stage = await openStage(t);
  const name = stage.name('lured');
  const program = copyOfShell(stage, name);
  const trap = stage.space.path('trap');
  const mark = stage.space.path('trap/ran');
  stage.space.script(`trap/bin/${name}`, `touch '${mark}'; ${LOOP}`);
  chmodSync(trap, 0o1777);
  const start = `cd '${stage.space.path()}'; exec 'bin/${name}' -c "cd '${trap}'; ${LOOP}"`;
  run(t, ['sh', '-c', start], {});
  const pid = await only(name);
  await waitFor('it to be there', () => readlinkSync(`/proc/${pid}/cwd`) === trap);

  stage.configure({ processes: { default: QUICK } });
  stage.inAlarm(name);
  const service = await stage.start();
  await service.waitForLog(`Alarm cleared for ${name}`);
  assert.equal(isAlive(pid), false);
  assert.equal(readlinkSync(`/proc/${await only(name)}/exe`), program);
  assert.equal(existsSync(mark), false);
});

/** A program that does what its arguments say. */
function copyOfShell(stage: Stage, name: string): string {
  const program = stage.space.path('bin', name);
  mkdirSync(stage.space.path('bin'));
  copyFileSync('/bin/sh', program);
  return program;
}

function run(t: TestContext, [file = '', ...args]: string[], env: Record<string, string>): void {
  const child = spawn(file, args, {
    env: { PATH: '/usr/bin:/bin', ...env },
    detached: true,
    stdio: 'ignore',
  });
  const exit = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGKILL');
    await exit;
  });
}

async function only(name: string): Promise<number> {
  const running = await waitFor(`one ${name}`, () => {
    const pids = processesNamed(name);
    return pids.length === 1 && pids;
  });
  return (running as number[])[0] as number;
}

function recipeOf(pid: number) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const fields = (pattern: RegExp) => status.split('\n').filter((line) => pattern.test(line));
  return {
    commandLine: readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
    directory: readlinkSync(`/proc/${pid}/cwd`),
    ids: fields(/^(Uid|Gid|Groups):/).join('\n'),
    umask: fields(/^Umask:/).join(),
    environment: environmentOf(pid),
  };
}

/** A shell adds its own words about itself. */
function environmentOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/environ`, 'utf8')
    .split('\0')
    .filter((pair) => pair !== '' && !/^(_|PWD|OLDPWD|SHLVL)=/.test(pair))
    .sort();
}
