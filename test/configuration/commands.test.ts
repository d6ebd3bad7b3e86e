/** Commands: what stands in for `%s` and `%%`, and what is told of a command that hardly means what it says. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { commandFor } from '../../src/configuration/command_for.ts';
import { formatsWithName } from '../../src/configuration/formats.ts';
import { formatProblem } from '../../src/configuration/problem.ts';
import { readConfiguration } from '../../src/configuration/read.ts';
import { type Workspace, workspace } from '../support/workspace.ts';
import { toldAbout } from './support.ts';

let space: Workspace;
before(async () => {
  space = await workspace();
});
after(() => space.remove());

describe('a command is run as', () => {
  for (const [command, run] of [
    ['pgrep %s', 'pgrep web'],
    ['%s %s%s', 'web webweb'],
    ['date +%%s', 'date +%s'],
    ['%%%s', '%web'],
    ['%%%%s', '%%s'],
    ['%%s-%s', '%s-web'],
    ['date +%Y-%m %', 'date +%Y-%m %'],
    ['%S %d %x', '%S %d %x'],
  ] as const) {
    test(`${command}: ${run}`, () => assert.equal(commandFor(command, 'web'), run));
  }

  test('its name says, whatever that holds', () => {
    assert.equal(commandFor('a %s b %%', '%s$&%%'), 'a %s$&%% b %');
  });
});

const OTHERS_FORMATS: Record<string, readonly string[]> = {
  'date +': [
    ...[
      'test $(( $(date +%s) - 5 )) -lt 3',
      'date "+%s"',
      "date '+%Y|%s'",
      'date +"%Y %s"',
      'date -u +%s',
    ],
    ...[
      'date -d "2 days ago" +%s',
      '/bin/date --utc +%s',
      'busybox date +%s',
      'gdate +%s',
      '[ `date +%s` -gt 5 ]',
    ],
    ...['ssh h "date +%s"', "date --date='1 day ago' '+%s'", 'TZ=UTC date +%s'],
  ],
  'stat -c': [
    'stat -c %s /x',
    'stat -c%s /x',
    "stat -Lc '%Y %s' /x",
    'stat /x -c %s',
    'test $(stat -c %s /x) -gt 3',
  ],
  'stat --format': ['stat --format=%s /x', 'stat --format %s /x'],
  'stat --printf': ["stat --printf='%s\\n' /x"],
  'find -printf': ["find / -name x -printf '%p %s\\n'", 'find / -fprintf /tmp/a "%s"'],
  'ps -o': ["ps -eo '%p %s'"],
  printf: [
    ...[
      "printf '%s\\n' a",
      'printf "%s" "$x"',
      'printf %s a',
      "printf -- '%s' x",
      "printf '%d%%%s' 1 2",
    ],
    ...[
      `awk '{printf "%s", $1}' f`,
      `awk '{ printf("%d %s", $1) }'`,
      `perl -e 'printf STDERR "%s", 1'`,
    ],
  ],
  strftime: [
    ...[`awk 'BEGIN{print strftime("%s")}'`, `sqlite3 db "select strftime('%s','now')"`],
    ...[`mysql -e "select date_format(now(),'%i:%s')"`],
  ],
  '--time-style': ['ls --time-style=+%s'],
  '--format': ['git log --format=%s', 'git log --pretty=format:%s'],
  '+': ['dateutils.dconv -f "+%s"'],
  "'…' %": [`python3 -c "print('%s' % 3)"`],
};

describe('a %s that is another program’s is known', () => {
  for (const [format, commands] of Object.entries(OTHERS_FORMATS)) {
    for (const command of commands) {
      test(command, () => assert.deepEqual(formatsWithName(command), [format]));
    }
  }
});

describe('a %s that is the system name is left alone', () => {
  for (const command of [
    ...[
      'pgrep %s',
      'systemctl is-active %s',
      'update %s',
      'ps -C %s -o pid=',
      'ps -o pid= -C %s',
      'test -s /run/%s',
    ],
    ...[
      'stat -c %Y /run/%s.pid',
      'stat -c "%Y" /run/%s',
      'find /run -name %s.pid -printf "%p"',
      'date -r /run/%s +%Y',
    ],
    ...[
      'printf x | grep %s',
      'printf "x" > /run/%s',
      'printf "up" && systemctl status %s',
      'date +%Y && pgrep %s',
    ],
    ...[
      'test $(date +%H) -lt 4 || pgrep %s',
      'curl -d "date" http://%s/',
      'pgrep -f "printf" %s',
      '/opt/validate %s',
    ],
    ...['curl "http://h/?a=+1&name=%s"', 'date +%%s', 'stat -c %%s /x', "printf '%%s' a"],
  ]) {
    test(command, () => assert.deepEqual(formatsWithName(command), []));
  }
});

test('a command with another program’s %s is a warning at its line, which names %%s', () => {
  assert.deepEqual(
    toldAbout(
      '[process.default]',
      'health_check_command = [ $(date +%s) -gt 0 ]',
      '[process.web]',
      'health_check_command = test $(stat -c %s /x) -gt 0 && printf %s x',
      'pre_restart_command = date +%%s',
    ),
    [
      `config.ini:2: warning: [process.default] health_check_command: %s behind "date +" becomes the system name; write %%s for a %s of the program's own`,
      `config.ini:4: warning: [process.web] health_check_command: %s behind "stat -c" becomes the system name; write %%s for a %s of the program's own`,
      `config.ini:4: warning: [process.web] health_check_command: %s behind "printf" becomes the system name; write %%s for a %s of the program's own`,
    ],
  );
});

describe('a start command of another program than the default check looks for', () => {
  const told = (start: string, ...more: string[]) =>
    toldAbout('[process.web]', 'restart_strategy = process', ...more, `start_command = ${start}`);
  const warning = (program: string, name = 'web') =>
    `starts ${program}, but the default health check looks for a program called ${name}; set health_check_command or system_name`;

  for (const [start, program] of [
    ['/opt/web/start.sh', 'start.sh'],
    ['python3 /opt/web/web.py', 'python3'],
    ['A=1 exec nohup setsid -f /opt/x/webd --a > /dev/null 2>&1 &', 'webd'],
    ['cd /opt/web && ./run', 'run'],
    ['env -i PATH=/bin nice -n5 "/opt/my dir/node" web.js', 'node'],
    ['%s-server', 'web-server'],
  ] as const) {
    test(`is told: ${start}`, () => {
      assert.deepEqual(told(start), [
        `config.ini:3: warning: [process.web] start_command: ${warning(program)}`,
      ]);
    });
  }

  for (const start of [
    ...[
      'web',
      '/opt/web/bin/web --daemon',
      'exec web',
      'cd /opt && ./web',
      'nohup env A=1 /opt/web &',
      '%s -d',
    ],
    // What they start can't be told.
    ...[
      'sudo -u www node x.js',
      '$RUN',
      'a | b',
      '. /opt/web/env; $(which x)',
      'env -u X node',
      '(cd /x; node y)',
    ],
  ]) {
    test(`is not told: ${start}`, () => {
      assert.deepEqual(told(start), []);
    });
  }

  test('is fine with a health check, a system name, or where it is not run', () => {
    assert.deepEqual(told('node web.js', 'health_check_command = curl -f http://localhost/'), []);
    assert.deepEqual(told('node web.js', 'system_name = node'), []);
    assert.deepEqual(told('/opt/web', 'system_name = web.service'), []);
    const unused = toldAbout('[process.web]', 'restart_strategy = service', 'start_command = node');
    assert.equal(unused.filter((line) => line.includes('default health check')).length, 0);
  });
});

/** What the host has to say of a configuration. */
function toldThoroughly(...lines: string[]): string[] {
  const file = space.write('config.ini', lines.join('\n'));
  return readConfiguration(file, 'thorough').problems.map((problem) =>
    formatProblem(file, problem).replaceAll(file, 'FILE'),
  );
}

