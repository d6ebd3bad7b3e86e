import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AlreadyRunning, claimant, claimHost } from '../../src/control/host_claim.ts';
import { repository } from '../support/repository.ts';
import { workspace } from '../support/workspace.ts';

test('a claim holds until it is released, against other processes, whom it is told', async (t) => {
  const path = await socketPath(t);
  assert.equal(claimant(path), undefined);
  const { kind, release } = claimHost(path);
  assert.equal(kind, 'held');
  assert.equal(claimant(path), process.pid);
  assert.equal(claimElsewhere(path), `already running (PID ${process.pid})`);
  assert.equal(statSync(`${path}.lock`).mode & 0o777, 0o600);
  release();
  assert.equal(claimant(path), undefined);
  assert.equal(claimElsewhere(path), 'held');
});

test('a claim that another process held until it died is free', async (t) => {
  const path = await socketPath(t);
  assert.equal(claimElsewhere(path, 'process.kill(process.pid, "SIGKILL")'), 'held');
  const { kind, release } = claimHost(path);
  release();
  assert.equal(kind, 'held');
});

test('a holder whose PID cannot be told is one all the same', () => {
  assert.equal(new AlreadyRunning(undefined).message, 'already running (its PID is not known)');
});

test('what cannot be a lock is told, and left as it is', async (t) => {
  const path = await socketPath(t);
  mkdirSync(dirname(path));
  symlinkSync('/etc/passwd', `${path}.lock`);
  const linked = claimHost(path);
  assert.ok(linked.kind === 'impossible' && linked.reason.startsWith('ELOOP'), linked.kind);
  const other = `${path}2`;
  writeFileSync(
    `${other}.lock`,
    'notes of somebody, longer than the header of a database'.repeat(9),
  );
  const taken = claimHost(other);
  assert.ok(taken.kind === 'impossible', taken.kind);
  assert.equal(taken.reason, `its lock ${other}.lock cannot be used: file is not a database`);
});

test('a lock that is another name of somebody’s file leaves that file as it is', async (t) => {
  const path = await socketPath(t);
  mkdirSync(dirname(path));
  for (const content of ['', 'x'.repeat(5000)]) {
    const victim = `${path}.victim-${content.length}`;
    writeFileSync(victim, content);
    linkSync(victim, `${path}${content.length}.lock`);
    claimHost(`${path}${content.length}`).release();
    assert.equal(readFileSync(victim, 'utf8'), content);
  }
});

test('a FIFO or a device in the place of the lock hangs nothing, and is told with its path', async (t) => {
  const path = await socketPath(t);
  mkdirSync(dirname(path));
  execFileSync('mkfifo', [`${path}.lock`]);
  const claim = claimHost(path);
  assert.ok(claim.kind === 'impossible');
  assert.ok(claim.reason.startsWith(`its lock ${path}.lock cannot be used: `), claim.reason);
  symlinkSync('/dev/zero', `${path}2.lock`);
  assert.equal(claimHost(`${path}2`).kind, 'impossible');
});

async function socketPath(t: TestContext): Promise<string> {
  const space = await workspace();
  t.after(() => space.remove());
  return space.path('run/control.sock');
}

/** What another process gets. */
function claimElsewhere(path: string, then = ''): string {
  const module = join(repository, 'src/control/host_claim.ts');
  const code = `
    const { claimHost } = await import(${JSON.stringify(module)});
    const { writeSync } = await import('node:fs');
    try {
      const claim = claimHost(${JSON.stringify(path)});
      writeSync(1, claim.kind);
      ${then};
      claim.release();
    } catch (error) {
      writeSync(1, error.message);
    }`;
  const args = ['--no-warnings', '--input-type=module', '-e', code];
  return spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout;
}
