/** check-config --explain: where each setting of a process comes from, and what a restart acts on now. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openStage, sqliteTables } from './stage.ts';

const PROCESSES = {
  default: { restart_strategy: 'process', restart_delay: 7 },
  web: { restart_delay: '1m', restart_timeout: 20 },
  'foo.bar': { restart_strategy: 'custom', restart_command: 'true --password=hush %s' },
};

const settingsIn = (stdout: string) =>
  Object.fromEntries(
    stdout
      .split('\n\n')[0]
      ?.split('\n')
      .slice(1)
      .map((line) => line.split(/ {2,}/))
      .map(([key, value, from]) => [key, from === undefined ? ['', value] : [value, from]]) ?? [],
  );

test('tells of each setting its own section, [process.default] or the built-in default', async (t) => {
  const stage = await openStage(t, sqliteTables, { processes: PROCESSES });
  const lines = readFileSync(stage.file, 'utf8').split('\n');
  const { code, stdout, stderr } = await stage.run('check-config', '--explain=web');
  assert.deepEqual([code, stderr], [0, '']);
  const settings = settingsIn(stdout);
  const lineOf = (text: string) => lines.indexOf(text) + 1;
  assert.deepEqual(settings.restart_delay, [
    '60',
    `[process.web], line ${lineOf('restart_delay = 1m')}`,
  ]);
  assert.deepEqual(settings.restart_strategy, [
    'process',
    `[process.default], line ${lineOf('restart_strategy = process')}`,
  ]);
  assert.deepEqual(settings.max_attempts, ['2', 'built-in']);
  assert.deepEqual(settings.system_name, ['web', 'its name']);
  assert.deepEqual(settings.pre_restart_command, ['', 'built-in']);
  assert.match(stdout, /\n\nRestart now: process web: /);
});

test('covers secrets, and tells the command of strategy custom', async (t) => {
  const stage = await openStage(t, sqliteTables, { processes: PROCESSES });
  const { code, stdout } = await stage.run('check-config', '--explain=foo.bar');
  assert.equal(code, 0);
  assert.doesNotMatch(stdout, /hush/);
  assert.match(stdout, /\nRestart now: custom: true --password=\S+ foo\.bar\n$/);
});

test('an ID is looked up, a name without a section is explained with a hint', async (t) => {
  const stage = await openStage(t, sqliteTables, { processes: PROCESSES });
  await stage.tables.add({ id: 4, name: 'web' });
  const byId = await stage.run('check-config', '--explain=4');
  assert.equal(byId.stdout, (await stage.run('check-config', '--explain=web')).stdout);
  const slip = await stage.run('check-config', '--explain=wbe');
  assert.deepEqual(settingsIn(slip.stdout).restart_delay?.[0], '7');
  assert.match(slip.stderr, /^monitor_service: no section \[process\.wbe\], did you mean web\?\n/);
  const none = await stage.run('check-config', '--explain=5');
  assert.deepEqual([none.code, none.stdout], [1, `${stage.file}: valid\n`]);
  assert.match(none.stderr, /no process has the ID 5\n/);
});

test('a refused name is told so', async (t) => {
  const stage = await openStage(t, sqliteTables, { processes: PROCESSES });
  const { code, stderr } = await stage.run('check-config', '--explain=poweroff');
  assert.equal(code, 1);
  assert.match(stderr, /monitor_service: "poweroff" is refused: /);
});

test('--json has it too; --show beside it is refused; an invalid file is not explained', async (t) => {
  const stage = await openStage(t, sqliteTables, { processes: PROCESSES });
  const { explained } = JSON.parse(
    (await stage.run('check-config', '--json', '--explain=web')).stdout,
  );
  assert.equal(explained.name, 'web');
  assert.deepEqual(
    explained.settings.find(({ key }: { key: string }) => key === 'max_attempts'),
    { key: 'max_attempts', value: '2', from: 'built-in' },
  );
  assert.deepEqual(
    [explained.resolution.strategy, explained.resolution.subject],
    ['process', 'web'],
  );
  const both = await stage.run('check-config', '--show', '--explain=web');
  assert.deepEqual(
    [both.code, both.stderr.split('\n')[0]],
    [2, 'monitor_service: check-config takes one of --show, --explain'],
  );
  stage.configure({ processes: { web: { max_attempts: 'x' } } });
  const invalid = await stage.run('check-config', '--explain=web');
  assert.equal(invalid.code, 78);
  assert.doesNotMatch(invalid.stdout, /Restart now/);
});
