import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { bootId } from '../../src/system/clock.ts';
import { identityOf, livePid } from '../../src/system/identity.ts';
import { allStats } from '../../src/system/proc.ts';
import { endGroup } from '../../src/system/process_group.ts';
import { exitOf } from '../support/child.ts';
import { takeAllDescriptors } from '../support/descriptors.ts';
import { own } from '../support/reaper.ts';
import { waitFor } from '../support/wait.ts';
import { workspace } from '../support/workspace.ts';

/** A shell that leads a group of so many live processes. */
async function startGroup(script: string, size: number) {
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: 'ignore' });
  own(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  const group = child.pid as number;
  await waitFor(`a group of ${size}`, () => members(group) === size);
  return { child, group };
}

function members(group: number): number {
  return allStats().filter((stat) => stat.group === group && !stat.isZombie).length;
}

describe('ending a process group', () => {
  test('ends all of its processes', async () => {
    const { group } = await startGroup('sleep 60 & sleep 60 & wait', 3);
    await endGroup(group);
    assert.equal(members(group), 0);
  });

  test('takes a second longer where they ignore SIGTERM', async () => {
    const { group } = await startGroup('trap "" TERM; sleep 60 & sleep 60 & wait; sleep 60', 3);
    const started = performance.now();
    await endGroup(group);
    assert.equal(members(group), 0);
    const tookMs = performance.now() - started;
    assert.ok(tookMs >= 900 && tookMs < 10_000, `${tookMs}`);
  });

  test('lets one that is stopped clean up first', async (t) => {
    const space = await workspace();
    t.after(() => space.remove());
    const mark = space.path('mark');
    const script = `trap 'echo bye > ${mark}; exit' TERM; echo > ${mark}; while :; do sleep 1; done`;
    const { group } = await startGroup(script, 2);
    await waitFor('the trap', () => existsSync(mark));
    process.kill(-group, 'SIGSTOP');
    await endGroup(group);
    assert.equal(readFileSync(mark, 'utf8'), 'bye\n');
    assert.equal(members(group), 0);
  });

  test('ends all of its processes where no descriptor is left to look for them with', async () => {
    const { child, group } = await startGroup(
      'trap "" TERM; sleep 60 & sleep 60 & wait; sleep 60',
      3,
    );
    const giveBack = takeAllDescriptors();
    try {
      await endGroup(group);
    } finally {
      giveBack();
    }
    await exitOf(child, 5000);
    assert.equal(members(group), 0);
  });

  test('ends those whose leader is gone', async () => {
    const { child, group } = await startGroup('sleep 60 & sleep 60 & wait', 3);
    child.kill('SIGKILL');
    await exitOf(child, 5000);
    assert.equal(members(group), 2);
    await endGroup(group);
    assert.equal(members(group), 0);
  });

  test('that is no more is done at once', async () => {
    const { child, group } = await startGroup('exec sleep 60', 1);
    child.kill('SIGKILL');
    await exitOf(child, 5000);
    const started = performance.now();
    await endGroup(group);
    assert.ok(performance.now() - started < 500);
  });
});

describe('the words for a process', () => {
  test('lead to it while it lives, and to nothing afterwards', async () => {
    const { child, group } = await startGroup('exec sleep 60', 1);
    const identity = identityOf(group);
    assert.match(identity, new RegExp(`^${group} \\d+ ${bootId()}$`));
    assert.equal(livePid(identity), group);
    child.kill('SIGKILL');
    await exitOf(child, 5000);
    assert.equal(livePid(identity), undefined);
  });

  test('of another boot, or of a pid used anew, lead to nothing', () => {
    const [pid, started, boot] = identityOf(process.pid).split(' ');
    assert.equal(livePid(`${pid} ${started} ${boot}`), process.pid);
    assert.equal(livePid(`${pid} ${started} another-boot`), undefined);
    assert.equal(livePid(`${pid} 1 ${boot}`), undefined);
  });

  test('that are none lead to nothing', () => {
    for (const words of ['', 'x', '0', '-1 2 3', `${process.pid}`, '999999999 ? boot']) {
      assert.equal(livePid(words), undefined);
    }
  });
});
