// Every failure is thrown, names its reason, and leaves whole lines behind.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { FileSystem } from '../../src/log/open_file.ts';
import { reasonFor } from '../../src/log/reason.ts';
import { RotatingFile } from '../../src/log/rotating_file.ts';
import { contents, fsWith, openDescriptors, systemError, tempDir, writeFiles } from './support.ts';

const LIMITS = { maxBytes: 100, filesToKeep: 5 };

/** The reason why the line cannot be appended. */
function failure(file: RotatingFile, line = 'line'): string {
  try {
    file.append(line);
  } catch (error) {
    return reasonFor(error);
  }
  return assert.fail('the line was written');
}

/** Root could harm the host's own /dev/null, so it makes another; anybody else cannot. */
function device(t: TestContext): string {
  if (process.getuid?.() !== 0) return '/dev/null';
  const path = join(tempDir(t), 'null');
  execFileSync('mknod', [path, 'c', '1', '3']);
  return path;
}

describe('what is no log file', () => {
  test('a planted symlink is not followed', (t) => {
    const directory = tempDir(t);
    writeFiles(directory, { victim: 'precious' });
    fs.symlinkSync(join(directory, 'victim'), join(directory, 'x.log'));
    assert.equal(
      failure(new RotatingFile(join(directory, 'x.log'), LIMITS)),
      'it is a symbolic link',
    );
    assert.equal(fs.readFileSync(join(directory, 'victim'), 'utf8'), 'precious');
  });

  test('a planted symlink to nowhere creates nothing', (t) => {
    const directory = tempDir(t);
    fs.symlinkSync(join(directory, 'victim'), join(directory, 'x.log'));
    assert.equal(
      failure(new RotatingFile(join(directory, 'x.log'), LIMITS)),
      'it is a symbolic link',
    );
    assert.deepEqual(fs.readdirSync(directory), ['x.log']);
  });

  test('a symlink planted while the log is open is not followed, not even back to the log', (t) => {
    const directory = tempDir(t);
    const path = join(directory, 'x.log');
    const file = new RotatingFile(path, LIMITS);
    file.append('a');
    fs.renameSync(path, join(directory, 'moved'));
    fs.symlinkSync(join(directory, 'moved'), path);
    assert.equal(failure(file), 'it is a symbolic link');
    fs.unlinkSync(path);
    file.append('b');
    assert.deepEqual(contents(directory), { moved: 'a\n', 'x.log': 'b\n' });
    file.close();
  });

  test('a symlink among the rotated ones is moved, never written through', (t) => {
    const directory = tempDir(t);
    writeFiles(directory, { victim: 'precious', 'x.log': 'a\n' });
    fs.symlinkSync('victim', join(directory, 'x.log.1'));
    const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: 2, filesToKeep: 2 });
    for (const line of ['b', 'c', 'd']) file.append(line);
    assert.deepEqual(contents(directory), {
      victim: 'precious',
      'x.log': 'd\n',
      'x.log.1': 'c\n',
      'x.log.2': 'b\n',
    });
    file.close();
  });

  test('a FIFO does not hang the service', (t) => {
    const path = join(tempDir(t), 'x.log');
    execFileSync('mkfifo', [path]);
    assert.equal(failure(new RotatingFile(path, LIMITS)), 'it is not a regular file');
  });

  test('a FIFO with a reader gets nothing', (t) => {
    const path = join(tempDir(t), 'x.log');
    execFileSync('mkfifo', [path]);
    const reader = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    t.after(() => fs.closeSync(reader));
    assert.equal(failure(new RotatingFile(path, LIMITS)), 'it is not a regular file');
    assert.equal(fs.readSync(reader, Buffer.alloc(1)), 0);
  });

  test('a socket is refused', async (t) => {
    const path = join(tempDir(t), 'x.log');
    const server = createServer().listen(path);
    t.after(() => server.close());
    await once(server, 'listening');
    assert.equal(failure(new RotatingFile(path, LIMITS)), 'it is not a regular file');
  });

  test('a device is refused', (t) => {
    assert.equal(failure(new RotatingFile(device(t), LIMITS)), 'it is not a regular file');
  });

  test('refused a thousand times, it leaves no descriptor open', (t) => {
    const file = new RotatingFile(device(t), LIMITS);
    const before = openDescriptors();
    for (let attempt = 0; attempt < 1000; attempt += 1) failure(file);
    assert.equal(openDescriptors(), before);
  });

  test('a directory is refused', (t) => {
    const path = join(tempDir(t), 'x.log');
    fs.mkdirSync(path);
    assert.equal(failure(new RotatingFile(path, LIMITS)), 'it is a directory');
  });

  test('in a missing directory there is no log until the directory is there', (t) => {
    const directory = join(tempDir(t), 'later');
    const file = new RotatingFile(join(directory, 'x.log'), LIMITS);
    assert.equal(failure(file), 'its directory is missing');
    fs.mkdirSync(directory);
    file.append('a');
    assert.deepEqual(contents(directory), { 'x.log': 'a\n' });
    file.close();
  });
});

