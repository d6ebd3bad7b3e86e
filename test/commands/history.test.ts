/** history: the restarts on record, for people and for programs, with the service or without. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { textWidth } from '../../src/commands/text_width.ts';
import { startService } from '../support/service.ts';
import { shownInTerminal } from '../support/terminal.ts';
import { waitFor } from '../support/wait.ts';
import { type CommandStage, openStage, sqliteTables } from './stage.ts';

/** What it prints would clear a terminal. */
const FAILING = "echo one; printf 'two \\033[2J\\n' >&2; exit 3";
const TIME = '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d';

/** A stage where web was restarted well, and then mail in vain, twice. */
async function stageWithHistory(t: TestContext): Promise<CommandStage> {
  const custom = { restart_strategy: 'custom', restart_delay: 0, health_check_stable_time: 0 };
  const stage = await openStage(t, sqliteTables, {
    processes: {
      web: {
        ...custom,
        pre_restart_command: 'true',
        restart_command: 'true web',
        health_check_command: 'true',
      },
      mail: { ...custom, restart_command: FAILING },
    },
  });
  for (const [id, name] of [
    [1, 'web'],
    [2, 'mail'],
  ] as const) {
    await stage.tables.add({ id, name, alarm: true });
    await stage.run('run', '--once');
  }
  return stage;
}

test('without any restart there is nothing to show', async (t) => {
  const stage = await openStage(t, sqliteTables);
  const { code, stdout, stderr } = await stage.run('history');
  assert.deepEqual([code, stdout, stderr], [0, 'No restart is recorded yet\n', '']);
  assert.deepEqual(JSON.parse((await stage.run('history', '--json')).stdout), { attempts: [] });
});

test('shows when, process, strategy, attempt, outcome, command, reason and output, newest first', async (t) => {
  const stage = await stageWithHistory(t);
  const { code, stdout } = await stage.run('history');
  assert.equal(code, 0);
  const plain = stdout.replace(new RegExp(TIME, 'g'), 'TIME').replace(/\d+ ms/g, 'N ms');
  const failed = (attempt: number) => `TIME  mail  custom, attempt ${attempt}: failed after N ms
    ${FAILING}
    exit code 3: two \\x1b[2J
    | one
`;
  const well = `TIME  web  custom, attempt 1: verified after N ms
    true web
TIME  web  custom, pre_restart_command: passed after N ms
    true
`;
  assert.equal(plain, failed(2) + failed(1) + well);
});

