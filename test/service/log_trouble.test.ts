import assert from 'node:assert/strict';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { type Disk, noDisk } from '../support/disk.ts';
import type { Service } from '../support/service.ts';
import { HEALS_AT_ONCE, messages, openStage, type Stage } from './stage.ts';

test('a log in a folder that is missing: the service heals, and says why on standard output', async (t) => {
  const { stage, log } = await withLogAt(t, 'missing/monitor.log');
  const service = await healedWithout(stage, log);
  assert.ok(said(service, log, 'its directory is missing'), service.stdout());
});

test('a log that is a symbolic link: nothing is written through it, and the service heals', async (t) => {
  const { stage, log } = await withLogAt(t, 'link.log');
  const target = stage.space.path('target');
  symlinkSync(target, log);
  const service = await healedWithout(stage, log);
  assert.ok(said(service, log, 'it is a symbolic link'), service.stdout());
  assert.equal(existsSync(target), false);
});

test('a log that is a folder: the service heals, and says why', async (t) => {
  const { stage, log } = await withLogAt(t, 'folder');
  mkdirSync(log);
  const service = await healedWithout(stage, log);
  assert.ok(said(service, log, 'it is a directory'), service.stdout());
});

test('a log on a read-only file system: the service heals, and says why', {
  skip: noDisk,
}, async (t) => {
  const { stage, log } = await withLogOn(t, 'ro');
  const service = await healedWithout(stage, log);
  assert.ok(said(service, log, 'the file system is read-only'), service.stdout());
});

test('a log on a full disk: the service heals, says why, and goes on once there is room', {
  skip: noDisk,
}, async (t) => {
  const { stage, log, disk } = await withLogOn(t, 'size=16k');
  disk.fill();
  const service = await healedWithout(stage, log);
  assert.ok(said(service, log, 'no space left on the disk'), service.stdout());
  disk.makeRoom();
  stage.inAlarm('later');
  await service.waitForLog('Alarm cleared for later');
  assert.match(messages(service.log())[0] as string, /is written again; \d+ messages are missing/);
});

async function withLogAt(t: TestContext, name: string): Promise<{ stage: Stage; log: string }> {
  const stage = await openStage(t);
  const log = stage.space.path(name);
  configure(stage, log);
  return { stage, log };
}

/** `options`: of the small disk that the log is on. */
async function withLogOn(
  t: TestContext,
  options: string,
): Promise<{ stage: Stage; log: string; disk: Disk }> {
  const stage = await openStage(t);
  const disk = await stage.disk(options);
  const log = `${disk.path}/monitor.log`;
  configure(stage, log);
  return { stage, log, disk };
}

function configure(stage: Stage, log_file: string): void {
  stage.configure({ logging: { log_file }, processes: { default: HEALS_AT_ONCE } });
}

/** Three alarms are healed over several checks; standard output holds every line. */
async function healedWithout(stage: Stage, log: string): Promise<Service> {
  const service = await stage.start();
  for (const name of ['one', 'two', 'three']) {
    stage.inAlarm(name);
    await stage.cleared(name);
  }
  const lines = messages(service.stdout());
  assert.equal(lines.filter((line) => line.includes(log)).length, 1, service.stdout());
  assert.ok(lines.includes('INFO Starting Process Monitor Service'));
  for (const name of ['one', 'two', 'three']) {
    assert.ok(
      lines.includes(`INFO RESTART LOG: Successfully restarted and verified process: ${name}`),
      service.stdout(),
    );
  }
  return service;
}

function said(service: Service, log: string, reason: string): boolean {
  const expected = `WARNING Log file ${log} cannot be written: ${reason}; messages go on here only`;
  return messages(service.stdout()).includes(expected);
}
