/** The boxes that end-to-end tests boot: real enough to be believed, and gone without a trace. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Box, bootBox, noBox } from '../support/box/box.ts';
import { collect, exitOf } from '../support/child.ts';
import { isAlive } from '../support/processes.ts';
import { own } from '../support/reaper.ts';
import { waitFor } from '../support/wait.ts';

const BOOT_ID = 'cat /proc/sys/kernel/random/boot_id';

describe('a box', { skip: noBox }, () => {
  let box: Box;

  before(async () => {
    box = await bootBox();
  });
  after(() => box.stop());

  test('runs systemd, a bus and a journal, and nothing has failed', async () => {
    assert.equal(await box.sh('systemctl is-system-running --wait'), 'running\n');
    assert.equal(await box.sh('ps -o comm= -p 1'), 'systemd\n');
    assert.match(await box.sh('busctl list --no-legend'), /org\.freedesktop\.login1/);
    await box.sh('systemd-run --wait --quiet -u said echo a word');
    assert.match(await box.sh('journalctl -u said -o cat'), /^a word$/m);
  });

  test('has no network but itself, and none of the machine’s own files', async () => {
    assert.deepEqual(readdirSync(box.path('/sys/class/net')), ['lo']);
    assert.equal(await box.sh('find /home /opt /var/lib/mysql -mindepth 1'), '');
    assert.equal(existsSync(box.path('/.old')), false, 'the root that it was set up from');
  });

  test('can’t turn the machine’s clock, its kernel’s knobs or its disks', async () => {
    for (const command of [
      'date -s 2001-01-01',
      'echo 1 > /proc/sys/kernel/panic',
      'mknod /root/disk b 8 0',
    ]) {
      const { code, stderr } = await box.exec(command);
      assert.notEqual(code, 0, command);
      assert.match(stderr, /not permitted|Read-only/, command);
    }
  });

  test('gives a command its input, and tells its output and its status', async () => {
    const command = 'cat; echo two >&2; exit 3';
    assert.deepEqual(await box.exec(command, { input: 'one' }), {
      code: 3,
      stdout: 'one',
      stderr: 'two\n',
    });
    await assert.rejects(box.sh(command, { input: 'one' }), /exit status 3\n.*one\n.*two/s);
  });

  test('runs nothing but the command', async () => {
    await box.sh('echo echo customs > /root/.bashrc');
    assert.equal(await box.sh('echo one'), 'one\n');
  });

  test('ends a command that takes too long, its children too', async () => {
    const slow = box.exec('echo begun; sleep 4321; true', { timeoutMs: 300 });
    await assert.rejects(slow, /ended after 300 ms\nstdout:\nbegun/);
    assert.equal(await box.sh('pgrep -f "sleep 4321$" || true'), '');
  });

  test('keeps its files over a power cut, under a new boot id', async () => {
    const boot = await box.sh(BOOT_ID);
    await box.sh('echo kept > /root/file; systemd-run --quiet -u killed sleep infinity');
    await box.powerCut();
    assert.equal(readFileSync(box.path('/root/file'), 'utf8'), 'kept\n');
    assert.notEqual(await box.sh(BOOT_ID), boot);
    assert.equal((await box.exec('systemctl is-active killed')).stdout, 'inactive\n');
    assert.doesNotMatch(await box.sh('journalctl -b -1 -o cat'), /Stopped target/);
  });

  test('shuts down in order when it is rebooted', async () => {
    const boot = await box.sh(BOOT_ID);
    await box.reboot();
    assert.notEqual(await box.sh(BOOT_ID), boot);
    assert.match(await box.sh('journalctl -b -1 -o cat'), /Stopped target/);
    assert.equal(readFileSync(box.path('/root/file'), 'utf8'), 'kept\n');
  });
});

describe('the end of a box', { skip: noBox }, () => {
  test('leaves no process, no cgroup and no mount, and the other boxes alone', async (t) => {
    const [one, two] = await Promise.all([bootBox(), bootBox()]);
    t.after(() => two.stop());
    await one.sh('systemd-run --quiet sleep infinity; setsid sleep infinity > /dev/null 2>&1 &');
    assert.notDeepEqual(traces(one.name), []);
    await one.stop();
    assert.deepEqual(traces(one.name), []);
    assert.equal(await two.sh('systemctl is-system-running --wait'), 'running\n');
  });

  test('comes with the end of its test, be it a SIGKILL', async () => {
    const fixture = join(import.meta.dirname, 'fixtures/boot_and_wait.ts');
    const child = spawn(process.execPath, [fixture], { stdio: ['ignore', 'pipe', 'inherit'] });
    const disown = own(() => child.kill('SIGKILL'));
    const said = collect(child.stdout);
    const name = await waitFor('a box', () => /^(\S+)\n/.exec(said())?.[1], 30_000);
    assert.notDeepEqual(traces(name as string), []);
    child.kill('SIGKILL');
    await exitOf(child, 5_000);
    disown();
    await waitFor('the box to be gone', () => traces(name as string).length === 0);
  });

  test('comes at once where it can’t be set up, and says why', async (t) => {
    const seed = mkdtempSync(join(tmpdir(), 'monitor-test-'));
    t.after(() => rmSync(seed, { recursive: true }));
    await assert.rejects(
      bootBox({ seed: join(seed, 'absent') }),
      /could not be set up: cp: .*absent/,
    );
  });
});

/** What the machine still has of a box: processes, with or without a mount of its, and cgroups. */
function traces(name: string): string[] {
  const processes = readdirSync('/proc')
    .filter((entry) => isAlive(Number(entry)))
    .filter((pid) => (read(`/proc/${pid}/cgroup`) + read(`/proc/${pid}/mountinfo`)).includes(name));
  return [...processes, ...globSync(`/sys/fs/cgroup/**/${name}`)];
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
