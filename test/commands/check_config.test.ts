/** check-config: what is wrong with a configuration, and what is in effect. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  DATABASE_KEYS,
  LOGGING_KEYS,
  MONITOR_KEYS,
  PROCESS_KEYS,
} from '../../src/configuration/keys.ts';
import { run } from '../support/binary.ts';
import { type Workspace, workspace } from '../support/workspace.ts';

let space: Workspace;
before(async () => {
  space = await workspace();
});
after(() => space.remove());

const config = (...lines: string[]) => space.write('config.ini', `${lines.join('\n')}\n`);
const checkConfig = (...args: string[]) => run(['check-config', ...args]);

const GOOD = [
  '[database]',
  'host = db1.example.com  # the first',
  'port = 3307',
  'user = monitor',
  'password = hunter;two # "three"',
  '[process.default]',
  'max_attempts = 4',
  '[process.php8.2-fpm]',
  "health_check_command = mysqladmin -p'hunter;two # \"three\"' ping # it's fine",
  'system_name = php-fpm',
];

test('a valid file is said to be valid', async () => {
  const file = config(...GOOD);
  const expected = { code: 0, signal: null, stdout: `${file}: valid\n`, stderr: '' };
  assert.deepEqual(await checkConfig('-c', file), expected);
  assert.deepEqual(await checkConfig('--config', file), expected);
  assert.deepEqual(await checkConfig(`--config=${file}`), expected);
  assert.deepEqual(await run(['-c', file, 'check-config']), expected);
});

test('an invalid file has all its problems told, and exits 78', async () => {
  const file = config(
    '[database]',
    'driver = postgres',
    '[monitor]',
    'check_interval = 5 minutes',
    'chek_interval = 5',
    '[process.apache2]',
    'restart_strategy = restart',
    'nonsense',
  );
  assert.deepEqual(await checkConfig('-c', file), {
    code: 78,
    signal: null,
    stdout: [
      `${file}:2: [database] driver: got "postgres", expected one of mysql, sqlite`,
      `${file}:4: [monitor] check_interval: got "5 minutes", expected whole seconds from 1 to 86400 (or 5m, 2h)`,
      `${file}:5: warning: [monitor] chek_interval: unknown key, ignored, did you mean check_interval?`,
      `${file}:7: [process.apache2] restart_strategy: got "restart", expected one of service, process, auto, custom`,
      `${file}:8: [process.apache2]: expected KEY = VALUE`,
      '',
    ].join('\n'),
    stderr: '',
  });
});

test('a file with warnings only is valid', async () => {
  const file = space.write('open.ini', '[monitr]\n', 0o644);
  assert.deepEqual(await checkConfig('-c', file), {
    code: 0,
    signal: null,
    stdout: [
      `${file}: warning: ${file} has mode 0644, expected 0600, as it can hold a password: chmod 600 ${file}`,
      `${file}:1: warning: [monitr]: unknown section, ignored, did you mean monitor?`,
      `${file}: valid`,
      '',
    ].join('\n'),
    stderr: '',
  });
});

test('a file that is not there is an invalid configuration', async () => {
  const file = space.path('none.ini');
  const stdout = `${file}: does not exist\n`;
  assert.deepEqual(await checkConfig('-c', file), { code: 78, signal: null, stdout, stderr: '' });
  assert.equal((await checkConfig('--show', '-c', file)).code, 78);
});

test('--show prints what is in effect, and no secret', async () => {
  const { code, stdout, stderr } = await checkConfig('--show', '-c', config(...GOOD));
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^host = db1\.example\.com$/m);
  assert.match(stdout, /^password = \*{8}$/m);
  assert.doesNotMatch(stdout, /hunter/);
  const own = stdout.slice(stdout.indexOf('[process.php8.2-fpm]'));
  assert.match(own, /^max_attempts = 4$/m);
  assert.match(own, /^restart_delay = 2$/m);
  assert.match(own, /^health_check_command = mysqladmin -p\S* ping # it's fine$/m);
});

test('what --show prints is a configuration that means the same', async () => {
  const shown = (await checkConfig('--show', '-c', config(...GOOD))).stdout;
  const again = await checkConfig('--show', '-c', space.write('shown.ini', shown));
  assert.deepEqual(again, { code: 0, signal: null, stdout: shown, stderr: '' });
});

test('what --show prints is a configuration also where the password is in a file', async () => {
  const passwordFile = space.write('password', 'hunter\n');
  const file = config('[database]', `password_file = ${passwordFile}`);
  const shown = (await checkConfig('--show', '-c', file)).stdout;
  assert.doesNotMatch(shown, /hunter/);
  const again = await checkConfig('--show', '-c', space.write('shown.ini', shown));
  assert.deepEqual(again, { code: 0, signal: null, stdout: shown, stderr: '' });
});

test('--show tells warnings beside the settings, on standard error', async () => {
  const file = config('[monitr]');
  const { code, stdout, stderr } = await checkConfig('--show', '-c', file);
  assert.equal(code, 0);
  assert.match(stdout, /^\[database\]\n/);
  assert.doesNotMatch(stdout, /warning/);
  assert.match(stderr, /:1: warning: \[monitr\]: unknown section/);
});

test('--json tells every problem by its parts', async () => {
  const file = config('[monitor]', 'check_interval = x', 'chek_interval = 1');
  const { code, stdout, stderr } = await checkConfig('--json', '--show', '-c', file);
  assert.deepEqual([code, stderr], [78, '']);
  assert.deepEqual(JSON.parse(stdout), {
    file,
    valid: false,
    problems: [
      {
        severity: 'error',
        line: 2,
        section: 'monitor',
        key: 'check_interval',
        message: 'got "x", expected whole seconds from 1 to 86400 (or 5m, 2h)',
      },
      {
        severity: 'warning',
        line: 3,
        section: 'monitor',
        key: 'chek_interval',
        message: 'unknown key, ignored, did you mean check_interval?',
      },
    ],
    database_problems: [],
  });
});

test('--json --show has every key of every section', async () => {
  const file = config(...GOOD);
  const { code, stdout } = await checkConfig('--json', '--show', '-c', file);
  assert.equal(code, 0);
  assert.doesNotMatch(stdout, /hunter/);
  const { settings, ...rest } = JSON.parse(stdout);
  assert.deepEqual(rest, { file, valid: true, problems: [], database_problems: [] });
  const keys = Object.entries(settings).map(([name, section]) => [
    name,
    Object.keys(section as object),
  ]);
  assert.deepEqual(Object.fromEntries(keys), {
    database: Object.keys(DATABASE_KEYS),
    monitor: Object.keys(MONITOR_KEYS),
    logging: Object.keys(LOGGING_KEYS),
    'process.default': Object.keys(PROCESS_KEYS),
    'process.php8.2-fpm': Object.keys(PROCESS_KEYS),
  });
  assert.equal(settings.database.password, '********');
  assert.equal(settings['process.php8.2-fpm'].max_attempts, '4');
});

test('without --show, --json has no settings', async () => {
  const { stdout } = await checkConfig('--json', '-c', config(...GOOD));
  const expected = ['file', 'valid', 'problems', 'database_problems'];
  assert.deepEqual(Object.keys(JSON.parse(stdout)), expected);
});
