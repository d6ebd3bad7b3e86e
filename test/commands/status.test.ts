/** What an operator sees of the running service, at 3 in the morning too. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { command, SELDOM, startListening } from '../service/control_client.ts';
import { openScene } from '../service/database_scene.ts';
import { HEALS_AT_ONCE, openStage, type Stage } from '../service/stage.ts';
import { run } from '../support/binary.ts';
import { runTool } from '../support/child.ts';
import { startProxy } from '../support/proxy.ts';
import { repository } from '../support/repository.ts';
import type { Service } from '../support/service.ts';
import { waitFor } from '../support/wait.ts';
import { configText } from '../support/workspace.ts';

const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
const TIME = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;
const PAST = String.raw`${TIME} \(\d+ (?:second|minute)s? ago\)`;
const FUTURE = String.raw`${TIME} \(in \d+ (?:second|minute|hour)s?\)`;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const FAILS = {
  restart_strategy: 'custom',
  restart_command: 'echo starting; echo "no such directory: /srv/web" >&2; exit 7',
  restart_delay: 0,
};

test('without a service: says so and what to type, with status 3', async (t) => {
  const stage = await openStage(t);
  stage.configure();
  const told =
    'monitor_service: not running; start it: systemctl start monitor_service; why it ended: journalctl -u monitor_service -n 50\n';
  assert.deepEqual(await command(stage, 'status'), {
    code: 3,
    signal: null,
    stdout: '',
    stderr: told,
  });
  assert.deepEqual(await command(stage, 'status', '--json'), {
    code: 3,
    signal: null,
    stdout: '{\n  "state": "not_running"\n}\n',
    stderr: '',
  });
});

test('a service that no operator can ask is told with its PID', async (t) => {
  const stage = await openStage(t);
  stage.configure({ processes: { web: { ...HEALS_AT_ONCE, restart_command: 'sleep 60' } } });
  stage.inAlarm('web');
  const once = await stage.start({ args: ['--once'] });
  await once.waitForLog('Attempt 1 of');
  const { code, stderr } = await command(stage, 'status');
  assert.equal(code, 3);
  const told = `monitor_service: not running as a service; PID ${once.pid} makes a single check`;
  assert.ok(stderr.startsWith(told), stderr);
});

test('the socket of a killed service is not taken for a service', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM });
  const service = await startListening(stage);
  service.signal('SIGKILL');
  await service.exit();
  assert.equal((await command(stage, 'status')).code, 3);
});

test('a service that is stopped by SIGSTOP is told as one that does not answer', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM });
  const service = await startListening(stage);
  service.signal('SIGSTOP');
  const { code, stderr } = await command(stage, 'status');
  service.signal('SIGCONT');
  assert.equal(code, 1);
  assert.match(stderr, /: the service does not answer within 5 seconds; is it stopped, or/);
});

test('while all is well it is seven lines, and the processes', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM });
  const { pid } = await startListening(stage);
  const { code, stdout, stderr } = await command(stage, 'status');
  assert.deepEqual([code, stderr], [0, '']);
  assertLines(stdout, [
    `monitor_service ${version}, PID ${pid}, running since ${PAST}`,
    `Database:  connected since ${PAST}`,
    `Checks:    every 3600 seconds; last ${PAST}`,
    `Next:      ${FUTURE}`,
    'In alarm:  0',
    'Restarts:  0 running, 0 waiting',
    'Table:     0 processes, 0 ok',
  ]);
});

test('an open breaker is told with since when, why, when it is tried again, and what to type', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: { ...SELDOM, max_restart_failures: 1 }, processes: { web: FAILS } });
  stage.inAlarm('web');
  await startAndOpen(stage, 'web');
  const { code, stdout } = await command(stage, 'status', 'web');
  assert.equal(code, 0);
  const explained = [
    'web',
    '  State:         in alarm; its open breaker keeps restarts away',
    `  Breaker:       open since ${PAST}, after 1 failed restart in a row`,
    `  Last restart:  ${PAST}, custom, attempt 2: failed after \\d+ ms`,
    '  Command:       echo starting; echo "no such directory: /srv/web" >&2; exit 7',
    '  Why it failed: exit code 7: no such directory: /srv/web',
    '  Output:        starting',
    `  Next try:      at the first check after ${FUTURE}`,
    '  Sooner:        fix the cause, then: monitor_service restart web',
  ];
  assertLines(stdout, explained);
  const whole = await command(stage, 'status');
  assert.ok(whole.stdout.endsWith(`\n\n${stdout}`), whole.stdout);
  const row = /^web {3}held off {2}open +1 {2}failed \d+ (?:s|min) ago$/m;
  assert.match(whole.stdout, row);
});

test('each process is told with what becomes of it, what needs a person first', async (t) => {
  const stage = await openStage(t);
  const waits = { ...HEALS_AT_ONCE, restart_command: 'sleep 60' };
  stage.configure({
    monitor: { ...SELDOM, max_restart_failures: 2, max_parallel_restarts: 1 },
    processes: {
      healed: HEALS_AT_ONCE,
      fails: { ...FAILS, max_attempts: 1 },
      runs: waits,
      waits: waits,
    },
  });
  stage.inAlarm('healed', 'fails', 'runs', 'waits', 'no name');
  const service = await startListening(stage);
  await service.waitForLog('Attempt 1 of 2 for runs');
  const { processes, alarms, restarts } = await json(stage);
  assert.deepEqual(
    processes.map(({ name, state, alarms, failures }: Record<string, unknown>) => [
      name,
      state,
      alarms,
      failures,
    ]),
    [
      ['no name', 'refused', 1, 0],
      ['fails', 'in_alarm', 1, 1],
      ['runs', 'restarting', 1, 0],
      ['waits', 'waiting', 1, 0],
      ['healed', 'no_alarm', 0, 0],
    ],
  );
  assert.deepEqual([alarms, restarts], [4, { running: 1, waiting: 1 }]);
  const sentences = {
    'no name': 'in alarm; never restarted, for its name is refused: expected letters, digits and',
    fails: 'in alarm; the next check sees to it',
    runs: 'in alarm; being restarted',
    waits: 'in alarm; waiting for other restarts to end',
    healed: 'not in alarm',
  };
  for (const [name, sentence] of Object.entries(sentences)) {
    const { stdout } = await command(stage, 'status', name);
    assert.ok(stdout.startsWith(`${name}\n  State:         ${sentence}`), stdout);
  }
  const advice =
    '  What to do:    rename it in PROCESE, or: monitor_service alarm clear ID\n                 monitor_service list has the ID\n';
  assert.ok((await command(stage, 'status', 'no name')).stdout.endsWith(advice));
});

test('alarms without a process are told too, as many as the count says', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM });
  stage.inAlarmWithoutProcess(9);
  await startListening(stage);
  const { stdout } = await command(stage, 'status');
  assert.match(stdout, /^In alarm: {2}1$/m);
  const told =
    '1 alarm without a process: ID 9 is in STATUS_PROCESS but not in PROCESE; add it there, or: monitor_service alarm clear 9\n';
  assert.ok(stdout.endsWith(`\n\n${told}`), stdout);
  assert.deepEqual((await json(stage)).without_process, { alarms: 1, ids: [9] });
});

test('what was restarted before the service was last started is still told', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM, processes: { web: HEALS_AT_ONCE } });
  stage.inAlarm('web');
  const first = await startListening(stage);
  await stage.cleared('web');
  await first.stop();
  await startListening(stage);
  const { stdout } = await command(stage, 'status', 'web');
  assert.match(stdout, new RegExp(`Last restart: {2}${PAST}, custom, attempt 1: verified after`));
});

test('a name of which nothing is known is told with the nearest, a section of its own is enough', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM, processes: { webshop: HEALS_AT_ONCE } });
  await startListening(stage);
  for (const [name, hint] of [
    ['websohp', '; did you mean webshop?'],
    ['\x1b[31m', ''],
  ] as const) {
    const shown = name.replace('\x1b', '\\x1b');
    const { code, stdout, stderr } = await command(stage, 'status', name);
    assert.deepEqual([code, stdout], [1, '']);
    const told = `nothing is known of ${shown}: no alarm, no failure, no restart${hint}`;
    assert.equal(stderr, `monitor_service: ${told}\n`);
  }
  const { code, stdout } = await command(stage, 'status', 'webshop');
  assert.deepEqual([code, stdout.split('\n')[0]], [0, 'webshop']);
});

test('a database that is away is told with since when and why', async (t) => {
  const scene = await openScene(t);
  const { socket, host, port } = scene.address;
  const proxy = await startProxy(socket ? { path: socket } : { host, port });
  t.after(() => proxy.close());
  const { socket: _, ...address } = scene.address;
  scene.configure({ address: { ...address, host: '127.0.0.1', port: proxy.port } });
  const service = await scene.start();
  await service.waitForLog('no process in alarm');
  await proxy.refuse();
  const status = () => run(['status', '-c', scene.config]);
  const told = new RegExp(`^Database: {2}down since ${PAST}: .*ECONNREFUSED.*$`, 'm');
  await waitFor('down', async () => told.test((await status()).stdout));
  const { stdout } = await run(['status', '--json', '-c', scene.config]);
  assert.equal(JSON.parse(stdout).database.state, 'down');
  assert.match((await status()).stdout, /^In alarm: {2}0 when the table was last read$/m);
  await proxy.accept();
  await waitFor('connected', async () => (await status()).stdout.includes('connected since'));
});

test('with a database that never answered nothing is claimed of the alarms', async (t) => {
  const stage = await openStage(t);
  const database = '[database]\nsocket = /nowhere/mysql.sock\n';
  stage.write(configText(stage.space, { database, monitor: SELDOM }));
  await startListening(stage);
  const { stdout } = await command(stage, 'status');
  assert.match(stdout, /^In alarm: {2}not known, as no check has read the table yet$/m);
  assert.equal((await json(stage)).alarms, null);
});

test('the JSON has the documented fields, and every time is ISO 8601 in UTC', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: { ...SELDOM, max_restart_failures: 1 }, processes: { web: FAILS } });
  stage.inAlarm('web');
  stage.inAlarmWithoutProcess(9);
  const service = await startAndOpen(stage, 'web');
  service.signal('SIGHUP');
  await service.waitForLog('Configuration reloaded');
  const report = await json(stage);
  const page = readFileSync(join(repository, 'docs/COMMANDS.md'), 'utf8');
  const section = page.split('\n## status\n')[1]?.split('\n## ')[0]?.split('\n| Field |')[1] ?? '';
  const documented = [...section.matchAll(/^\| `([\w.]+)` \|/gm)].map((match) => match[1]);
  const objects = ['last_reload', 'processes', 'processes.last_attempt'];
  assert.deepEqual([...fieldsOf(report), ...objects].sort(), documented.sort());
  for (const [field, value] of leaves(report)) {
    if (/(_at|\.at|since)$/.test(field)) {
      assert.match(String(value), ISO, field);
    }
  }
});

test('two thousand processes in alarm are told at once, a thousand of them by name', async (t) => {
  const stage = await openStage(t);
  const waits = { ...HEALS_AT_ONCE, restart_command: 'sleep 60' };
  stage.configure({
    monitor: { ...SELDOM, max_parallel_restarts: 1 },
    processes: { default: waits },
  });
  stage.inAlarm(...Array.from({ length: 2_000 }, (_, index) => `p${index}`));
  const service = await startListening(stage);
  await service.waitForLog('Attempt 1 of');
  const began = performance.now();
  const { stdout } = await command(stage, 'status');
  assert.ok(performance.now() - began < 2_000, `${performance.now() - began} ms`);
  const head = stdout.split('\n').slice(4, 7);
  assert.deepEqual(head, [
    'In alarm:  2000',
    'Restarts:  1 running, 1999 waiting',
    'Table:     2000 processes, 0 ok, 2000 in alarm',
  ]);
  assert.match(stdout, /^… and 1000 more: monitor_service status NAME$/m);
  assert.equal((await json(stage)).processes_omitted, 1_000);
  assert.match((await command(stage, 'status', 'p1999')).stdout, /waiting for other restarts/);
});

test('a hostile name and hostile output are shown and not obeyed', async (t) => {
  const stage = await openStage(t);
  const restart_command = `printf '\\033[2Jfirst\\n\\033]0;owned\\007second\\n'; exit 1`;
  stage.configure({
    monitor: { ...SELDOM, max_restart_failures: 1 },
    processes: { web: { ...FAILS, restart_command } },
  });
  stage.inAlarm('web', 'evil\x1b[31m\u202ename');
  await startAndOpen(stage, 'web');
  for (const args of [['status'], ['status', '--json'], ['status', 'web']]) {
    const { stdout } = await command(stage, ...args);
    assert.doesNotMatch(stdout, /[\u2028-\u202e\u2066-\u2069]|(?!\n)\p{Cc}/u);
  }
  assert.match((await command(stage, 'status')).stdout, /^evil\\x1b\[31m\\u202ename +refused/m);
  assert.match((await command(stage, 'status', 'web')).stdout, /Output: +\\x1b\[2Jfirst\n/);
});

test('on a terminal of 40 columns the table fits, and is coloured unless NO_COLOR is set', async (t) => {
  const stage = await openStage(t);
  stage.configure({
    monitor: { ...SELDOM, max_restart_failures: 1 },
    processes: { default: FAILS },
  });
  const name = 'a-process-with-a-name-that-is-longer-than-the-terminal';
  stage.inAlarm(name);
  await startAndOpen(stage, name);
  const shown = await onTerminal(stage, 40);
  assert.ok(shown.includes('\x1b[31mheld off\x1b[39m'), shown);
  const plain = await onTerminal(stage, 40, 'NO_COLOR=1');
  assert.ok(!plain.includes('\x1b'), plain);
  const table = plain.split(/\r?\n/).slice(8, 10);
  assert.match(table[0] ?? '', /^NAME +STATE +LAST RESTART$/);
  assert.match(table[1] ?? '', /^a-\S*…\S*terminal +held off +failed \d.*$/);
  assert.ok(table.every((line) => line.length <= 40));
});

test('a reader that goes away is no error', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM });
  stage.inAlarm(...Array.from({ length: 500 }, (_, index) => `not a name ${index}`));
  await startListening(stage);
  const config = stage.space.path('config.ini');
  const script = 'set -o pipefail; "$0" status -c "$1" | head -1';
  const shown = await runTool('bash', [
    '-c',
    script,
    join(repository, 'dist/monitor_service'),
    config,
  ]);
  assert.match(shown, /^monitor_service .*\n$/);
});

async function startAndOpen(stage: Stage, name: string): Promise<Service> {
  const service = await startListening(stage);
  await service.waitForLog(`Circuit breaker opened for ${name}`);
  return service;
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the command prints
async function json(stage: Stage): Promise<any> {
  return JSON.parse((await command(stage, 'status', '--json')).stdout);
}

/** Each line matches its pattern; what looks like plain text in the patterns is plain text. */
function assertLines(text: string, patterns: readonly string[]): void {
  const lines = text.trimEnd().split('\n');
  assert.equal(lines.length, patterns.length, text);
  for (const [index, pattern] of patterns.entries()) {
    const isPlain = lines[index] === pattern;
    assert.ok(isPlain || new RegExp(`^${pattern}$`).test(lines[index] ?? ''), lines[index]);
  }
}

/** `a.b` for every value inside, lists by what they hold. */
function leaves(value: unknown, path = ''): [string, unknown][] {
  if (Array.isArray(value)) {
    return value.flatMap((each) => (Object(each) === each ? leaves(each, path) : [[path, each]]));
  }
  if (Object(value) !== value) {
    return [[path, value]];
  }
  return Object.entries(value as object).flatMap(([key, each]) =>
    leaves(each, path === '' ? key : `${path}.${key}`),
  );
}

function fieldsOf(report: unknown): string[] {
  return [...new Set(leaves(report).map(([field]) => field))];
}

/** What `status` shows on a terminal so wide. */
async function onTerminal(stage: Stage, columns: number, variable = 'A=b'): Promise<string> {
  const program = `stty cols ${columns}; env ${variable} TERM=xterm ${join(repository, 'dist/monitor_service')} status -c ${stage.space.path('config.ini')}`;
  return await runTool('script', ['-qec', program, '/dev/null'], { timeoutMs: 15_000 });
}