describe('the words of a reason', () => {
  const words: Record<string, string> = {
    ENOSPC: 'no space left on the disk',
    EACCES: 'permission denied',
    EROFS: 'the file system is read-only',
    EIO: 'error EIO',
    EDQUOT: 'error EDQUOT',
  };
  for (const [code, reason] of Object.entries(words)) {
    test(`${code} at opening: ${reason}`, (t) => {
      const openSync = (): never => {
        throw systemError(code);
      };
      assert.equal(
        failure(new RotatingFile(join(tempDir(t), 'x.log'), LIMITS, fsWith({ openSync }))),
        reason,
      );
    });
  }

  test('an error without a code gives its message', () => {
    assert.equal(reasonFor(new Error('something else')), 'something else');
  });

  test('what is no error is shown as text', () => {
    assert.equal(reasonFor('odd'), 'odd');
  });
});

describe('a line that is not written whole', () => {
  /** Writes at most so many bytes per call, then fails as told. */
  const writing = (sizes: readonly number[], code: string): FileSystem['writeSync'] => {
    const left = [...sizes];
    const writeSync = (fd: number, bytes: Buffer): number => {
      const size = left.shift();
      if (size === undefined) throw systemError(code);
      return fs.writeSync(fd, bytes, 0, Math.min(size, bytes.length));
    };
    return writeSync as FileSystem['writeSync'];
  };

  test('the part that a full disk took is taken back', (t) => {
    const directory = tempDir(t);
    const file = new RotatingFile(
      join(directory, 'x.log'),
      LIMITS,
      fsWith({ writeSync: writing([100, 3], 'ENOSPC') }),
    );
    file.append('whole');
    assert.equal(failure(file, 'broken'), 'no space left on the disk');
    assert.deepEqual(contents(directory), { 'x.log': 'whole\n' });
    file.close();
  });

  test('a failure without a byte leaves the file as it was', (t) => {
    const directory = tempDir(t);
    const file = new RotatingFile(
      join(directory, 'x.log'),
      LIMITS,
      fsWith({ writeSync: writing([100], 'EIO') }),
    );
    file.append('whole');
    assert.equal(failure(file, 'broken'), 'error EIO');
    assert.deepEqual(contents(directory), { 'x.log': 'whole\n' });
    file.close();
  });

  test('a short write is completed where the system takes the rest', (t) => {
    const directory = tempDir(t);
    const file = new RotatingFile(
      join(directory, 'x.log'),
      LIMITS,
      fsWith({ writeSync: writing([2, 100], 'EIO') }),
    );
    file.append('whole');
    assert.deepEqual(contents(directory), { 'x.log': 'whole\n' });
    file.close();
  });

  test('a rest that is taken in part only is a failure, not a loop', (t) => {
    const directory = tempDir(t);
    const file = new RotatingFile(
      join(directory, 'x.log'),
      LIMITS,
      fsWith({ writeSync: writing([2, 2, 2, 2], 'EIO') }),
    );
    assert.equal(failure(file, 'broken'), 'the system takes only a part of a line');
    assert.deepEqual(contents(directory), { 'x.log': '' });
    file.close();
  });

  test('a part that cannot be taken back is at least not glued to the next line', (t) => {
    const directory = tempDir(t);
    const path = join(directory, 'x.log');
    const ftruncateSync = (): never => {
      throw systemError('EIO');
    };
    let full = true;
    const writeSync = (fd: number, data: string | Buffer): number => {
      if (!full) return fs.writeSync(fd, Buffer.from(data));
      if (data.length <= 'ken\n'.length) throw systemError('ENOSPC');
      return fs.writeSync(fd, Buffer.from(data), 0, 'bro'.length);
    };
    const file = new RotatingFile(
      path,
      LIMITS,
      fsWith({ ftruncateSync, writeSync: writeSync as FileSystem['writeSync'] }),
    );
    assert.equal(failure(file, 'broken'), 'no space left on the disk');
    assert.equal(failure(file, 'broken'), 'no space left on the disk'); // not even the line break fits
    full = false;
    file.append('next');
    assert.deepEqual(contents(directory), { 'x.log': 'bro\nnext\n' });
    file.close();
  });
});

