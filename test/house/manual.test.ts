/** The manual page says what the program does: what it forgets is found here. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { COMMON_OPTIONS } from '../../src/commands/command.ts';
import { COMMANDS } from '../../src/commands/commands.ts';
import { EXIT } from '../../src/commands/exit_status.ts';
import { LOGGING_KEYS, MONITOR_KEYS } from '../../src/configuration/keys.ts';
import { EVENTS } from '../../src/log/events.ts';
import { childEnvironment } from '../../src/system/environment.ts';
import { repository } from '../support/repository.ts';
import { assertTellsWhatIsAllowed, defaultOf, KEYS, read } from './page.ts';

const MANUAL = 'monitor_service.8';
const SECTION_ORDER = [
  'NAME',
  'SYNOPSIS',
  'DESCRIPTION',
  'CONFIGURATION',
  'RESTARTS',
  'LOG',
  'SIGNALS',
  'SYSTEMD',
  'ENVIRONMENT',
  'FILES',
  'EXIT STATUS',
  'EXAMPLES',
  'SEE ALSO',
  'SECURITY CONSIDERATIONS',
];
/** Whether the manuals it refers to are installed is no matter of the page. */
const ABOUT_THE_HOST = /mandoc\.db|referenced manual not found/;

test('the manual page has its sections, each once and in order', () => {
  const headings = [...read(MANUAL).matchAll(/^\.Sh (.+)$/gm)].map((match) => match[1]);
  assert.deepEqual(headings, SECTION_ORDER);
});

test('mandoc has nothing to complain about', () => {
  const lint = spawnSync('mandoc', ['-T', 'lint', MANUAL], { cwd: repository, encoding: 'utf8' });
  assert.equal(lint.error, undefined, 'mandoc is not installed');
  const complaints = lines(`${lint.stdout}${lint.stderr}`);
  assert.deepEqual(
    complaints.filter((line) => !ABOUT_THE_HOST.test(line)),
    [],
  );
});

for (const [name, command] of Object.entries(COMMANDS)) {
  test(`the manual page tells of the command ${name} and of each of its options`, () => {
    const commands = section('DESCRIPTION');
    const [, own = ''] = commands.split(new RegExp(`\\n\\.It Cm ${name}(?: (?:Op|Ar) .*)?\\n`));
    assert.notEqual(own, '', name);
    const items = own.split('\n.It Cm ')[0] ?? '';
    for (const [option, { short = option }] of Object.entries(command.options)) {
      const flag = `Fl -${option}(?: Ar \\w+)?`;
      assert.match(items, new RegExp(`^\\.It (?:Fl ${short} .*, )?${flag}$`, 'm'), option);
      const use = `(?:${flag}|Fl ${short} Ar \\w+)(?: \\|)?$`;
      assert.match(synopsisOf(name), new RegExp(use, 'm'), `${name} --${option}`);
    }
  });
}

test('the manual page tells of the options of every command', () => {
  const items = [...section('DESCRIPTION').matchAll(/^\.It (Fl .*)$/gm)].map(
    (match) => ` ${match[1]} `,
  );
  for (const [name, { short }] of Object.entries(COMMON_OPTIONS)) {
    const item = items.find((text) => text.includes(` Fl -${name} `));
    assert.ok(item, `--${name}`);
    assert.ok(short === undefined || item.includes(` Fl ${short} `), `-${short}`);
  }
});

for (const [heading, keys] of KEYS) {
  test(`the manual page has the keys of ${heading}, each with its default and range`, () => {
    const items = itemsBelow(heading);
    assert.deepEqual(Object.keys(items), Object.keys(keys).sort());
    for (const [name, key] of Object.entries(keys)) {
      const text = items[name] ?? '';
      const expected = ['.', ',', ';'].map((end) =>
        `default ${defaultOf(key)}${end}`.toLowerCase(),
      );
      const isTold = expected.some((words) => text.toLowerCase().includes(words));
      assert.ok(isTold, `${name}, ${expected[0]}: ${text}`);
      assertTellsWhatIsAllowed(name, key, text);
    }
  });
}

