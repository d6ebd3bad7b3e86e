import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { type ConsoleIo, openConsole } from '../../src/log/console.ts';
import type { Entry } from '../../src/log/line.ts';
import { ABOUT, NOON, systemError, tempDir } from './support.ts';

const entry = (message: string): Entry => ({ at: NOON, level: 'WARNING', message, ...ABOUT });

/** Streams by descriptor; each write is answered by the next answer, then by taking everything. */
class FakeIo implements ConsoleIo {
  readonly written: Record<number, string> = { 1: '', 2: '' };
  readonly pauses: number[] = [];
  calls = 0;
  answers: Array<number | Error> = [];
  readonly #identities: Readonly<Record<number, string>>;

  constructor(identities: Readonly<Record<number, string>> = { 1: '8:1', 2: '8:2' }) {
    this.#identities = identities;
  }

  write(fd: number, bytes: Buffer): number {
    this.calls += 1;
    const answer = this.answers.shift() ?? bytes.length;
    if (answer instanceof Error) throw answer;
    this.written[fd] += bytes.subarray(0, answer).toString();
    return answer;
  }

  identity(fd: number): string {
    const identity = this.#identities[fd];
    if (identity === undefined) throw systemError('EBADF');
    return identity;
  }

  pause(milliseconds: number): void {
    this.pauses.push(milliseconds);
  }
}

const eagain = (times: number): Error[] =>
  Array.from({ length: times }, () => systemError('EAGAIN'));

describe('which console it is', () => {
  const cases: ReadonlyArray<
    readonly [string, string | undefined, Record<number, string>, 1 | 2, boolean]
  > = [
    [
      'without JOURNAL_STREAM it is plain standard output',
      undefined,
      { 1: '8:1', 2: '8:2' },
      1,
      false,
    ],
    ['an empty JOURNAL_STREAM is none', '', { 1: '8:1', 2: '8:2' }, 1, false],
    [
      'an inherited JOURNAL_STREAM of another stream is none',
      '8:3',
      { 1: '8:1', 2: '8:2' },
      1,
      false,
    ],
    ['a JOURNAL_STREAM that only begins alike is none', '8:11', { 1: '8:1', 2: '8:2' }, 1, false],
    ['standard output may be the journal', '8:1', { 1: '8:1', 2: '8:2' }, 1, true],
    ['both may be the journal', '8:1', { 1: '8:1', 2: '8:1' }, 1, true],
    [
      'where standard error alone is the journal, it gets the lines',
      '8:2',
      { 1: '8:1', 2: '8:2' },
      2,
      true,
    ],
    ['closed streams are no journal', '8:1', {}, 1, false],
  ];
  for (const [title, stream, identities, fd, isJournal] of cases) {
    test(title, () => {
      const io = new FakeIo(identities);
      openConsole({ JOURNAL_STREAM: stream }, io).write(entry('m'), 'text');
      const line = isJournal ? '<4>m\n' : '2025-01-31 12:00:00 - WARNING - m\n';
      assert.deepEqual(io.written, { 1: '', 2: '', [fd]: line });
    });
  }

  test('plain output has the format of the file', () => {
    const io = new FakeIo();
    openConsole({}, io).write(entry('m'), 'json');
    assert.equal(
      io.written[1],
      `{"time":"${NOON.toISOString()}","level":"WARNING","event":"alarm_found","message":"m"}\n`,
    );
  });

  test('the journal gets text even where the file is JSON', () => {
    const io = new FakeIo();
    openConsole({ JOURNAL_STREAM: '8:1' }, io).write(entry('m'), 'json');
    assert.equal(io.written[1], '<4>m\n');
  });
});

