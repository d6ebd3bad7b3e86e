/** The program as it stands alone: nothing around it is needed, and nothing around it changes it. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { SQLITE_TABLES } from '../../src/alarms/sqlite_tables.ts';
import { binary, launch, run } from '../support/binary.ts';
import { exitOf, runTool } from '../support/child.ts';
import { startService } from '../support/service.ts';
import { configText, type Workspace, workspace } from '../support/workspace.ts';

/** RHEL 8's C library; a binary that asks for a newer one does not start there. */
const GLIBC_LIMIT = 28;
/** Its bit in the masks of /proc. */
const SIGUSR1 = 1n << 9n;

let space: Workspace;
before(async () => {
  space = await workspace();
});
after(() => space.remove());

/** A configuration with an embedded database, which is checked once an hour. */
function configFor(database: string): string {
  const text = configText(space, {
    database: `[database]\ndriver = sqlite\nfile = ${space.path(database)}\n`,
    monitor: { check_interval: 3600 },
  });
  return space.write('config.ini', text);
}

test('it works with nothing in its environment', async () => {
  const file = configFor('alarms.db');
  const alone = (...args: string[]) => runTool('/usr/bin/env', ['-i', binary, ...args]);
  assert.match(await alone('--version'), /^monitor_service \d+\.\d+\.\d+\n$/);
  await alone('run', '--once', '-c', file);
  const checked = await alone('check-config', '--database', '-c', file);
  assert.match(checked, /^database: embedded database .*\n.*: valid\n$/);
});

test('it leaves an empty HOME empty, and needs none that is there', async () => {
  const file = configFor('alarms.db');
  const home = space.path('home');
  mkdirSync(home);
  for (const HOME of [home, '/nonexistent', '']) {
    const { code, stdout } = await run(['run', '--once', '-c', file], { env: { HOME } });
    assert.equal(code, 0, stdout);
  }
  assert.deepEqual(readdirSync(home), []);
});

test('it is itself from any directory, and by any name', async () => {
  const link = space.path('another-name');
  symlinkSync(binary, link);
  assert.match(await runTool(link, ['--version'], { cwd: '/' }), /^monitor_service \d/);
});

test('settings of Node’s in the environment have no effect', async () => {
  const mark = space.path('loaded');
  const hook = space.write('hook.cjs', `require('fs').writeFileSync(${JSON.stringify(mark)}, '')`);
  for (const env of [
    { NODE_OPTIONS: `--require ${hook}` },
    { NODE_OPTIONS: '--inspect=127.0.0.1:0' },
    { NODE_OPTIONS: '--no-such-option' },
    { NODE_OPTIONS: '--max-old-space-size=1' },
    { PKG_EXECPATH: 'PKG_INVOKE_NODEJS' },
    { ELECTRON_RUN_AS_NODE: '1' },
  ]) {
    const { code, stdout, stderr } = await run(['--version'], { env });
    assert.deepEqual([code, stderr], [0, ''], JSON.stringify(env));
    assert.match(stdout, /^monitor_service \d/);
  }
  assert.equal(existsSync(mark), false);
});

test('a configuration of OpenSSL’s in the environment is not read, as it could load a library', async () => {
  const OPENSSL_CONF = space.write(
    'openssl.cnf',
    `nodejs_conf = all
[all]
engines = engines
[engines]
one = engine
[engine]
dynamic_path = ${space.path('library.so')}
`,
  );
  const { code, stderr } = await run(['--version'], { env: { OPENSSL_CONF } });
  assert.deepEqual([code, stderr], [0, '']);
});

test('options of Node’s are unknown to it', async () => {
  for (const option of ['--inspect', '--eval=1', '--node-options=--inspect', '--require=x']) {
    const { code, stderr } = await run([option]);
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`^monitor_service: unknown option ${option.split('=')[0]}`));
  }
});

test('SIGUSR1 opens no debugger, not even while it starts', async () => {
  const { child, stderr } = launch(['check-config', '-c', configFor('alarms.db')], {});
  const pid = child.pid as number;
  // As early as it no longer ends the process: Node has its hand on it, the program not yet.
  const deadline = performance.now() + 10_000;
  while (!holdsSigusr1(pid) && performance.now() < deadline) {
    await setImmediate();
  }
  child.kill('SIGUSR1');
  assert.equal((await exitOf(child, 10_000)).code, 0);
  assert.doesNotMatch(stderr(), /debugger listening/i);
});

test('SIGUSR1 makes it check, and opens no debugger', async (t) => {
  const database = new DatabaseSync(space.path('signalled.db'));
  t.after(() => database.close());
  database.exec(SQLITE_TABLES);
  const raise = (id: number) =>
    database.exec(`INSERT INTO STATUS_PROCESS (process_id, alarma) VALUES (${id}, 1)`);
  raise(1);
  const service = await startService(space, configFor('signalled.db'));
  t.after(() => service.stop());
  await service.waitForLog('Alarm without a process: ID 1 ');
  raise(2);
  service.signal('SIGUSR1');
  await service.waitForLog('Alarm without a process: ID 2 ');
  assert.deepEqual(listeningPorts(service.pid), []);
  assert.doesNotMatch(service.stderr() + service.stdout(), /debugger listening/i);
});

test('it starts with the C library of RHEL 8', () => {
  const versions = glibcVersions(readFileSync(binary));
  assert.ok(versions.size > 0);
  const tooNew = [...versions].filter((minor) => minor > GLIBC_LIMIT);
  assert.deepEqual(
    tooNew.map((minor) => `GLIBC_2.${minor}`),
    [],
  );
});

/** The minor numbers of all the symbol versions that an executable names. */
function glibcVersions(bytes: Buffer): Set<number> {
  const found = new Set<number>();
  for (let at = bytes.indexOf('GLIBC_2.'); at >= 0; at = bytes.indexOf('GLIBC_2.', at + 1)) {
    const version = /^GLIBC_2\.(\d+)/.exec(bytes.toString('latin1', at, at + 16));
    found.add(Number(version?.[1]));
  }
  return found;
}

/** Whether a process blocks or catches the signal, so that it is not ended by it. */
function holdsSigusr1(pid: number): boolean {
  const masks = readFileSync(`/proc/${pid}/status`, 'utf8').matchAll(/^Sig(?:Blk|Cgt):\s*(\w+)$/gm);
  return [...masks].some(([, mask]) => (BigInt(`0x${mask}`) & SIGUSR1) !== 0n);
}

/** The TCP ports on which a process accepts connections. */
function listeningPorts(pid: number): number[] {
  const descriptors = readdirSync(`/proc/${pid}/fd`).map((fd) => readlink(`/proc/${pid}/fd/${fd}`));
  return ['tcp', 'tcp6']
    .flatMap((table) => readFileSync(`/proc/${pid}/net/${table}`, 'utf8').split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, , , state, ...rest]) => state === '0A' && descriptors.includes(`socket:[${rest[5]}]`),
    )
    .map(([, address = '']) => Number.parseInt(address.split(':')[1] ?? '', 16));
}

/** Where a descriptor leads; nowhere when it was closed in the meantime. */
function readlink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