test('the manual page tells of every signal that the service obeys', () => {
  const words = read('src/service/signals.ts').matchAll(/'(SIG\w+)'/g);
  const obeyed = [...new Set([...words].map((match) => match[1] as string))];
  const told = section('SIGNALS').matchAll(/^\.It Dv (.+)$/gm);
  const names = [...told].flatMap((match) => (match[1] as string).split(' , '));
  assert.deepEqual(names.sort(), obeyed.sort());
});

test('the manual page lists the events of the log, and no others', () => {
  const told = [...section('LOG').matchAll(/\b[a-z]+_[a-z_]+\b/g)].map(([word]) => word);
  const events = told.filter((word) => !(word in LOGGING_KEYS));
  assert.deepEqual(new Set(events), new Set<string>(EVENTS));
});

test('the manual page tells of every exit status', () => {
  const told = [...section('EXIT STATUS').matchAll(/^\.It (\d+)$/gm)].map((match) =>
    Number(match[1]),
  );
  assert.deepEqual(told, Object.values(EXIT));
});

test('the manual page tells of every file that is installed, and of those that the service makes', () => {
  const told = [...section('FILES').matchAll(/^\.It Pa (.+)$/gm)].map((match) => match[1]);
  const log = LOGGING_KEYS.log_file.fallback;
  const made = [
    join(MONITOR_KEYS.state_directory.fallback, 'state.db'),
    log,
    `${log}.1`,
    MONITOR_KEYS.control_socket.fallback,
  ];
  assert.deepEqual(told.sort(), [...installedFiles(), ...made].sort());
});

test('the manual page tells of every environment variable that is looked at or set', () => {
  const told = [...section('ENVIRONMENT').matchAll(/^\.(?:It )?Ev (.+)$/gm)].flatMap((match) =>
    (match[1] as string).replace(/ [.,)]+$/, '').split(' , '),
  );
  const code = globSync('src/**/*.ts', { cwd: repository }).map(read).join('\n');
  const lookedAt = [...code.matchAll(/\benv\.([A-Z][A-Z_]+)/g)].map((match) => match[1] as string);
  const handedOn = Object.keys(childEnvironment()).map((name) => name.replace(/^LC_.*/, 'LC_*'));
  const expected = [...lookedAt, ...handedOn];
  assert.deepEqual(
    expected.filter((name) => !told.includes(name)),
    [],
  );
});

/** The files of the RPM, without its pages and licenses. */
function installedFiles(): string[] {
  const puts = read('rpm/monitor_service.spec').matchAll(/^put \d+ \S+ (\S+)/gm);
  return [...puts]
    .map(([, path = '']) => path.replace('%{_unitdir}', '/usr/lib/systemd/system'))
    .filter((path) => path.startsWith('/'));
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** What stands between one heading of the manual page and the next. */
function section(name: string): string {
  const text = read(MANUAL).split(`\n.Sh ${name}\n`)[1];
  assert.ok(text, `.Sh ${name}`);
  return `\n${text.split('\n.Sh ')[0]}\n`;
}

/** The lines of the synopsis that belong to one command. */
function synopsisOf(command: string): string {
  const uses = section('SYNOPSIS').split('\n.Nm\n');
  return uses.find((use) => new RegExp(`Cm ${command}$`, 'm').test(use)) ?? '';
}

/** The items below a heading of CONFIGURATION: what is said of each key, macros taken off. */
function itemsBelow(heading: string): Record<string, string> {
  const own = section('CONFIGURATION').split(`\n.Ss ${heading}\\&\n`)[1]?.split('\n.Ss ')[0];
  const items = (own ?? '').split('\n.It Ic ').slice(1);
  const pairs = items.map((item) => {
    const [name = '', ...text] = item.split('\n');
    return [name, text.join(' ').replace(/(^| )\.[A-Z][a-z] /g, '$1')];
  });
  return Object.fromEntries(pairs.sort());
}
