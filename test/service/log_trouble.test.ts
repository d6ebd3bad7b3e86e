import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { runTool } from '../support/child.ts';
import { own } from '../support/reaper.ts';
import type { Service } from '../support/service.ts';
import { HEALS_AT_ONCE, messages, openStage, type Stage } from './stage.ts';

test('a log in a folder that is missing: the service heals, and says why on standard output', async (t) => {
  const { stage, log } = await withLogAt(t, (stage) => stage.space.path('missing/monitor.log'));
  const service = await healedWithout(stage, log);
  assert.ok(said(service, log, 'its directory is missing'), service.stdout());
});

test('a log that is a symbolic link: nothing is written through it, and the service heals', async (t) => {
  const { stage, log } = await withLogAt(t, (stage) => stage.space.path('link.log'));
  const target = stage.space.path('target');
  symlinkSync(target, log);
  const service = await healedWithout(stage, log);
  assert.ok(said(service, log, 'it is a symbolic link'), service.stdout());
  assert.equal(existsSync(target), false);
});

test('a log that is a folder: the service heals, and says why', async (t) => {
  const { stage, log } = await withLogAt(t, (stage) => stage.space.path('folder'));
  mkdirSync(log);
  const service = await healedWithout(stage, log);
  assert.ok(said(service, log, 'it is a directory'), service.stdout());
});

test('a log on a read-only file system: the service heals, and says why', async (t) => {
  const { stage, log } = await withLogAt(t, (stage) => stage.space.path('disk/monitor.log'));
  await mount(stage, 'ro');
  const service = await healedWithout(stage, log);
  assert.ok(said(service, log, 'the file system is read-only'), service.stdout());
});

test('a log on a full disk: the service heals, says why, and goes on once there is room', async (t) => {
  const { stage, log } = await withLogAt(t, (stage) => stage.space.path('disk/monitor.log'));
  const disk = await mount(stage, 'size=16k');
  try {
    writeFileSync(`${disk}/filler`, Buffer.alloc(64 * 1024));
  } catch {
    // It is full: that is what it is for.
  }
  const service = await healedWithout(stage, log);
  assert.ok(said(service, log, 'no space left on the disk'), service.stdout());
  await runTool('rm', [`${disk}/filler`]);
  stage.inAlarm('later');
  await service.waitForLog('Alarm cleared for later');
  assert.match(messages(service.log())[0] as string, /is written again; \d+ messages are missing/);
});

async function withLogAt(
  t: TestContext,
  path: (stage: Stage) => string,
): Promise<{ stage: Stage; log: string }> {
  const stage = await openStage(t);
  const log_file = path(stage);
  stage.configure({ logging: { log_file }, processes: { default: HEALS_AT_ONCE } });
  return { stage, log: log_file };
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

/** A small file system of its own, unmounted after the test. */
async function mount(stage: Stage, options: string): Promise<string> {
  const disk = stage.space.path('disk');
  mkdirSync(disk);
  await runTool('mount', ['-t', 'tmpfs', '-o', `mode=700,${options}`, 'none', disk]);
  const unmount = () => void execFileSync('umount', ['--lazy', disk]);
  const disown = own(unmount);
  stage.undo(() => {
    unmount();
    disown();
  });
  return disk;
}
