import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { FileSystem } from '../../src/log/open_file.ts';
import { RotatingFile } from '../../src/log/rotating_file.ts';
import { contents, fsWith, openDescriptors, tempDir, writeFiles } from './support.ts';

const mode = (file: string): string => (fs.statSync(file).mode & 0o7777).toString(8);

describe('when a file rotates', () => {
  test('a line that fills it to the last byte stays in it', (t) => {
    const directory = tempDir(t);
    const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: 10, filesToKeep: 5 });
    file.append('1234');
    file.append('5678');
    assert.deepEqual(contents(directory), { 'x.log': '1234\n5678\n' });
    file.close();
  });

  test('a line that would take it one byte past the limit begins the next', (t) => {
    const directory = tempDir(t);
    const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: 10, filesToKeep: 5 });
    file.append('1234');
    file.append('56789');
    assert.deepEqual(contents(directory), { 'x.log': '56789\n', 'x.log.1': '1234\n' });
    file.close();
  });

  test('bytes count, not characters', (t) => {
    const directory = tempDir(t);
    const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: 10, filesToKeep: 5 });
    file.append('1234');
    file.append('€€'); // six bytes and a line break
    assert.deepEqual(contents(directory), { 'x.log': '€€\n', 'x.log.1': '1234\n' });
    file.close();
  });

  test('a line larger than the limit is written whole and alone', (t) => {
    const directory = tempDir(t);
    const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: 10, filesToKeep: 5 });
    for (const line of ['a', '1234567890', 'b']) file.append(line);
    assert.deepEqual(contents(directory), {
      'x.log': 'b\n',
      'x.log.1': '1234567890\n',
      'x.log.2': 'a\n',
    });
    file.close();
  });

  test('lines appended together stay together', (t) => {
    const directory = tempDir(t);
    const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: 10, filesToKeep: 5 });
    file.append('1234');
    file.append('56', 'abc');
    assert.deepEqual(contents(directory), { 'x.log': '56\nabc\n', 'x.log.1': '1234\n' });
    file.close();
  });

  test('an empty file never rotates', (t) => {
    const directory = tempDir(t);
    writeFiles(directory, { 'x.log': '' });
    const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: 10, filesToKeep: 5 });
    file.append('1234567890');
    assert.deepEqual(contents(directory), { 'x.log': '1234567890\n' });
    file.close();
  });

  test('what an earlier run wrote counts', (t) => {
    const directory = tempDir(t);
    writeFiles(directory, { 'x.log': '12345678\n' });
    const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: 10, filesToKeep: 5 });
    file.append('a');
    assert.deepEqual(contents(directory), { 'x.log': 'a\n', 'x.log.1': '12345678\n' });
    file.close();
  });

  test('a file that somebody truncated has room again', (t) => {
    const directory = tempDir(t);
    const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: 10, filesToKeep: 5 });
    file.append('12345678');
    fs.truncateSync(join(directory, 'x.log'));
    file.append('abc');
    assert.deepEqual(contents(directory), { 'x.log': 'abc\n' });
    file.close();
  });
});

