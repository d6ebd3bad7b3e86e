/** test-alarm: the menu, as a person uses it in a terminal and a script through a pipe. */
import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { describe, test } from 'node:test';
import { binary } from '../support/binary.ts';
import { runTool } from '../support/child.ts';
import { startMariadb } from '../support/database_server.ts';
import { Terminal } from '../support/terminal.ts';
import { freshDatabase } from '../support/test_database.ts';
import { type CommandStage, DATABASES, openStage, sqliteTables } from './stage.ts';

const CHOICE = 'Your choice (1-5): ';

/** What the menu prints when a pipe brings these lines. */
function piped(stage: CommandStage, input: string): Promise<string> {
  const pipeline = 'printf %b "$1" | "$2" test-alarm -c "$3"';
  return runTool('/bin/sh', ['-c', pipeline, 'sh', input, binary, stage.file], {
    timeoutMs: 15_000,
  });
}

for (const [name, open] of DATABASES) {
  describe(`the menu on ${name}`, () => {
    test('in a terminal: views, sets one, sets all, resets all, quits', async (t) => {
      const stage = await openStage(t, open);
      await stage.tables.add({ id: 4, name: 'nginx', notes: 'Web' });
      await stage.tables.add({ id: 5, name: 'sshd' });
      const terminal = new Terminal(['test-alarm', '-c', stage.file], { env: { NO_COLOR: '1' } });
      await terminal.shows(CHOICE);
      terminal.type('1\r');
      await terminal.shows(' 4  nginx  no     auto      Web\n 5  sshd   no     auto\n');
      await terminal.shows(CHOICE);
      terminal.type('2\r');
      await terminal.shows('ID or name of the process: ');
      terminal.type('nginx\r');
      await terminal.shows('nginx (ID: 4): alarm set\nThe service is not running');
      assert.equal((await stage.tables.row(4))?.alarma, 1);
      assert.equal((await stage.tables.row(5))?.alarma, 0);
      await terminal.shows(CHOICE);
      terminal.type('3\r');
      await terminal.shows('The service restarts every one of them. Set 1 alarm? (y/N) ');
      terminal.type('y\r');
      await terminal.shows('Alarm set: 1 of 2 processes\n');
      assert.equal((await stage.tables.row(5))?.alarma, 1);
      await terminal.shows(CHOICE);
      terminal.type('4\r');
      await terminal.shows('Alarm cleared: 2 of 2 processes\n');
      assert.equal((await stage.tables.row(4))?.alarma, 0);
      await terminal.shows(CHOICE);
      terminal.type('5\r');
      assert.deepEqual(await terminal.exit(), { code: 0, signal: null });
    });

    test('through a pipe every line counts, however fast it comes', async (t) => {
      const stage = await openStage(t, open);
      await stage.tables.add({ id: 4, name: 'nginx' });
      const shown = await piped(stage, '2\\n4\\n1\\n5\\nnever read\\n');
      assert.ok(
        shown.includes(`${CHOICE}2\nID or name of the process: 4\nnginx (ID: 4): alarm set\n`),
      );
      assert.match(shown, /^ 4 {2}nginx {2}yes {4}auto$/m);
      assert.ok(shown.endsWith(`${CHOICE}5\n`), shown);
    });
  });
}

test('what is typed wrongly gets a hint, and the menu goes on', async (t) => {
  const stage = await openStage(t, sqliteTables);
  await stage.tables.add({ id: 4, name: 'nginx' });
  const shown = await piped(
    stage,
    'x\\n\\n 9 \\n2\\nngnix\\n2\\n99\\n2\\n\\n 2 \\n  nginx \\nQUIT\\n',
  );
  assert.match(shown, /^"x" is no choice here: type a number from 1 to 5$/m);
  assert.match(shown, /^"9" is no choice here/m);
  assert.match(shown, /^no process is called "ngnix", did you mean nginx\?$/m);
  assert.match(shown, /^no process has the ID 99$/m);
  assert.match(shown, /^nginx \(ID: 4\): alarm set$/m);
  assert.ok(shown.endsWith(`${CHOICE}QUIT\n`), shown);
});

for (const [input, when] of [
  ['', 'at once'],
  ['1\\n', 'after a choice'],
  ['2\\n', 'in the middle of a question'],
  ['1', 'behind a line without an end'],
] as const) {
  test(`the end of the input ${when} ends it`, async (t) => {
    const stage = await openStage(t, sqliteTables);
    assert.match(await piped(stage, input), /: \n$/);
  });
}

for (const [key, name] of [
  ['\x03', 'Ctrl-C'],
  ['\x04', 'Ctrl-D'],
] as const) {
  test(`${name} ends it, in the menu and in a question`, async (t) => {
    const stage = await openStage(t, sqliteTables);
    for (const before of [[], ['2\r', 'ID or name of the process: ']] as [string?, string?][]) {
      const terminal = new Terminal(['test-alarm', '-c', stage.file]);
      await terminal.shows(CHOICE);
      if (before[0] !== undefined && before[1] !== undefined) {
        terminal.type(before[0]);
        await terminal.shows(before[1]);
      }
      terminal.type(key);
      assert.deepEqual(await terminal.exit(), { code: 0, signal: null });
    }
  });
}

