import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { refusalOf } from '../../src/monitor/process_name.ts';

const NOT_SAFE =
  'expected letters, digits and _.@:+-, at most 100 characters, beginning with a letter or digit';
const HARMS = 'to start it would stop or harm this host';
const ITSELF = 'it is this service';
const NO_SERVICE = 'it names a systemd unit that is no service';

describe('a name that is refused as it could mean something to a shell, a program or a path', () => {
  const hostile = [
    'a; touch /tmp/x',
    '$(id)',
    '`id`',
    '-f',
    '--help',
    '../../bin/sh',
    '/bin/sh',
    'a/b',
    'a\nb',
    'a\n',
    '\na',
    'a\r',
    'a\0b',
    'a\tb',
    'a b',
    ' a',
    'a ',
    '',
    '.',
    '..',
    '.hidden',
    '_a',
    '@a',
    ':a',
    '+a',
    'a*',
    'a?',
    '[a]',
    '{a,b}',
    '~root',
    'a|b',
    'a&b',
    'a>b',
    'a<b',
    'a=b',
    'a#b',
    'a!b',
    'a%s',
    '%s',
    'a,b',
    'a^b',
    'a\\b',
    'a\\x2',
    'a\\x2D',
    'a\\u0041',
    'a\\\\x2d',
    '\\x2da',
    "a'b",
    'a"b',
    'a(b)',
    '\u001b[2J',
    'café',
    'cafe\u0301',
    'серверь',
    'nginｘ',
    '進程',
    '\u202enginx',
    'nginx\u200b',
    'nginx\ufeff',
    '💣',
    '\ud83d',
    '٣',
    `a${'b'.repeat(100)}`,
    'a'.repeat(1_000_000),
  ];
  for (const name of hostile) {
    const shown = name.length > 20 ? `${name.length} characters` : JSON.stringify(name);
    test(shown, () => assert.equal(refusalOf(name), NOT_SAFE));
  }
});

describe('a name that is refused as its restart would stop the host or the service', () => {
  const fatal = [
    'halt',
    'poweroff',
    'reboot',
    'soft-reboot',
    'shutdown',
    'kexec',
    'suspend',
    'hibernate',
    'init',
    'telinit',
    'killall5',
    'rescue',
    'emergency',
    'debug-shell',
    'systemd-halt',
    'systemd-poweroff',
    'systemd-reboot',
    'systemd-soft-reboot',
    'systemd-kexec',
    'systemd-exit',
    'systemd-suspend',
    'systemd-hibernate',
    'systemd-hybrid-sleep',
    'systemd-suspend-then-hibernate',
    'initrd-switch-root',
    'initrd-cleanup',
    'system-update-cleanup',
    'crontab',
    'pwunconv',
    'selinux-autorelabel',
    'redboot-auto-reboot',
    'systemd-sysupdate-reboot',
    'systemd-factory-reset-reboot',
    'systemd-tpm2-clear',
    'packagekit-offline-update',
    'dracut-emergency',
    'blkdeactivate',
    'aa-teardown',
    'dhclient',
    'pm-suspend',
    'sulogin',
    'systemd',
  ];
  for (const name of fatal) {
    test(name, () => {
      assert.equal(refusalOf(name), HARMS);
      assert.equal(refusalOf(`${name}.service`), HARMS);
    });
  }

  for (const name of ['monitor_service', 'monitor_service@second', 'monitor_service-alarm@x']) {
    test(name, () => {
      assert.equal(refusalOf(name), ITSELF);
      assert.equal(refusalOf(`${name}.service`), ITSELF);
    });
  }

  for (const name of ['ctrl-alt-del.target', 'poweroff.target', 'sshd.socket', 'a.timer']) {
    test(name, () => assert.equal(refusalOf(name), NO_SERVICE));
  }
});

describe('a name that may be restarted', () => {
  const fine = [
    'a',
    '0',
    'nginx',
    'Nginx',
    'php8.2-fpm',
    'foo.service',
    'getty@tty1',
    'getty@tty1.service',
    'a_b.c@d:e+f-g',
    'a\\x2db',
    'foo@a\\x2db.service',
    'backup@srv\\x2ddata-\\xc3\\xa9',
    '7zip',
    'g++',
    'true',
    'null',
    'constructor',
    'a--',
    'rebooter',
    'halt-monitor',
    'initrd',
    'shutdown-guard',
    'my_monitor_service',
    'monitor_services',
    'Reboot',
    'a'.repeat(100),
  ];
  for (const name of fine) {
    test(name.length > 30 ? `${name.length} characters` : name, () => {
      assert.equal(refusalOf(name), undefined);
    });
  }
});