test('--json prints every field, times in UTC', async (t) => {
  const stage = await stageWithHistory(t);
  const { attempts } = JSON.parse((await stage.run('history', '--json')).stdout);
  assert.equal(attempts.length, 4);
  const { at, duration_ms, ...rest } = attempts[0];
  assert.match(at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.ok(Math.abs(Date.now() - Date.parse(at)) < 60_000, at);
  assert.ok(Number.isInteger(duration_ms) && duration_ms >= 0, duration_ms);
  assert.deepEqual(rest, {
    name: 'mail',
    strategy: 'custom',
    attempt: 2,
    command: FAILING,
    outcome: 'failed',
    reason: 'exit code 3: two \x1b[2J',
    output: ['one', 'two \x1b[2J'],
  });
  assert.deepEqual(
    attempts.map((row: Record<string, unknown>) => [row.name, row.attempt, row.outcome]),
    [
      ['mail', 2, 'failed'],
      ['mail', 1, 'failed'],
      ['web', 1, 'verified'],
      ['web', 0, 'passed'],
    ],
  );
});

test('NAME shows one process, -n so many attempts', async (t) => {
  const stage = await stageWithHistory(t);
  const shown = async (...args: string[]) => {
    const { attempts } = JSON.parse((await stage.run('history', '--json', ...args)).stdout);
    return attempts.map((row: Record<string, unknown>) => `${row.name} ${row.attempt}`);
  };
  assert.deepEqual(await shown('web'), ['web 1', 'web 0']);
  assert.deepEqual(await shown('-n', '3'), ['mail 2', 'mail 1', 'web 1']);
  assert.deepEqual(await shown('web', '-n1'), ['web 1']);
  assert.deepEqual(await shown('2', '-n', '1'), ['mail 2']);
  assert.deepEqual(await shown('1', 'mail', '1', '-n', '3'), ['mail 2', 'mail 1', 'web 1']);
});

test('a word that stands for no process is an error, with the nearest one', async (t) => {
  const stage = await stageWithHistory(t);
  const { code, stdout, stderr } = await stage.run('history', 'wbe');
  const problem = 'monitor_service: no process is called "wbe", did you mean web?\n';
  assert.deepEqual([code, stdout, stderr], [1, '', problem]);
  const both = await stage.run('history', '7', 'web');
  assert.deepEqual([both.code, both.stderr], [1, 'monitor_service: no process has the ID 7\n']);
  assert.match(both.stdout, /web {2}custom, attempt 1: verified/);
});

test('a process of the table without a restart is no error', async (t) => {
  const stage = await stageWithHistory(t);
  await stage.tables.add({ id: 3, name: 'quiet' });
  for (const word of ['quiet', '3']) {
    const { code, stdout, stderr } = await stage.run('history', word);
    assert.deepEqual([code, stdout, stderr], [0, 'No restart of "quiet" is recorded yet\n', '']);
  }
});

test('a recorded NAME needs no database, an ID does', async (t) => {
  const stage = await stageWithHistory(t);
  stage.configure({ database: '[database]\ndriver = sqlite\nfile = /nonexistent/alarms.db\n' });
  const web = await stage.run('history', 'web');
  assert.deepEqual([web.code, web.stderr], [0, '']);
  assert.match(web.stdout, /web {2}custom, attempt 1: verified/);
  const id = await stage.run('history', '1');
  assert.deepEqual([id.code, id.stdout], [1, '']);
  assert.match(
    id.stderr,
    /^monitor_service: the name of ID 1 is not known without the database: \/nonexistent\/alarms\.db does not exist/,
  );
});

test('--failed leaves out what succeeded, --since what is older', async (t) => {
  const stage = await stageWithHistory(t);
  const names = async (...args: string[]) => {
    const { attempts } = JSON.parse((await stage.run('history', '--json', ...args)).stdout);
    return attempts.map(({ name }: { name: string }) => name);
  };
  assert.deepEqual(await names('--failed'), ['mail', 'mail']);
  const state = new DatabaseSync(stage.space.path('state/state.db'), { timeout: 5000 });
  state.exec("UPDATE attempt SET at_ms = at_ms - 7200000 WHERE name = 'web'");
  state.exec("UPDATE attempt SET outcome = 'interrupted' WHERE name = 'mail' AND attempt = 1");
  state.close();
  assert.deepEqual(await names('--since', '119m'), ['mail', 'mail']);
  assert.deepEqual(await names('--since', '3h', 'web'), ['web', 'web']);
  assert.deepEqual(await names('--failed'), ['mail', 'mail'], 'interrupted ones too');
  const { code, stdout } = await stage.run('history', 'web', '--since=1h', '--failed');
  assert.deepEqual([code, stdout], [0, 'No failed restart of "web" is recorded in the last 1h\n']);
});

for (const time of ['5', 'h', '1.5h', '-2h', '2 h', 'yesterday', '1w', '9999999999d']) {
  test(`--since=${time} is refused with what is expected`, async (t) => {
    const stage = await openStage(t, sqliteTables);
    const { code, stderr } = await stage.run('history', `--since=${time}`);
    const expected = `monitor_service: --since needs a time such as 90s, 15m, 2h or 3d, got "${time}"\n`;
    assert.deepEqual([code, stderr.split('Try')[0]], [2, expected]);
  });
}

for (const number of ['0', '-3', 'x', '10001', '1.5']) {
  test(`-n ${number} is refused with what is expected`, async (t) => {
    const stage = await openStage(t, sqliteTables);
    const { code, stderr } = await stage.run('history', `-n${number}`);
    assert.equal(code, 2);
    assert.match(stderr, /^monitor_service: -n needs a whole number from 1 to 10000, got "/);
  });
}

test('reads beside a service that runs, and shows what runs', async (t) => {
  const stage = await openStage(t, sqliteTables, {
    processes: { slow: { restart_strategy: 'custom', restart_command: 'sleep 60' } },
  });
  await stage.tables.add({ id: 1, name: 'slow', alarm: true });
  const service = await startService(stage.space, stage.file);
  t.after(async () => {
    service.signal('SIGTERM'); // the second one does not wait for the restart
    await service.stop();
  });
  await service.waitForLog('Attempt 1 of 2 for slow');
  const attempts = await waitFor('the attempt on record', async () => {
    const { attempts } = JSON.parse((await stage.run('history', '--json')).stdout);
    return attempts.length > 0 && attempts;
  });
  assert.equal(attempts[0].outcome, 'running');
  assert.equal(attempts[0].duration_ms, null);
  assert.match((await stage.run('history')).stdout, /slow {2}custom, attempt 1: running\n/);
});

test('is read although the configuration is invalid by now, which is told', async (t) => {
  const stage = await stageWithHistory(t);
  stage.configure({ monitor: { check_interval: 'often' } });
  const { code, stdout, stderr } = await stage.run('history', 'web');
  assert.equal(code, 0);
  assert.match(stdout, /web {2}custom, attempt 1: verified/);
  assert.match(
    stderr,
    /check_interval: got "often".*\n.* can't be used; a service that runs goes on/,
  );
});

test('a state.db that is broken is told, and left as it is', async (t) => {
  const stage = await openStage(t, sqliteTables);
  const file = stage.space.write(
    'state/state.db',
    'not a database, but long enough to be one'.repeat(9),
  );
  const { code, stdout, stderr } = await stage.run('history');
  assert.deepEqual([code, stdout], [1, '']);
  assert.equal(stderr, `monitor_service: ${file}: file is not a database\n`);
});

test('a terminal of 40 columns shows lines of at most 40, and nothing is lost', async (t) => {
  const stage = await stageWithHistory(t);
  const shown = await shownInTerminal(['history', '-c', stage.file], { columns: 40 });
  const lines = stripVTControlCharacters(shown).trimEnd().split('\n');
  assert.ok(
    lines.every((line) => textWidth(line) <= 40),
    shown,
  );
  assert.match(lines.join(''), /mail {2}custom, attempt 2: failed after \d+ ms/);
});