describe('what a rotation keeps', () => {
  const lines = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const kept: ReadonlyArray<readonly [number, Record<string, string>]> = [
    [0, { 'x.log': 'h\n' }],
    [1, { 'x.log': 'h\n', 'x.log.1': 'g\n' }],
    [
      5,
      {
        'x.log': 'h\n',
        'x.log.1': 'g\n',
        'x.log.2': 'f\n',
        'x.log.3': 'e\n',
        'x.log.4': 'd\n',
        'x.log.5': 'c\n',
      },
    ],
  ];
  for (const [filesToKeep, expected] of kept) {
    test(`${filesToKeep} rotated files, the newest, beside the log`, (t) => {
      const directory = tempDir(t);
      const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: 2, filesToKeep });
      for (const line of lines) file.append(line);
      assert.deepEqual(contents(directory), expected);
      file.close();
    });
  }

  test('numbers pass nine in order', (t) => {
    const directory = tempDir(t);
    const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: 2, filesToKeep: 12 });
    for (let line = 0; line < 14; line += 1) file.append(String(line));
    assert.equal(fs.readFileSync(join(directory, 'x.log.12'), 'utf8'), '1\n');
    assert.equal(fs.readFileSync(join(directory, 'x.log.10'), 'utf8'), '3\n');
    file.close();
  });

  test('a gap in the numbers is filled, and the oldest files stay where they are', (t) => {
    const directory = tempDir(t);
    writeFiles(directory, { 'x.log': 'new\n', 'x.log.1': '1\n', 'x.log.3': '3\n' });
    const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: 5, filesToKeep: 5 });
    file.append('newer');
    assert.deepEqual(contents(directory), {
      'x.log': 'newer\n',
      'x.log.1': 'new\n',
      'x.log.2': '1\n',
      'x.log.3': '3\n',
    });
    file.close();
  });

  test('lowered from 5 to 2, the surplus goes with the next rotation', (t) => {
    const directory = tempDir(t);
    writeFiles(directory, {
      'x.log': 'a\n',
      'x.log.1': '1\n',
      'x.log.2': '2\n',
      'x.log.3': '3\n',
      'x.log.5': '5\n',
    });
    const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: 2, filesToKeep: 2 });
    file.append('b');
    assert.deepEqual(contents(directory), { 'x.log': 'b\n', 'x.log.1': 'a\n', 'x.log.2': '1\n' });
    file.close();
  });

  test('foreign files and folders beside it are not touched', (t) => {
    const directory = tempDir(t);
    const foreign = {
      'other.log': 'o\n',
      'x.log.01': '01\n',
      'x.log.1.gz': 'gz\n',
      'x.log.old': 'old\n',
    };
    writeFiles(directory, foreign);
    const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: 2, filesToKeep: 1 });
    for (const line of ['a', 'b', 'c']) file.append(line);
    assert.deepEqual(contents(directory), { ...foreign, 'x.log': 'c\n', 'x.log.1': 'b\n' });
    file.close();
  });

  test('a folder whose name is numbered beyond is left alone', (t) => {
    const directory = tempDir(t);
    fs.mkdirSync(join(directory, 'x.log.7'));
    const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: 2, filesToKeep: 1 });
    for (const line of ['a', 'b', 'c']) file.append(line);
    assert.deepEqual(fs.readdirSync(directory).sort(), ['x.log', 'x.log.1', 'x.log.7']);
    file.close();
  });
});

