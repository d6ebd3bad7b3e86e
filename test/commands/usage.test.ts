/** What the operator types: help, the version, and what comes of a slip of the finger. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../support/binary.ts';
import { repository } from '../support/repository.ts';

const COMMON = ['-c, --config FILE', '-h, --help', '--version'];
const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));

test('--help names every command and the options they share', async () => {
  for (const flag of ['--help', '-h']) {
    const { code, stdout, stderr } = await run([flag]);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^Usage: monitor_service \[COMMAND\] \[OPTIONS\]\n/);
    assert.match(stdout, /^ {2}run +the service, in the foreground \(the default\)$/m);
    assert.match(stdout, /^ {2}check-config +read and check the configuration$/m);
    assert.match(stdout, /^ {2}demo +\S/m);
    assert.match(stdout, /^ {2}-c, --config FILE +.*default \/opt\/monitor_service\/config\.ini/m);
    assert.match(stdout, /^ {2}--version +show the version$/m);
  }
});

test('COMMAND --help tells about that command alone, and what stands behind it', async () => {
  const expected: [usage: string, options: string[]][] = [
    ['run', ['--once', '--dry-run']],
    ['check-config', ['--show', '--database', '--explain NAME|ID', '--json']],
    ['list [NAME|ID…]', ['--json']],
    [
      'alarm set NAME|ID…|--all|--unit UNIT',
      ['--all', '--unit UNIT', '--note TEXT', '--create', '--yes'],
    ],
    ['alarm clear NAME|ID…|--all|--unit UNIT', ['--all', '--unit UNIT', '--note TEXT']],
    ['check NAME|ID…', ['--json']],
    ['restart NAME|ID…', []],
    ['check-now', ['--wait']],
    ['history [NAME|ID…]', ['-n, --number N', '--since TIME', '--failed', '--json']],
    ['test-alarm', []],
    ['demo', []],
  ];
  for (const [usage, options] of expected) {
    const command = usage.split(' ').filter((word) => /^[a-z-]+$/.test(word));
    const { code, stdout, stderr } = await run([...command, '--help']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.ok(stdout.startsWith(`Usage: monitor_service ${usage} [OPTIONS]\n`), stdout);
    const listed = [...stdout.matchAll(/^ {2}(-.+?) {2}/gm)].map((match) => match[1]?.trim());
    assert.deepEqual(listed, [...options, ...COMMON]);
  }
});

test('the help of the first word of two lists the commands', async () => {
  const { code, stdout } = await run(['alarm', '--help']);
  assert.equal(code, 0);
  assert.match(stdout, /^Usage: monitor_service alarm COMMAND \[OPTIONS\]\n/);
  const listed = [...stdout.matchAll(/^ {2}(\w.+?) {2}/gm)].map((match) => match[1]);
  assert.deepEqual(listed, ['alarm set', 'alarm clear']);
});

test('the help fits a terminal of 120 columns', async () => {
  const pages = [[], ['run'], ['check-config'], ['list'], ['alarm', 'set'], ['history'], ['demo']];
  for (const page of pages.map((words) => [...words, '--help'])) {
    const { stdout } = await run(page);
    assert.deepEqual(
      stdout.split('\n').filter((line) => line.length > 120),
      [],
    );
  }
});

test('--version tells the version of the package, before or behind a command', async () => {
  for (const args of [['--version'], ['run', '--version'], ['--version', 'check-config']]) {
    const { code, stdout, stderr } = await run(args);
    assert.deepEqual([code, stdout, stderr], [0, `monitor_service ${version}\n`, '']);
  }
});

test('help and version are commands too', async () => {
  for (const words of [[], ['run'], ['alarm'], ['alarm', 'set'], ['breaker', 'reset'], ['list']]) {
    const { code, stdout, stderr } = await run(['help', ...words]);
    assert.deepEqual([code, stderr], [0, '']);
    assert.equal(stdout, (await run([...words, '--help'])).stdout, words.join(' '));
  }
  for (const args of [['version'], ['version', 'list'], ['version', '-c', '/no/such']]) {
    const { code, stdout } = await run(args);
    assert.deepEqual([code, stdout], [0, `monitor_service ${version}\n`]);
  }
  assert.deepEqual((await run(['help', 'help'])).code, 2);
});

const SLIPS: [args: string[], message: string][] = [
  [['chek-config'], 'unknown command "chek-config", did you mean check-config?'],
  [['RUN'], 'unknown command "RUN", did you mean run?'],
  [['frobnicate'], 'unknown command "frobnicate"'],
  // What another program does is no slip for what this one does.
  [['stop'], 'unknown command "stop"; for the service itself: systemctl stop monitor_service'],
  [
    ['reload'],
    'unknown command "reload"; for the service itself: systemctl reload monitor_service',
  ],
  [['start', 'web'], 'unknown command "start"; for a unit: systemctl start web'],
  [['stop', 'apache2'], 'unknown command "stop"; for a unit: systemctl stop apache2'],
  [['enable', 'php@8.2'], 'unknown command "enable"; for a unit: systemctl enable php@8.2'],
  [['disable', '$(id)'], 'unknown command "disable"'],
  [['reset', 'web'], 'unknown command "reset"'],
  [['kill', 'web'], 'unknown command "kill"'],
  [['rerun'], 'unknown command "rerun"'],
  [['clear'], 'unknown command "clear"'],
  [['show'], 'unknown command "show"'],
  // What only shows something may be guessed at.
  [['stats'], 'unknown command "stats", did you mean status?'],
  [['sttaus'], 'unknown command "sttaus", did you mean status?'],
  [['histroy'], 'unknown command "histroy", did you mean history?'],
  [['hlep'], 'unknown command "hlep", did you mean help?'],
  [['versoin'], 'unknown command "versoin", did you mean version?'],
  [['lst'], 'unknown command "lst", did you mean list?'],
  // What does something has to be all but right.
  [['brekaer', 'reset', '--all'], 'unknown command "brekaer", did you mean breaker?'],
  [['brakers'], 'unknown command "brakers"'],
  [['rum'], 'unknown command "rum", did you mean run?'],
  [['alarm', 'list'], 'unknown command "alarm list", expected alarm set or alarm clear'],
  [['alarm', 'get', 'x'], 'unknown command "alarm get", expected alarm set or alarm clear'],
  [['alarm', 'reset'], 'unknown command "alarm reset", expected alarm set or alarm clear'],
  [['alarm', 'test', 'x'], 'unknown command "alarm test", expected alarm set or alarm clear'],
  [['alarm', 'clea', 'x'], 'unknown command "alarm clea", did you mean alarm clear?'],
  [['alarm', 'SET', 'x'], 'unknown command "alarm SET", did you mean alarm set?'],
  [['breaker', 'close', 'x'], 'unknown command "breaker close", expected breaker reset'],
  [['alarm', 'set', 'x', '--al'], 'unknown option --al, did you mean --all?'],
  [['run', '--now'], 'unknown option --now'],
  [['constructor'], 'unknown command "constructor"'],
  [[''], 'unknown command ""'],
  [['--hepl'], 'unknown option --hepl, did you mean --help?'],
  [['--verison'], 'unknown option --verison, did you mean --version?'],
  [['run', '--onec'], 'unknown option --onec, did you mean --once?'],
  [['run', '--dryrun'], 'unknown option --dryrun, did you mean --dry-run?'],
  [['--conf', 'x.ini'], 'unknown option --conf, did you mean --config?'],
  [['check-config', '--shw'], 'unknown option --shw, did you mean --show?'],
  [['check-config', '--databse'], 'unknown option --databse, did you mean --database?'],
  [['check-config', '--once'], 'unknown option --once'],
  [['run', '-x'], 'unknown option -x'],
  [['run', '--__proto__'], 'unknown option --__proto__'],
  [['breaker'], 'breaker needs a second word: breaker reset'],
  [['breaker', 'rest'], 'unknown command "breaker rest", did you mean breaker reset?'],
  [['breaker', 'reset'], 'breaker reset needs NAME|ID… or --all'],
  [
    ['breaker', 'reset', 'web', '--all'],
    'breaker reset takes one of NAME|ID…, --all, got "web" and --all',
  ],
  [['check-now', 'web'], 'unexpected argument "web"'],
  [['run', 'twice'], 'unexpected argument "twice"'],
  [['alarm'], 'alarm needs a second word: alarm set or alarm clear'],
  [['alram', 'set', 'x'], 'unknown command "alram", did you mean alarm?'],
  [['alarm', 'sett', 'x'], 'unknown command "alarm sett", did you mean alarm set?'],
  [['alarm', 'nginx'], 'unknown command "alarm nginx", expected alarm set or alarm clear'],
  [
    ['alarm', 'nginx', '--help'],
    'unknown command "alarm nginx", expected alarm set or alarm clear',
  ],
  [['alarm', 'set'], 'alarm set needs NAME|ID… or --all or --unit'],
  [['alarm', 'clear'], 'alarm clear needs NAME|ID… or --all or --unit'],
  [
    ['alarm', 'clear', 'x', '--all'],
    'alarm clear takes one of NAME|ID…, --all, --unit, got "x" and --all',
  ],
  [['alarm', 'set', '--create', '--yes', '--all'], '--create needs NAME'],
  [['alarm', 'clear', 'x', '--unti', 'x'], 'unknown option --unti, did you mean --unit?'],
  [['alarm', 'set', 'x', '--notes', 'y'], 'unknown option --notes, did you mean --note?'],
  [['alarm', 'set', 'x', '--note'], '--note needs a value: --note TEXT'],
  [['check'], 'check needs NAME|ID…'],
  [['history', '--since'], '--since needs a value: --since TIME'],
  [['list', '-all'], 'unknown option -all, did you mean --all?'],
  [['check-config', '--show=yes'], '--show takes no value'],
  [['check-config', '--config'], '--config needs a value: --config FILE'],
  [['check-config', '-c'], '-c needs a value: -c FILE'],
  [['check-config', '--config='], '--config needs a value: --config FILE'],
];

for (const [args, message] of SLIPS) {
  test(`monitor_service ${args.join(' ') || '""'} is answered: ${message}`, async () => {
    assert.deepEqual(await run(args), {
      code: 2,
      signal: null,
      stdout: '',
      stderr: `monitor_service: ${message}\nTry monitor_service --help\n`,
    });
  });
}

test('a slip beside --help or --version is still told', async () => {
  assert.equal((await run(['--help', '--onec'])).code, 2);
  assert.equal((await run(['frobnicate', '--version'])).code, 2);
});
