/** The password of `[database]`: any will do, and nobody gets to see it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { run } from '../support/binary.ts';
import { type DatabaseServer, startMariadb } from '../support/database_server.ts';
import { processesNamed } from '../support/processes.ts';
import { openScene, type Scene } from './database_scene.ts';

const SPECIAL = ' !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
const SECRET = `s3cr3t${SPECIAL}word`;

let server: DatabaseServer;
before(async () => {
  server = await startMariadb();
});
after(() => server.stop());

/** An account with everything the service needs, its password written as given. */
async function accountWith(scene: Scene, password: string, written = password) {
  const account = await scene.account([`SELECT, UPDATE ON ${scene.database.name}.*`], password);
  return { ...account, password: written };
}

for (const { what, password, written } of [
  { what: 'every special character', password: SECRET },
  { what: 'what begins a comment', password: '#;//--' },
  { what: 'a backslash at its end, quoted', password: 'back\\slash\\', written: '"back\\slash\\"' },
  { what: 'a quote at one end', password: '"half' },
  { what: 'quotes within', password: `it's "quoted" 'twice'` },
  { what: 'spaces at both ends, quoted', password: ' a b ', written: '" a b "' },
  { what: 'quotes at both ends, quoted', password: '"both"', written: `'"both"'` },
  { what: 'the look of a key', password: 'password = x' },
  { what: 'the look of a section', password: '[monitor]' },
  { what: 'the look of another type', password: 'true' },
  { what: 'a number with a zero before it', password: '0123' },
  { what: 'the name of a prototype', password: '__proto__' },
  { what: 'the look of a variable', password: `\${HOME}$(id)%s%d` },
  { what: 'letters of other scripts', password: 'пароль密码ñ🔑' },
  { what: '255 characters', password: 'x'.repeat(255) },
]) {
  test(`a password with ${what} opens the database`, async (t) => {
    const scene = await openScene(t, server.address);
    scene.configure({ address: await accountWith(scene, password, written) });
    const { code, stdout } = await scene.once();
    assert.deepEqual([code, stdout.includes('ERROR')], [0, false], stdout);
  });
}

test('an empty password opens the database of a user without one', async (t) => {
  const scene = await openScene(t, server.address);
  scene.configure({ address: await accountWith(scene, '') });
  assert.equal((await scene.once()).code, 0);
});

test('a password_file opens the database, its line break apart', async (t) => {
  const scene = await openScene(t, server.address);
  const { password, ...address } = await accountWith(scene, SECRET);
  const password_file = scene.space.write('secret', `${SECRET}\n`);
  scene.configure({ address: { ...address, password: '' }, database: { password_file } });
  assert.equal((await scene.once()).code, 0);
  const shown = await run(['check-config', '--show', '-c', scene.config]);
  assert.equal((shown.stdout + shown.stderr).includes(SECRET), false);
});

test('the password is in no output, no process list, no environment and no file but its own', async (t) => {
  const scene = await openScene(t, server.address);
  const address = await accountWith(scene, SECRET);
  const [web, mail] = [await scene.inAlarm(1, 'web'), await scene.inAlarm(2, 'mail')];
  const gate = scene.space.path('gate');
  // An operator's own commands, which print what they should not.
  const leak = `grep ^password ${scene.config} >&2; exit 1`;
  const custom = {
    restart_strategy: 'custom',
    restart_command: `env >${scene.space.path('environment')}; while ! test -e ${gate}; do sleep 0.1; done; ${leak}`,
  };
  scene.configure({
    address,
    logging: { log_level: 'DEBUG' },
    processes: { [mail]: { ...custom, max_attempts: 1, restart_delay: 0 } },
  });
  const service = await scene.start();
  await scene.cleared(1);
  await service.waitForLog(`Attempt 1 of 1 for ${mail}`);
  const [pid = 0] = processesNamed(web);
  assert.ok(pid > 0);
  const seen: Record<string, string> = {
    'environment of a started process': readFileSync(`/proc/${pid}/environ`, 'utf8'),
  };
  for (const process of [...(await descendants(service.pid)), service.pid]) {
    seen[`command line of ${process}`] = readFileSync(`/proc/${process}/cmdline`, 'utf8');
  }
  assert.ok(Object.keys(seen).length >= 3, 'the service, a command of its, and one environment');
  scene.space.write('gate', '');
  await service.waitForLog(`All restart attempts failed for ${mail}`);
  await service.stop();
  seen['environment of a command'] = readFileSync(scene.space.path('environment'), 'utf8');
  for (const args of [['--show'], ['--show', '--json'], ['--database'], ['--show', '--database']]) {
    const { stdout, stderr } = await run(['check-config', ...args, '-c', scene.config]);
    seen[`check-config ${args.join(' ')}`] = stdout + stderr;
  }
  await scene.database.sql('SET PASSWORD FOR ? = PASSWORD(?)', [address.user, 'another']);
  const wrong = await scene.once();
  assert.match(wrong.stdout, /Access denied/);
  seen['wrong password'] = wrong.stdout + wrong.stderr;
  seen['standard output'] = service.stdout();
  seen['standard error'] = service.stderr();
  seen.log = scene.log();
  for (const file of readdirSync(scene.space.path('state'))) {
    seen[`state/${file}`] = readFileSync(scene.space.path('state', file), 'latin1');
  }
  const leaks = Object.entries(seen).filter(([, text]) => /s3cr3t/.test(text));
  assert.deepEqual(
    leaks.map(([place]) => place),
    [],
  );
});

/** The processes that a process started, and those that they started. */
async function descendants(pid: number): Promise<number[]> {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  const pids = children === '' ? [] : children.split(' ').map(Number);
  return [...pids, ...(await Promise.all(pids.map(descendants))).flat()];
}