describe('a rotation that fails', () => {
  test('names its reason, changes nothing in the log, and is done later', (t) => {
    const directory = tempDir(t);
    writeFiles(directory, { 'x.log': 'a\n', 'x.log.1': '1\n' });
    let allowed = false;
    const renameSync = (from: fs.PathLike, to: fs.PathLike): void => {
      if (!allowed) throw systemError('EACCES');
      fs.renameSync(from, to);
    };
    const file = new RotatingFile(
      join(directory, 'x.log'),
      { maxBytes: 2, filesToKeep: 5 },
      fsWith({ renameSync }),
    );
    assert.equal(failure(file, 'b'), 'its rotation failed: permission denied');
    assert.deepEqual(contents(directory), { 'x.log': 'a\n', 'x.log.1': '1\n' });
    allowed = true;
    file.append('c');
    assert.deepEqual(contents(directory), { 'x.log': 'c\n', 'x.log.1': 'a\n', 'x.log.2': '1\n' });
    file.close();
  });

  test('a folder named .1 is reported, not removed', (t) => {
    const directory = tempDir(t);
    fs.mkdirSync(join(directory, 'x.log.1'));
    writeFiles(directory, { 'x.log': 'a\n', 'x.log.1/kept': 'k\n' });
    const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: 2, filesToKeep: 5 });
    assert.equal(failure(file, 'b'), 'its rotation failed: it is a directory');
    assert.deepEqual(contents(join(directory, 'x.log.1')), { kept: 'k\n' });
    file.close();
  });

  test('rotated but not to be opened anew, the log is opened by a later line', (t) => {
    const directory = tempDir(t);
    let fails = false;
    const openSync = (path: fs.PathLike, flags: fs.OpenMode, mode?: fs.Mode | null): number => {
      if (fails) throw systemError('ENOSPC');
      return fs.openSync(path, flags, mode);
    };
    const file = new RotatingFile(
      join(directory, 'x.log'),
      { maxBytes: 2, filesToKeep: 5 },
      fsWith({ openSync }),
    );
    file.append('a');
    fails = true;
    assert.equal(failure(file, 'b'), 'no space left on the disk');
    fails = false;
    file.append('c');
    assert.deepEqual(contents(directory), { 'x.log': 'c\n', 'x.log.1': 'a\n' });
    file.close();
  });

  test('a file system without modes is no obstacle', (t) => {
    const directory = tempDir(t);
    const fchmodSync = (): never => {
      throw systemError('EPERM');
    };
    const file = new RotatingFile(join(directory, 'x.log'), LIMITS, fsWith({ fchmodSync }));
    file.append('a');
    assert.deepEqual(contents(directory), { 'x.log': 'a\n' });
    file.close();
  });
});
