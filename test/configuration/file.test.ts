/** The file itself: what may be in its place, who may read it, and the file with the password. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { formatProblem } from '../../src/configuration/problem.ts';
import { readConfiguration } from '../../src/configuration/read.ts';
import { type Workspace, workspace } from '../support/workspace.ts';

let space: Workspace;
before(async () => {
  space = await workspace();
});
after(() => space.remove());

const NOBODY = 65_534;

/** What is told about a file, its path as FILE. */
function told(file: string): string[] {
  return readConfiguration(file).problems.map((problem) =>
    formatProblem(file, problem).replaceAll(file, 'FILE'),
  );
}

function written(content: string | Buffer): string {
  const file = space.write('config.ini', '');
  writeFileSync(file, content);
  return file;
}

function assertRefused(file: string, ...problems: string[]): void {
  assert.deepEqual(told(file), problems);
  assert.equal(readConfiguration(file).settings, undefined);
}

test('a file that is not there is told', () => {
  assertRefused(space.path('none.ini'), 'FILE: does not exist');
});

test('a link that leads nowhere is told', () => {
  symlinkSync(space.path('none.ini'), space.path('link.ini'));
  assertRefused(space.path('link.ini'), 'FILE: does not exist');
});

test('a directory in the file’s place is told', () => {
  mkdirSync(space.path('directory.ini'));
  assertRefused(space.path('directory.ini'), 'FILE: is not a regular file');
});

test('a FIFO in the file’s place is told, and not waited for', () => {
  execFileSync('mkfifo', [space.path('fifo.ini')]);
  assertRefused(space.path('fifo.ini'), 'FILE: is not a regular file');
});

test('a device in the file’s place is told, and not read', () => {
  assertRefused('/dev/zero', 'FILE: is not a regular file');
});

test('a file that this user may not read is told', () => {
  const file = space.write('closed.ini', '[database]', 0o000);
  chmodSync(space.path(), 0o755);
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) {
    process.seteuid?.(NOBODY);
  }
  try {
    assertRefused(file, 'FILE: may not be read by this user');
  } finally {
    if (isRoot) {
      process.seteuid?.(0);
    }
  }
});

test('a file that is too large to be a configuration is told', () => {
  const limit = 1024 * 1024;
  const comment = `[database]\n; ${'x'.repeat(limit)}`;
  assert.deepEqual(told(written(comment.slice(0, limit))), []);
  assertRefused(written(comment.slice(0, limit + 1)), `FILE: is larger than ${limit} bytes`);
});

test('a file that is not UTF-8 is told', () => {
  const latin1 = Buffer.from('[database]\npassword = geh\xe9im\n', 'latin1');
  assertRefused(written(latin1), 'FILE: is not UTF-8 text');
  const utf16 = Buffer.from('\uFEFF[database]\n', 'utf16le');
  assertRefused(written(utf16), 'FILE: is not UTF-8 text');
});

test('a NUL in a comment harms nobody, in a value it is told', () => {
  assert.deepEqual(told(written('; a\0b\n[database]\n')), []);
  assertRefused(
    written('[database]\nuser = a\0b\n'),
    String.raw`FILE:2: [database] user: got "a\u0000b", expected some text`,
  );
});

test('a byte order mark, CR LF and a missing last line break are no matter', () => {
  const file = written('\uFEFF[database]\r\nhost = db1\r\n[monitor]\r\ncheck_interval = 7');
  const { settings, problems } = readConfiguration(file);
  assert.deepEqual(problems, []);
  assert.equal(settings?.database.host, 'db1');
  assert.equal(settings?.monitor.check_interval, 7);
});

test('a file that sets nothing is told, as it was cut off', () => {
  const expected =
    'FILE:1: sets nothing, expected at least one section: [database], [monitor], [logging] or [process.NAME]';
  for (const text of ['', '\n', '; a comment\n', '\uFEFF']) {
    assertRefused(written(text), expected);
  }
});

test('a section without keys is a configuration of defaults', () => {
  const { settings, problems } = readConfiguration(written('[database]'));
  assert.deepEqual(problems, []);
  assert.equal(settings?.monitor.check_interval, 300);
});

test('a file that others can read is a warning that names the mode to set', () => {
  for (const mode of [0o644, 0o640, 0o604, 0o660]) {
    const file = space.write('open.ini', '[database]\npassword = huntertwo\n', mode);
    const octal = `0${mode.toString(8)}`;
    const reason =
      mode === 0o660
        ? 'who can write it can run commands as this service'
        : 'it can hold a password';
    assert.deepEqual(told(file), [
      `FILE: warning: FILE has mode ${octal}, expected 0600, as ${reason}: chmod 600 FILE`,
    ]);
    assert.equal(readConfiguration(file).settings?.database.password, 'huntertwo');
  }
  for (const mode of [0o600, 0o400, 0o700]) {
    assert.deepEqual(told(space.write('open.ini', '[database]', mode)), []);
  }
});

test('the mode is told first, with all else that is wrong', () => {
  const file = space.write('open.ini', '[monitor]\ncheck_interval = x\n', 0o644);
  assertRefused(
    file,
    'FILE: warning: FILE has mode 0644, expected 0600, as it can hold a password: chmod 600 FILE',
    'FILE:2: [monitor] check_interval: got "x", expected whole seconds from 1 to 86400 (or 5m, 2h)',
  );
});

function withPasswordFile(passwordFile: string): string {
  return written(`[database]\nuser = me\npassword_file = ${passwordFile}\n`);
}

test('a password comes out of its file, without the line break at the end', () => {
  for (const [content, password] of [
    ['geheim', 'geheim'],
    ['geheim\n', 'geheim'],
    ['geheim\r\n', 'geheim'],
    [' ;#="\\ \n\n', ' ;#="\\ \n'],
    ['', ''],
  ] as const) {
    const { settings, problems } = readConfiguration(
      withPasswordFile(space.write('password', content)),
    );
    assert.deepEqual(problems, []);
    assert.equal(settings?.database.password, password);
  }
});

test('a password file that cannot be read is told with its key', () => {
  const missing = space.path('no-password');
  assertRefused(
    withPasswordFile(missing),
    `FILE:3: [database] password_file: got "${missing}", which does not exist`,
  );
  const directory = space.path();
  assertRefused(
    withPasswordFile(directory),
    `FILE:3: [database] password_file: got "${directory}", which is not a regular file`,
  );
});

test('a password file that others can read is a warning', () => {
  const passwordFile = space.write('password', 'huntertwo', 0o644);
  const file = withPasswordFile(passwordFile);
  assert.deepEqual(told(file), [
    `FILE: warning: ${passwordFile} has mode 0644, expected 0600, as it can hold a password: chmod 600 ${passwordFile}`,
  ]);
});