describe('a command that /bin/sh can’t read is an error', () => {
  for (const command of [
    ...[
      "echo 'it is",
      'echo "it is',
      'if true; then echo',
      '( true',
      'true )',
      'a && && b',
      'a | | b',
      '| a',
    ],
    ...['for', 'echo `date', 'f() {', 'done', 'a ;; b', 'case x in'],
  ]) {
    test(command, () => {
      const [told = '', ...more] = toldThoroughly(
        '[process.web]',
        `pre_restart_command = ${command}`,
      );
      assert.match(
        told,
        /^FILE:2: \[process\.web\] pre_restart_command: \/bin\/sh cannot read this command: [Ss]yntax error|unexpected/,
      );
      assert.deepEqual(more, []);
    });
  }

  test('and what it can read is none', () => {
    for (const command of [
      ...[
        'true; false',
        "echo 'a b'",
        'if true; then echo; fi',
        '(true) && { true; }',
        'true # comment',
      ],
      ...[
        '[ -f /etc/passwd ] && : || exit 1',
        'test "$(date +%%s)" -gt 0',
        'exec true',
        'while false; do :; done',
      ],
    ]) {
      assert.deepEqual(toldThoroughly('[process.web]', `pre_restart_command = ${command}`), []);
    }
  });

  test('and it is never run', () => {
    const mark = space.path('ran');
    toldThoroughly(
      '[process.web]',
      `pre_restart_command = touch ${mark}; (`,
      `restart_command = touch '${mark}';`,
    );
    assert.ok(!existsSync(mark));
  });
});

describe('a program that is not on this host is a warning', () => {
  for (const [command, message] of [
    ['/no/such/program --x', '/no/such/program is not a program on this host'],
    ['A=1 B= /no/such/program', '/no/such/program is not a program on this host'],
    ['exec /no/such/program', '/no/such/program is not a program on this host'],
    ['/etc', '/etc is not a program on this host'],
    ['/etc/passwd', '/etc/passwd is not a program on this host'],
    ['no-such-program | cat', `no-such-program is not in PATH (${process.env.PATH})`],
    ['no-such-%s', `no-such-web is not in PATH (${process.env.PATH})`],
    ['./no-such-program', './no-such-program is not a program on this host'],
  ] as const) {
    test(command, () => {
      assert.deepEqual(toldThoroughly('[process.web]', `pre_restart_command = ${command}`), [
        `FILE:2: warning: [process.web] pre_restart_command: ${message}`,
      ]);
    });
  }

  test('but not what the shell has itself, nor what can’t be told', () => {
    for (const command of [
      ...[
        'cd /x',
        '[ -f /x ]',
        ': x',
        'if no-such; then :; fi',
        '(no-such)',
        '{ no-such; }',
        '$RUN x',
        'f() { :; }; f',
      ],
      ...[
        '"no such" x',
        'A="b c" no-such',
        'cat /no/such',
        './bin/sh -c :',
        'bin/sh',
        '! true',
        'test -x /no || no-such',
      ],
    ]) {
      assert.deepEqual(
        toldThoroughly('[process.web]', `pre_restart_command = ${command}`),
        [],
        command,
      );
    }
    assert.deepEqual(
      toldThoroughly('[process.default]', 'pre_restart_command = /opt/%s/check'),
      [],
    );
    assert.deepEqual(toldThoroughly('[process.web]', 'health_check_command = pgrep %s'), []);
  });
});