describe('modes', () => {
  test('a new log has mode 0640, whatever the umask', (t) => {
    const directory = tempDir(t);
    for (const umask of [0o000, 0o022, 0o077]) {
      const path = join(directory, `${umask}.log`);
      const before = process.umask(umask);
      const file = new RotatingFile(path, { maxBytes: 10, filesToKeep: 5 });
      file.append('a');
      process.umask(before);
      assert.equal(mode(path), '640');
      file.close();
    }
  });

  test('the mode of a log that was there stays, in rotation too, and the new one has 0640', (t) => {
    const directory = tempDir(t);
    const path = join(directory, 'x.log');
    writeFiles(directory, { 'x.log': 'a\n' });
    fs.chmodSync(path, 0o604);
    const file = new RotatingFile(path, { maxBytes: 4, filesToKeep: 2 });
    file.append('b');
    assert.equal(mode(path), '604');
    file.append('c');
    assert.deepEqual([mode(path), mode(`${path}.1`)], ['640', '604']);
    file.close();
  });

  test('it is open for appending, does not block, and no child inherits it', (t) => {
    const path = join(tempDir(t), 'x.log');
    const file = new RotatingFile(path, { maxBytes: 10, filesToKeep: 5 });
    const { fd } = file.reopen();
    const [, flags] =
      /^flags:\s+(\d+)$/m.exec(fs.readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')) ?? [];
    const { O_APPEND, O_NONBLOCK, O_NOFOLLOW } = fs.constants;
    const wanted = O_APPEND | O_NONBLOCK | O_NOFOLLOW | 0o2000000; // the last is O_CLOEXEC
    assert.equal(Number.parseInt(flags ?? '', 8) & wanted, wanted);
    file.close();
  });
});

describe('a log that others handle', () => {
  test('removed, it is made anew', (t) => {
    const directory = tempDir(t);
    const path = join(directory, 'x.log');
    const file = new RotatingFile(path, { maxBytes: 100, filesToKeep: 5 });
    file.append('a');
    fs.unlinkSync(path);
    file.append('b');
    assert.deepEqual(contents(directory), { 'x.log': 'b\n' });
    file.close();
  });

  test('renamed, it stays as it is and a new one begins', (t) => {
    const directory = tempDir(t);
    const path = join(directory, 'x.log');
    const file = new RotatingFile(path, { maxBytes: 100, filesToKeep: 5 });
    file.append('a');
    fs.renameSync(path, `${path}-20260131`);
    file.append('b');
    assert.deepEqual(contents(directory), { 'x.log': 'b\n', 'x.log-20260131': 'a\n' });
    file.close();
  });

  test('renamed and created anew by another program, that file is used, with its mode', (t) => {
    const directory = tempDir(t);
    const path = join(directory, 'x.log');
    const file = new RotatingFile(path, { maxBytes: 100, filesToKeep: 5 });
    file.append('a');
    fs.renameSync(path, `${path}.1`);
    fs.writeFileSync(path, '', { mode: 0o600 });
    file.append('b');
    assert.deepEqual(contents(directory), { 'x.log': 'b\n', 'x.log.1': 'a\n' });
    assert.equal(mode(path), '600');
    file.close();
  });

  test('on another file system mounted over it, the same inode number is another file', (t) => {
    const directory = tempDir(t);
    const path = join(directory, 'x.log');
    let mounted = false;
    const lstatSync = (name: string): fs.BigIntStats => {
      const stat = fs.lstatSync(name, { bigint: true });
      return mounted ? Object.assign(stat, { dev: stat.dev + 1n }) : stat;
    };
    const opened: string[] = [];
    const openSync = (name: fs.PathLike, flags: fs.OpenMode, mode?: fs.Mode | null): number => {
      opened.push(String(name));
      return fs.openSync(name, flags, mode);
    };
    writeFiles(directory, { 'x.log': '' });
    const changes = { lstatSync: lstatSync as FileSystem['lstatSync'], openSync };
    const file = new RotatingFile(path, { maxBytes: 100, filesToKeep: 5 }, fsWith(changes));
    file.append('a');
    const before = opened.length;
    file.append('b');
    assert.equal(opened.length, before);
    mounted = true;
    file.append('c');
    assert.ok(opened.length > before);
    file.close();
  });

  test('its directory renamed and made anew, it is in the new one', (t) => {
    const directory = tempDir(t);
    const inner = join(directory, 'inner');
    fs.mkdirSync(inner);
    const file = new RotatingFile(join(inner, 'x.log'), { maxBytes: 100, filesToKeep: 5 });
    file.append('a');
    fs.renameSync(inner, join(directory, 'moved'));
    fs.mkdirSync(inner);
    file.append('b');
    assert.deepEqual(contents(inner), { 'x.log': 'b\n' });
    assert.deepEqual(contents(join(directory, 'moved')), { 'x.log': 'a\n' });
    file.close();
  });

  test('reopened at every turn it loses nothing and leaves no descriptor open', (t) => {
    const directory = tempDir(t);
    const path = join(directory, 'x.log');
    const before = openDescriptors();
    const file = new RotatingFile(path, { maxBytes: 100, filesToKeep: 5 });
    for (let line = 0; line < 50; line += 1) {
      file.append('a');
      file.reopen();
      if (line % 10 === 9) fs.unlinkSync(path);
    }
    file.append('b');
    file.close();
    assert.deepEqual(contents(directory), { 'x.log': 'b\n' });
    assert.equal(openDescriptors(), before);
  });

  test('closed, it opens again for a late line', (t) => {
    const directory = tempDir(t);
    const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: 100, filesToKeep: 5 });
    file.append('a');
    file.close();
    file.append('b');
    assert.deepEqual(contents(directory), { 'x.log': 'a\nb\n' });
    file.close();
  });

  test('a last line without its end, left by a crash, is ended before the next', (t) => {
    const directory = tempDir(t);
    writeFiles(directory, { 'x.log': 'whole\nha' });
    const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: 100, filesToKeep: 5 });
    file.append('next');
    file.append('more');
    assert.deepEqual(contents(directory), { 'x.log': 'whole\nha\nnext\nmore\n' });
    file.close();
  });
});