describe('a console that does not take everything', () => {
  test('a short write is continued', () => {
    const io = new FakeIo();
    io.answers = [2, 1];
    openConsole({ JOURNAL_STREAM: '8:1' }, io).write(entry('abc'), 'text');
    assert.equal(io.written[1], '<4>abc\n');
    assert.equal(io.calls, 3);
  });

  test('a full pipe is asked again after a short pause', () => {
    const io = new FakeIo();
    io.answers = [...eagain(3), 2, ...eagain(1)];
    openConsole({ JOURNAL_STREAM: '8:1' }, io).write(entry('abc'), 'text');
    assert.equal(io.written[1], '<4>abc\n');
    assert.deepEqual(io.pauses, [5, 5, 5, 5]);
  });

  test('a stuck reader is given up after 20 pauses, and then costs one attempt a line', () => {
    const io = new FakeIo();
    io.answers = eagain(1000);
    const console = openConsole({ JOURNAL_STREAM: '8:1' }, io);
    console.write(entry('first'), 'text');
    assert.deepEqual([io.calls, io.pauses.length], [21, 20]);
    console.write(entry('second'), 'text');
    console.write(entry('third'), 'text');
    assert.deepEqual([io.calls, io.pauses.length], [23, 20]);
  });

  test('a reader that comes back gets the end of the line it had begun, and whole lines from then on', () => {
    const io = new FakeIo();
    io.answers = [4, ...eagain(22)];
    const console = openConsole({ JOURNAL_STREAM: '8:1' }, io);
    for (const message of ['first', 'dropped', 'third', 'fourth'])
      console.write(entry(message), 'text');
    assert.equal(io.written[1], '<4>first\n<4>third\n<4>fourth\n');
  });

  test('patience is full again after a successful write', () => {
    const io = new FakeIo();
    const console = openConsole({ JOURNAL_STREAM: '8:1' }, io);
    io.answers = eagain(20);
    console.write(entry('a'), 'text');
    io.answers = eagain(20);
    console.write(entry('b'), 'text');
    assert.equal(io.written[1], '<4>a\n<4>b\n');
  });

  for (const code of ['EPIPE', 'EIO', 'EBADF', 'ENOSPC']) {
    test(`${code} ends it silently and for good`, () => {
      const io = new FakeIo();
      io.answers = [2, systemError(code)];
      const console = openConsole({ JOURNAL_STREAM: '8:1' }, io);
      for (const message of ['a', 'b', 'c']) console.write(entry(message), 'text');
      assert.equal(io.calls, 2);
      assert.equal(io.written[1], '<4');
    });
  }
});

describe('a real process', () => {
  test('writes to a pipe what it writes to the file', async (t) => {
    const file = join(tempDir(t), 'x.log');
    const child = logThree(file, 'pipe');
    const output = await released(child);
    assert.equal(output, fs.readFileSync(file, 'utf8'));
    assert.match(
      output,
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d - INFO - one\n.* - WARNING - two\\nlines\n.* - ERROR - three\n$/,
    );
  });

  test('writes to a file what it writes to the log file', async (t) => {
    const directory = tempDir(t);
    const out = fs.openSync(join(directory, 'out'), 'w');
    await released(logThree(join(directory, 'x.log'), out));
    assert.equal(
      fs.readFileSync(join(directory, 'out'), 'utf8'),
      fs.readFileSync(join(directory, 'x.log'), 'utf8'),
    );
  });

  test('knows the journal by device and inode', async (t) => {
    const directory = tempDir(t);
    const out = fs.openSync(join(directory, 'out'), 'w');
    const { dev, ino } = fs.fstatSync(out, { bigint: true });
    await released(logThree(join(directory, 'x.log'), out, { JOURNAL_STREAM: `${dev}:${ino}` }));
    assert.equal(
      fs.readFileSync(join(directory, 'out'), 'utf8'),
      '<6>one\n<4>two\\nlines\n<3>three\n',
    );
  });

  test('goes on to the file and ends well when nobody reads its output any more', async (t) => {
    const file = join(tempDir(t), 'x.log');
    const child = logThree(file, 'pipe');
    child.stdout?.destroy();
    await released(child);
    assert.equal(fs.readFileSync(file, 'utf8').split('\n').length, 4);
  });
});

/** A process that logs three messages once its standard input ends. */
function logThree(
  file: string,
  out: 'pipe' | number,
  env: Record<string, string> = {},
): ChildProcess {
  const fixture = join(import.meta.dirname, 'fixtures/log_three.ts');
  return spawn(process.execPath, [fixture, file], { stdio: ['pipe', out, 'inherit'], env });
}

/** Lets the process log, and returns its output after it ended well. */
async function released(child: ChildProcess): Promise<string> {
  const output = child.stdout && !child.stdout.destroyed ? text(child.stdout) : '';
  const exit = once(child, 'exit');
  child.stdin?.end();
  assert.deepEqual(await exit, [0, null]);
  return output;
}
