/** A password is in the configuration, and nowhere else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskSecrets } from '../../src/configuration/mask.ts';
import { shownSettings, showSettings } from '../../src/configuration/show.ts';
import { settingsFrom, toldAbout } from './support.ts';

const SECRET = 'h$&nter"2\'';

test('a password is not shown, not even its length', () => {
  for (const password of [SECRET, 'x']) {
    const settings = settingsFrom('[database]', `password = ${password}`);
    assert.match(showSettings(settings), /^password = \*{8}$/m);
    assert.equal(shownSettings(settings).database?.password, '********');
  }
});

test('that there is no password is shown', () => {
  assert.match(showSettings(settingsFrom('')), /^password =$/m);
});

test('the database’s password is not shown in a command that uses it', () => {
  const settings = settingsFrom(
    '[database]',
    `password = ${SECRET}`,
    '[process.mysqld]',
    `health_check_command = probe ${SECRET} --host db1`,
  );
  assert.match(showSettings(settings), /^health_check_command = probe \*{8} --host db1$/m);
});

test('what is told about a wrong line never holds its secret', () => {
  const told = toldAbout(
    '[database]',
    'password = hunter\0two',
    'pasword = huntertwo',
    'password: huntertwo',
    'huntertwo',
    'password = huntertwo',
    'password = huntertwo',
    'password_file = /run/secret',
    '[huntertwo',
  );
  assert.equal(told.length, 7);
  assert.doesNotMatch(told.join('\n'), /hunter/);
  assert.equal(
    told[0],
    'config.ini:2: [database] password: got a value that is not shown, expected a password',
  );
});

test('what is told about a wrong command never holds a password', () => {
  const told = toldAbout('[process.a]', "health_check_command = mysqladmin -p'huntertwo' \0");
  assert.equal(told.length, 1);
  assert.doesNotMatch(told.join('\n'), /hunter/);
});

test('passwords in commands are covered where tools take them', () => {
  for (const [command, shown] of [
    ["mysqladmin -u root -p'password' ping", 'mysqladmin -u root -p******** ping'],
    ['mysqladmin -p"pass word" ping', 'mysqladmin -p******** ping'],
    ['mariadb -psecret -e "SELECT 1"', 'mariadb -p******** -e "SELECT 1"'],
    ['mysql --password=secret', 'mysql --password=********'],
    ["mysql --password='it is secret' -h db1", 'mysql --password=******** -h db1'],
    ['MYSQL_PWD=secret mysql', 'MYSQL_PWD=******** mysql'],
    ['PGPASSWORD=secret psql', 'PGPASSWORD=******** psql'],
    ['curl https://me:secret@host/x', 'curl https://me:********@host/x'],
    ['probe --token secret', 'probe --token ********'],
  ] as const) {
    assert.equal(maskSecrets(command), shown);
  }
});

test('a command without a password is shown as it is', () => {
  for (const command of [
    'mkdir -p /run/x',
    'systemctl is-active mysqld',
    'curl -s http://localhost:8080/ > /dev/null',
    'ssh -p 2222 me@host true',
    'pgrep %s',
  ]) {
    assert.equal(maskSecrets(command), command);
  }
});
