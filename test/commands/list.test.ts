/** list: the processes of the table, for people and for programs. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { textWidth } from '../../src/commands/text_width.ts';
import { binary } from '../support/binary.ts';
import { runTool } from '../support/child.ts';
import { freePort } from '../support/ports.ts';
import { shownInTerminal } from '../support/terminal.ts';
import { type CommandStage, DATABASES, openStage, sqliteTables } from './stage.ts';

const HOSTILE = '\x1b[2J\x1b]0;owned\x07\nroot\u202e';
const SHOWN = '\\x1b[2J\\x1b]0;owned\\x07\\nroot\\u202e';

for (const [name, open] of DATABASES) {
  describe(`list on ${name}`, () => {
    test('shows id, name, alarm, strategy and notes, sorted by id', async (t) => {
      const stage = await openFilled(t, open);
      assert.deepEqual(await stage.run('list'), {
        code: 0,
        signal: null,
        stdout: [
          'ID  NAME              ALARM  STRATEGY  NOTES',
          ' 2  sshd              no     auto      Remote login',
          ' 7  (not in PROCESE)  yes',
          '10  apache2           yes    service   Web server',
          '12  postfix           -      auto      (not in STATUS_PROCESS)',
          '',
        ].join('\n'),
        stderr: '',
      });
    });

    test('--json prints one document with every field', async (t) => {
      const stage = await openFilled(t, open);
      const { code, stdout } = await stage.run('list', '--json');
      assert.equal(code, 0);
      assert.deepEqual(JSON.parse(stdout), {
        processes: [
          row({ id: 2, name: 'sshd', notes: 'Remote login', strategy: 'auto' }),
          row({ id: 7, name: null, alarm: true, strategy: null, missing_in: 'PROCESE' }),
          row({ id: 10, name: 'apache2', alarm: true, notes: 'Web server', strategy: 'service' }),
          row({ id: 12, name: 'postfix', strategy: 'auto', missing_in: 'STATUS_PROCESS' }),
        ],
      });
    });

    test('shows what is named, by name or id, and tells what is not there', async (t) => {
      const stage = await openFilled(t, open);
      const { code, stdout, stderr } = await stage.run('list', 'sshd', '7', 'apache', '99');
      assert.equal(code, 1);
      assert.deepEqual(
        stdout.split('\n').map((line) => line.split('  ')[0]?.trim()),
        ['ID', '2', '7', ''],
      );
      assert.equal(
        stderr,
        'monitor_service: no process is called "apache", did you mean apache2?\n' +
          'monitor_service: no process has the ID 99\n',
      );
    });

    test('an empty table is no error', async (t) => {
      const stage = await openStage(t, open);
      const { code, stdout } = await stage.run('list');
      assert.deepEqual([code, stdout], [0, 'There is no process: STATUS_PROCESS has no row.\n']);
      assert.deepEqual(JSON.parse((await stage.run('list', '--json')).stdout), { processes: [] });
    });

    test('shows escape sequences and does not send them', async (t) => {
      const stage = await openStage(t, open);
      await stage.tables.add({ id: 1, name: HOSTILE, notes: HOSTILE });
      const { stdout } = await stage.run('list');
      assert.match(stdout, /^ID {2}NAME.*\n {1}1 {2}\S+ {2}no {5}auto {6}\S+\n$/);
      assert.equal(stdout.split(SHOWN).length, 3, stdout);
      const json = await stage.run('list', '--json');
      assert.doesNotMatch(json.stdout, /[\u202e]|(?!\n)\p{Cc}/u);
      assert.equal(JSON.parse(json.stdout).processes[0].name, HOSTILE);
    });

    test('shows every process of a table of several pages', async (t) => {
      const stage = await openStage(t, open);
      for (let id = 1; id <= 1201; id++) {
        await stage.tables.add({ id, name: `process${id}` });
      }
      const { processes } = JSON.parse((await stage.run('list', '--json')).stdout);
      assert.deepEqual(
        processes.map((row: { id: number }) => row.id),
        Array.from({ length: 1201 }, (_, index) => index + 1),
      );
      const { stdout } = await stage.run('list');
      assert.equal(stdout.trimEnd().split('\n').length, 1202);
      for (const args of [['list'], ['list', '--json']]) {
        const pipeline = 'set -o pipefail; "$@" | head -1';
        const words = [binary, ...args, '-c', stage.file];
        const head = await runTool('bash', ['-c', pipeline, 'bash', ...words]);
        assert.equal(head.split('\n').length, 2, 'one line, and no failure');
      }
    });
  });
}

test('a terminal of 40 columns shows lines of at most 40', async (t) => {
  const stage = await openStage(t, sqliteTables);
  await stage.tables.add({ id: 1, name: 'a-service-with-a-long-name', notes: 'word '.repeat(20) });
  await stage.tables.add({ id: 2, name: '日本語のサービス名前はながい', alarm: true });
  const shown = await shownInTerminal(['list', '-c', stage.file], { columns: 40 });
  const lines = stripVTControlCharacters(shown).trimEnd().split('\n');
  assert.equal(lines.length, 3, shown);
  assert.ok(
    lines.every((line) => textWidth(line) <= 40),
    shown,
  );
  assert.match(lines[1] ?? '', /^ 1 {2}a-se…ong-name {2}no +word .*…$/);
});

test('colour is for a terminal, and not where NO_COLOR is set', async (t) => {
  const stage = await openStage(t, sqliteTables);
  await stage.tables.add({ id: 1, name: 'web', alarm: true });
  const args = ['list', '-c', stage.file];
  const coloured = await shownInTerminal(args, {});
  assert.ok(coloured.includes('\x1b[31myes\x1b[39m'), coloured);
  const plain = await shownInTerminal(args, { env: { NO_COLOR: '1' } });
  assert.equal(plain, (await stage.run('list')).stdout);
  assert.equal(plain, stripVTControlCharacters(coloured));
});

test('a database that is down is told, with what to look at', async (t) => {
  const stage = await openStage(t, sqliteTables);
  const port = await freePort();
  stage.configure({ database: `[database]\nhost = 127.0.0.1\nport = ${port}\n` });
  for (const args of [
    ['list'],
    ['list', '--json'],
    ['alarm', 'set', 'web'],
    ['alarm', 'clear', '--all'],
  ]) {
    const { code, stdout, stderr } = await stage.run(...args);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^monitor_service: .*127\.0\.0\.1.*; is the database server running\?\n$/);
  }
});

test('a server that does not answer is waited for no longer than the configuration says', async (t) => {
  const stage = await openStage(t, sqliteTables);
  const server = createServer((socket) => void t.after(() => socket.destroy()));
  server.listen(stage.space.path('mysql.sock'));
  await once(server, 'listening');
  t.after(() => server.close());
  const socket = `socket = ${stage.space.path('mysql.sock')}`;
  stage.configure({ database: `[database]\n${socket}\nconnect_timeout = 1\n` });
  const { code, stdout, stderr } = await stage.run('alarm', 'set', '--all');
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /^monitor_service: .*no connection within 1 second \(connect_timeout\)\n$/);
});

test('an embedded database that is not there is not made by looking at it', async (t) => {
  const stage = await openStage(t, sqliteTables);
  stage.configure({ database: '[database]\ndriver = sqlite\nfile = /nowhere/alarms.db\n' });
  const { code, stderr } = await stage.run('list');
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^monitor_service: \/nowhere\/alarms\.db does not exist; check file in \[database\]/,
  );
});

async function openFilled(
  t: Parameters<typeof openStage>[0],
  open: Parameters<typeof openStage>[1],
): Promise<CommandStage> {
  const stage = await openStage(t, open, {
    processes: { default: { restart_strategy: 'auto' }, apache2: { restart_strategy: 'service' } },
  });
  await stage.tables.add({ id: 10, name: 'apache2', alarm: true, notes: 'Web server' });
  await stage.tables.add({ id: 2, name: 'sshd', notes: 'Remote login' });
  await stage.tables.add({ id: 7, name: null, alarm: true });
  await stage.tables.add({ id: 12, name: 'postfix', hasStatus: false });
  return stage;
}

/** As `--json` prints it. */
function row(fields: object) {
  return { alarm: false, sound: 0, notes: '', missing_in: null, ...fields };
}
