/** Names that whoever can write to the database may choose. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { occurrences, openScene, type Scene } from './database_scene.ts';

/** Names that must go into no command; where one is a command, its harm would be the file. */
const hostile = (harm: string) => ({
  'a second command': `a; touch ${harm}`,
  'a command in parentheses': `$(touch ${harm})`,
  'a command in backticks': `\`touch ${harm}\``,
  'a pipe': `|touch ${harm}`,
  'a background command': `a&touch ${harm}&`,
  'a redirection': `a>${harm}`,
  'a command on a second line': `a\ntouch ${harm}`,
  'a quote that is closed': `'; touch ${harm}; '`,
  'double quotes': `"$(touch ${harm})"`,
  'a variable': `\${IFS}a`,
  'an option': '-f',
  'a long option': '--signal=KILL',
  'a path': '../../bin/sh',
  'an absolute path': '/bin/sh',
  'two lines': 'a\nb',
  'a carriage return': 'a\rb',
  'a tab': 'a\tb',
  'a zero byte': 'a\0b',
  'an escape sequence': '\x1b[2J\x1b[31mred',
  'a title sequence': '\x1b]0;owned\x07',
  'a forged line of the log': 'a\n2026-01-01 00:00:00 - INFO - Alarm cleared for web (ID: 999)',
  'a right-to-left override': 'a\u202egpj.exe',
  'a line separator': 'a\u2028b',
  nothing: '',
  'a space': ' ',
  'a space behind': 'web ',
  'a dot': '.',
  'two dots': '..',
  'letters with accents': 'naïve',
  'letters of another script': 'プロセス',
  'a look-alike letter': 'wеb', // its e is Cyrillic
  'an emoji': 'web🔥',
  'a placeholder in front': '%s',
  'a glob': 'web*',
  SQL: "a'; DROP TABLE PROCESE; -- ",
  'a prototype': '__proto__',
  '101 characters': 'x'.repeat(101),
  '5000 characters': 'y'.repeat(5000),
});

const LINE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d - (INFO|WARNING|ERROR) - [^\p{Cc}\u2028-\u202e]+$/u;

/** Fills the database with the names, all in alarm; the ids begin at 1. */
async function fill({ database }: Scene, names: readonly string[]): Promise<void> {
  await database.sql('ALTER TABLE PROCESE MODIFY process_name TEXT NOT NULL');
  for (const [index, name] of names.entries()) {
    await database.add({ id: index + 1, name, alarm: true });
  }
}

/** Each is one ERROR over several checks, one line each; two others are healed all the while. */
async function areRefused(
  t: TestContext,
  names: Record<string, string>,
  keys: object,
  harm: string,
) {
  const scene = await openScene(t);
  const list = Object.values(names).map((name) => name.replaceAll(harm, scene.space.path('harm')));
  await fill(scene, list);
  const [web, mail] = [await scene.inAlarm(1001, 'web'), await scene.killed('mail')];
  await scene.database.add({ id: 1002, name: mail, alarm: true });
  const quick = { restart_delay: 0, max_attempts: 1, health_check_stable_time: 0 };
  const start = {
    restart_strategy: 'process',
    start_command: `exec ${scene.space.path('bin/%s')} 600`,
  };
  const harmless = Object.entries(keys).map(([key, value]) => [
    key,
    String(value).replaceAll('DIRECTORY', scene.space.path('ran')),
  ]);
  scene.space.write('ran/not', '');
  scene.configure({
    processes: {
      default: { ...quick, ...Object.fromEntries(harmless) },
      [web]: { ...start, pre_restart_command: '', health_check_command: 'pgrep %s' },
      [mail]: { ...start, pre_restart_command: '', health_check_command: 'pgrep %s' },
    },
  });
  const service = await scene.start();
  for (const id of [1001, 1002]) {
    await scene.cleared(id);
  }
  for (let check = 0; check < 3; check++) {
    await scene.dies(1001, web);
    service.signal('SIGUSR1');
    await scene.cleared(1001);
  }
  await service.stop();
  assert.deepEqual([scene.running(web), scene.running(mail)], [1, 1]);
  assert.equal(existsSync(scene.space.path('harm')), false);
  assert.deepEqual(readdirSync(scene.space.path('ran')), ['not'], scene.log());
  const lines = scene.log().trimEnd().split('\n');
  for (const [index, what] of Object.keys(names).entries()) {
    const told = lines.filter((line) => line.includes(`(ID: ${index + 1})`));
    assert.equal(told.length, 1, `${what}: ${told.join(' | ')}`);
    assert.match(told[0] ?? '', / - ERROR - Process name refused: "/, what);
    assert.deepEqual(await scene.database.row(index + 1), { alarma: 1, sound: 0, notes: null });
  }
  for (const line of lines) {
    assert.match(line, LINE);
    assert.ok(line.length < 500, line);
  }
  assert.equal(occurrences(scene.log(), ' - ERROR - '), list.length);
}

const HARM = '/HARM';

test('hostile names go into no command of the configuration, and each is one ERROR', (t) =>
  areRefused(
    t,
    hostile(HARM),
    {
      restart_strategy: 'custom',
      pre_restart_command: 'touch DIRECTORY/pre; : %s',
      restart_command: 'touch DIRECTORY/restart; : %s',
      health_check_command: 'touch DIRECTORY/health; : %s',
    },
    HARM,
  ));

test('hostile names are neither looked for, ended nor started by the strategy process', (t) =>
  areRefused(
    t,
    hostile(HARM),
    { restart_strategy: 'process', start_command: 'touch DIRECTORY/started; : %s' },
    HARM,
  ));

test('names that would stop the host or the service are refused', (t) => {
  const names = [
    ...['poweroff', 'reboot', 'halt', 'shutdown', 'init', 'kexec', 'systemd-poweroff'],
    ...['poweroff.target', 'reboot.target', 'halt.target', 'rescue.target', 'emergency.target'],
    ...['poweroff.service', 'systemd-reboot.service', 'systemd-suspend', 'suspend.target'],
    ...['ctrl-alt-del.target', 'exit.target', 'monitor_service', 'monitor_service.service'],
  ];
  return areRefused(
    t,
    Object.fromEntries(names.map((name) => [name, name])),
    // Harmless, whatever becomes of the names: nothing is asked of systemd.
    {
      restart_strategy: 'custom',
      restart_command: 'touch DIRECTORY/restart; : %s',
      health_check_command: 'touch DIRECTORY/health; : %s',
    },
    HARM,
  );
});
