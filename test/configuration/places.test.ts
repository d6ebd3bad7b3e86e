/** Where others could put their files in the place of the service's: it is told, before anything is made there. */
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, test } from 'node:test';
import { formatProblem } from '../../src/configuration/problem.ts';
import { readConfiguration } from '../../src/configuration/read.ts';
import { type Workspace, workspace } from '../support/workspace.ts';

let space: Workspace;
beforeEach(async () => {
  space = await workspace();
});
afterEach(() => space.remove());

const NOT_ROOT = process.getuid?.() !== 0 && 'only root may give a file away';
const NOBODY = 65_534;

/** What is told of a configuration with these keys, its path as FILE. */
function told(text = '[database]'): string[] {
  const file = space.write('config.ini', text);
  return readConfiguration(file).problems.map((problem) =>
    formatProblem(file, problem).replaceAll(file, 'FILE'),
  );
}

/** `breach` is what others can change. */
function expected(line: number, key: string, path: string, breach: string): string {
  return `FILE:${line}: warning: ${key}: got "${path}", expected a directory that nobody but root and this user can change: others can change ${breach} and put theirs in its place`;
}

test('the usual places are fit', () => {
  assert.deepEqual(told(), []);
});

for (const mode of [0o777, 0o1777, 0o707]) {
  test(`a control socket, a state and a log in a directory of mode ${mode.toString(8)} are told`, () => {
    mkdirSync(space.path('open'));
    chmodSync(space.path('open'), mode);
    const [socket, log] = [space.path('open/c.sock'), space.path('open/m.log')];
    const state = space.path('open');
    const monitor = `[monitor]\ncontrol_socket = ${socket}\nstate_directory = ${state}\n`;
    assert.deepEqual(told(`${monitor}[logging]\nlog_file = ${log}\n`), [
      expected(3, '[monitor] state_directory', state, state),
      expected(2, '[monitor] control_socket', socket, state),
      expected(5, '[logging] log_file', log, state),
    ]);
  });
}

test('an embedded database in a directory that others can change is told, where it is used', () => {
  mkdirSync(space.path('open'));
  chmodSync(space.path('open'), 0o777);
  const file = space.write('open/alarms.db', '');
  const text = `[database]\nfile = ${file}\nuser = me\n`;
  assert.deepEqual(told(`${text}driver = sqlite\n`), [
    expected(2, '[database] file', file, space.path('open')),
  ]);
  assert.deepEqual(told(text), []);
  chmodSync(space.path('open'), 0o700);
  assert.deepEqual(told(`${text}driver = sqlite\n`), []);
});

test('a directory that has to be made is judged by where it would be', () => {
  mkdirSync(space.path('open'));
  chmodSync(space.path('open'), 0o1777);
  const socket = space.path('open/a/b/c.sock');
  const text = `[monitor]\ncontrol_socket = ${socket}\n`;
  assert.deepEqual(told(text), [
    expected(2, '[monitor] control_socket', socket, space.path('open')),
  ]);
  mkdirSync(space.path('open/a'), { mode: 0o700 });
  assert.deepEqual(told(text), []);
});

test('a link to nowhere is told, as others could make where it leads', () => {
  mkdirSync(space.path('open'));
  chmodSync(space.path('open'), 0o1777);
  symlinkSync(space.path('open/later'), space.path('link'));
  const text = `[monitor]\nstate_directory = ${space.path('link')}\n`;
  assert.deepEqual(told(text), [
    expected(2, '[monitor] state_directory', space.path('link'), space.path('link')),
  ]);
});

test('a link leads to what is judged, and is judged itself', () => {
  mkdirSync(space.path('open'));
  mkdirSync(space.path('own'), { mode: 0o700 });
  chmodSync(space.path('open'), 0o777);
  symlinkSync(space.path('own'), space.path('open/link'));
  symlinkSync(space.path('open'), space.path('own/link'));
  for (const socket of [space.path('open/link/c.sock'), space.path('own/link/c.sock')]) {
    const text = `[monitor]\ncontrol_socket = ${socket}\n`;
    assert.deepEqual(told(text), [
      expected(2, '[monitor] control_socket', socket, space.path('open')),
    ]);
  }
});

test('a directory of another user’s is told', { skip: NOT_ROOT }, () => {
  mkdirSync(space.path('foreign'), { mode: 0o700 });
  chownSync(space.path('foreign'), NOBODY, NOBODY);
  const socket = space.path('foreign/c.sock');
  const text = `[monitor]\ncontrol_socket = ${socket}\n`;
  assert.deepEqual(told(text), [
    expected(2, '[monitor] control_socket', socket, space.path('foreign')),
  ]);
});

test('the group of a directory of logs may keep them', { skip: NOT_ROOT }, () => {
  mkdirSync(space.path('log'));
  chownSync(space.path('log'), 0, 4);
  chmodSync(space.path('log'), 0o775);
  assert.deepEqual(told(`[logging]\nlog_file = ${space.path('log/m.log')}\n`), []);
});

test('a directory that root’s group may write to is told, as an access control list looks so', {
  skip: NOT_ROOT,
}, () => {
  mkdirSync(space.path('listed'));
  chmodSync(space.path('listed'), 0o775);
  const [socket, log] = [space.path('listed/c.sock'), space.path('listed/m.log')];
  const text = `[monitor]\ncontrol_socket = ${socket}\n[logging]\nlog_file = ${log}\n`;
  assert.deepEqual(told(text), [
    expected(2, '[monitor] control_socket', socket, space.path('listed')),
    expected(4, '[logging] log_file', log, space.path('listed')),
  ]);
  chmodSync(space.path('listed'), 0o755);
  assert.deepEqual(told(text), []);
});

test('a configuration that others can replace is told, and so is such a file of the password', () => {
  const changed = `can be replaced or changed by others than root and this user: see owner and mode of ${space.path('open')}`;
  const file = space.write('open/config.ini', '[database]');
  chmodSync(space.path('open'), 0o777);
  const [problem] = readConfiguration(file).problems;
  assert.equal(problem?.message, `${file} ${changed}`);
  const password = space.path('open/password');
  renameSync(file, password);
  assert.deepEqual(told(`[database]\nuser = a\npassword_file = ${password}\n`), [
    `FILE: warning: ${password} ${changed}`,
  ]);
});

test('what is told is the highest that others can change, as all below depends on it', () => {
  for (const directory of ['a', 'a/b', 'a/b/c']) {
    mkdirSync(space.path(directory));
    chmodSync(space.path(directory), directory === 'a' ? 0o755 : 0o777);
  }
  const socket = space.path('a/b/c/c.sock');
  const text = `[monitor]\ncontrol_socket = ${socket}\n`;
  assert.deepEqual(told(text), [
    expected(2, '[monitor] control_socket', socket, space.path('a/b')),
  ]);
});

test('a wrong mode does not hide that others can replace the file', () => {
  const file = space.write('open/config.ini', '[database]', 0o644);
  chmodSync(space.path('open'), 0o777);
  assert.deepEqual(
    readConfiguration(file).problems.map(({ message }) => message),
    [
      `${file} has mode 0644, expected 0600, as it can hold a password: chmod 600 ${file}`,
      `${file} can be replaced or changed by others than root and this user: see owner and mode of ${space.path('open')}`,
    ],
  );
});

test('a configuration of another user’s is told', { skip: NOT_ROOT }, () => {
  const file = space.write('foreign.ini', '[database]');
  chownSync(file, NOBODY, NOBODY);
  assert.match(readConfiguration(file).problems[0]?.message ?? '', /can be replaced or changed/);
});