test('what is typed ahead of the end is still done', async (t) => {
  const stage = await openStage(t, sqliteTables);
  await stage.tables.add({ id: 4, name: 'nginx' });
  const terminal = new Terminal(['test-alarm', '-c', stage.file]);
  await terminal.shows(CHOICE);
  terminal.type('2\rnginx\r\x04');
  assert.deepEqual(await terminal.exit(), { code: 0, signal: null });
  assert.equal((await stage.tables.row(4))?.alarma, 1);
});

test('a reader that has seen enough ends it', async (t) => {
  const stage = await openStage(t, sqliteTables);
  const pipeline = 'set -o pipefail; yes 1 | head -100000 | "$@" | head -1 || [ $? = 141 ]';
  await runTool('bash', ['-c', pipeline, 'bash', binary, 'test-alarm', '-c', stage.file], {
    timeoutMs: 15_000,
  });
});

test('to set all in alarm a person is asked, and anything but yes sets none; a pipe is not', async (t) => {
  const stage = await openStage(t, sqliteTables);
  await stage.tables.add({ id: 4, name: 'nginx' });
  await stage.tables.add({ id: 5, name: 'sshd' });
  const terminal = new Terminal(['test-alarm', '-c', stage.file]);
  for (const answer of ['', 'n', 'yep', '3']) {
    await terminal.shows(CHOICE);
    terminal.type('3\r');
    await terminal.shows('The service restarts every one of them. Set 2 alarms? (y/N) ');
    terminal.type(`${answer}\r`);
    await terminal.shows('Nothing changed.\n');
  }
  assert.equal((await stage.tables.row(4))?.alarma, 0);
  terminal.type('5\r');
  await terminal.exit();
  const shown = await piped(stage, '3\\n5\\n');
  assert.ok(shown.includes(`${CHOICE}3\nAlarm set: 2 of 2 processes\n`), shown);
});

test('an embedded database that goes away is told, and used again when it is back', async (t) => {
  const stage = await openStage(t, sqliteTables);
  await stage.tables.add({ id: 4, name: 'nginx' });
  const terminal = new Terminal(['test-alarm', '-c', stage.file]);
  const file = stage.space.path('alarms.db');
  await terminal.shows(CHOICE);
  renameSync(file, `${file}.away`);
  terminal.type('3\r');
  await terminal.shows(`The database could not be used: ${file} does not exist`);
  await terminal.shows(CHOICE);
  renameSync(`${file}.away`, file);
  terminal.type('3\r');
  await terminal.shows('Set 1 alarm? (y/N) ');
  terminal.type('yes\r');
  await terminal.shows('Alarm set: 1 of 1 processes');
  terminal.type('5\r');
  assert.equal((await terminal.exit()).code, 0);
});

test('a server that goes away in the middle is told, and used again when it is back', async (t) => {
  const server = await startMariadb();
  t.after(() => server.stop());
  const database = await freshDatabase(server.address);
  const stage = await openStage(t, async () => ({
    config: database.config,
    add: (process) => database.add(process),
    row: (id) => database.row(id),
    nameOf: async () => undefined,
    drop: () => database.drop(),
  }));
  await stage.tables.add({ id: 4, name: 'nginx' });
  const terminal = new Terminal(['test-alarm', '-c', stage.file]);
  await terminal.shows(CHOICE);
  terminal.type('1\r');
  await terminal.shows('nginx');
  await terminal.shows(CHOICE);
  await server.kill();
  terminal.type('3\r');
  await terminal.shows('The database could not be used: ');
  await terminal.shows('is the database server running?');
  await terminal.shows(CHOICE);
  await server.restart();
  terminal.type('3\r');
  await terminal.shows('Set 1 alarm? (y/N) ');
  terminal.type('yes\r');
  await terminal.shows('Alarm set: 1 of 1 processes');
  terminal.type('5\r');
  assert.equal((await terminal.exit()).code, 0);
});

test('an invalid configuration is told before any question', async (t) => {
  const stage = await openStage(t, sqliteTables);
  stage.space.write('config.ini', '[monitor]\ncheck_interval = often\n');
  const { code, stdout, stderr } = await stage.run('test-alarm');
  assert.deepEqual([code, stdout], [78, '']);
  assert.match(stderr, /check_interval: got "often"/);
});

test('alarm set --all asks a person too, unless --yes is given; alarm clear --all does not', async (t) => {
  const stage = await openStage(t, sqliteTables);
  await stage.tables.add({ id: 4, name: 'nginx' });
  await stage.tables.add({ id: 5, name: 'sshd' });
  const all = (verb: string, ...more: string[]) =>
    new Terminal(['alarm', verb, '--all', ...more, '-c', stage.file]);
  for (const [typed, code, alarma] of [
    ['n\r', 1, 0],
    ['\x04', 1, 0],
    ['yes\r', 0, 1],
  ] as const) {
    const terminal = all('set');
    await terminal.shows('Set 2 alarms? (y/N) ');
    terminal.type(typed);
    await terminal.shows(code === 1 ? 'Nothing changed.\n' : 'Alarm set: 2 of 2 processes\n');
    assert.deepEqual(await terminal.exit(), { code, signal: null });
    assert.equal((await stage.tables.row(5))?.alarma, alarma);
  }
  assert.deepEqual(await all('clear').exit(), { code: 0, signal: null });
  assert.equal((await stage.tables.row(4))?.alarma, 0);
  assert.deepEqual(await all('set', '--yes').exit(), { code: 0, signal: null });
  assert.equal((await stage.tables.row(4))?.alarma, 1);
});
