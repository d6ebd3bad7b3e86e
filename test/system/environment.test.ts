import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { runCommand } from '../../src/system/command.ts';
import { childEnvironment, searchPath } from '../../src/system/environment.ts';

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

const STANDARD = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

describe('the environment of every command', () => {
  test('holds no secret of the service, and nothing that systemd tells it alone', async () => {
    const private_ = {
      MYSQL_PWD: 'x',
      DATABASE_PASSWORD: 'x',
      NOTIFY_SOCKET: '/run/systemd/notify',
      WATCHDOG_USEC: '1',
      JOURNAL_STREAM: '1:2',
      CREDENTIALS_DIRECTORY: '/run/credentials',
      LISTEN_FDS: '1',
      INVOCATION_ID: 'x',
      NODE_OPTIONS: '--no-warnings',
      LD_PRELOAD: '',
      BASH_ENV: '/nowhere',
      ENV: '/nowhere',
    };
    Object.assign(process.env, private_, { LANG: 'C.UTF-8', LC_ALL: 'C', TZ: 'Europe/Berlin' });
    const { outputLines } = await runCommand('env', { timeoutMs: 5000, leftovers: 'end' });
    const names = outputLines.map((line) => line.split('=')[0]);
    const allowed = ['HOME', 'LANG', 'LANGUAGE', 'LOGNAME', 'PATH', 'PWD', 'SHELL', 'TZ', 'USER'];
    const shells = ['OLDPWD', 'SHLVL', '_'];
    assert.deepEqual(
      names.filter((name = '') => ![...allowed, ...shells].includes(name) && !/^LC_/.test(name)),
      [],
    );
    assert.ok(outputLines.includes('TZ=Europe/Berlin'));
    assert.ok(outputLines.includes('LC_ALL=C'));
    assert.ok(outputLines.includes('SHELL=/bin/sh'));
  });

  test('names the user of the service, whatever its own environment says', () => {
    const { USER, HOME } = childEnvironment();
    Object.assign(process.env, { USER: 'somebody', HOME: '/somewhere' });
    assert.deepEqual([childEnvironment().USER, childEnvironment().HOME], [USER, HOME]);
    assert.notEqual(USER, 'somebody');
  });
});

describe('the directories where programs are looked for', () => {
  test('are those of PATH, without relative ones', () => {
    process.env.PATH = '/a:.::bin:/b:../c';
    assert.equal(searchPath(), '/a:/b');
    assert.equal(childEnvironment().PATH, '/a:/b');
  });

  test('are the usual ones where PATH names none', () => {
    for (const path of ['', '.:bin']) {
      process.env.PATH = path;
      assert.equal(searchPath(), STANDARD);
    }
    delete process.env.PATH;
    assert.equal(searchPath(), STANDARD);
  });
});
