import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { isAlive, processesNamed } from '../support/processes.ts';
import type { Service } from '../support/service.ts';
import { waitFor } from '../support/wait.ts';
import { openStage, type Stage } from './stage.ts';

const PROCESS = { restart_strategy: 'process', health_check_stable_time: 0, stop_timeout: 1 };

interface Started {
  stage: Stage;
  service: Service;
  name: string;
  /** What the service started. */
  pid: number;
}

test('what the service started outlives its stop', async (t) => {
  const { service, pid } = await started(t);
  assert.deepEqual(await service.stop(), { code: 0, signal: null });
  assert.equal(isAlive(pid), true);
});

test('what the service started outlives its SIGKILL, and is not started twice afterwards', async (t) => {
  const { stage, service, name, pid } = await started(t);
  service.signal('SIGKILL');
  await service.exit();
  assert.equal(isAlive(pid), true);
  const next = await stage.start();
  await next.waitForLog(/(Starting Process Monitor Service(.|\n)*){2}/);
  stage.inAlarm(stage.name('nothing'));
  await next.waitForLog('Found process in alarm: nothing');
  assert.deepEqual(processesNamed(name), [pid]);
});

test('a service that is started anew restarts what the one before it started', async (t) => {
  const { stage, service, name, pid } = await started(t);
  await service.stop();
  await stage.start();
  stage.raise(name);
  await stage.cleared(name);
  assert.equal(isAlive(pid), false);
  assert.equal(processesNamed(name).length, 1);
});

test('what the service started holds no file of it, and is in no session or group of it', async (t) => {
  const { service, pid } = await started(t);
  // Whoever runs the tests may have left files open for all of them.
  const inherited = new Set(filesOf(process.pid));
  const files = filesOf(pid).filter((file) => file === '/dev/null' || !inherited.has(file));
  assert.deepEqual(files, ['/dev/null', '/dev/null', '/dev/null']);
  assert.deepEqual(groupAndSession(pid), [pid, pid]);
  assert.notDeepEqual(groupAndSession(pid), groupAndSession(service.pid));
});

test('what the service started is no zombie when it ends', async (t) => {
  const { service, pid } = await started(t);
  process.kill(pid, 'SIGKILL');
  await waitFor('the process to be gone', () => !readdirSync('/proc').includes(String(pid)));
  assert.equal(isAlive(service.pid), true);
});

/** A program that the service has restarted. */
async function started(t: TestContext): Promise<Started> {
  const stage = await openStage(t);
  const name = stage.name('daemon');
  stage.configure({ processes: { default: PROCESS } });
  await stage.startVictim(name);
  stage.inAlarm(name);
  const service = await stage.start();
  await stage.cleared(name);
  const [pid = 0, ...others] = processesNamed(name);
  assert.deepEqual(others, []);
  return { stage, service, name, pid };
}

function filesOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((fd) => {
    try {
      return [readlinkSync(`${folder}/${fd}`)];
    } catch {
      return []; // the folder itself, open for reading it
    }
  });
}

function groupAndSession(pid: number): number[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(2, 4)
    .map(Number);
}
