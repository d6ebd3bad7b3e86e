// A log file that cannot be written: what the console says, and what the file holds afterwards.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Logger } from '../../src/log/logger.ts';
import {
  ABOUT,
  contents,
  type Disk,
  fsWith,
  NOON,
  RecordingConsole,
  settingsFor,
  simulatedDisk,
  smallDisk,
  systemError,
  tempDir,
} from './support.ts';

const noon = (): Date => NOON;
const stamped = (lines: readonly string[]): string =>
  lines.map((line) => `2025-01-31 12:00:00 - ${line}\n`).join('');

describe('a directory that is missing', () => {
  test('one message says why, one says that it is over, and the console gets all the others', (t) => {
    const directory = join(tempDir(t), 'later');
    const file = join(directory, 'x.log');
    const console = new RecordingConsole();
    const log = new Logger(settingsFor(file), console, noon);
    for (const message of ['a', 'b', 'c']) log.info(message, ABOUT);
    fs.mkdirSync(directory);
    log.info('d', ABOUT);
    log.info('e', ABOUT);
    log.close();
    const over = `WARNING - Log file ${file} is written again; 3 messages are missing from it`;
    assert.deepEqual(console.lines, [
      `WARNING - Log file ${file} cannot be written: its directory is missing; messages go on here only`,
      'INFO - a',
      'INFO - b',
      'INFO - c',
      over,
      'INFO - d',
      'INFO - e',
    ]);
    assert.deepEqual(contents(directory), { 'x.log': stamped([over, 'INFO - d', 'INFO - e']) });
  });

  test('a single missing message is one message', (t) => {
    const directory = join(tempDir(t), 'later');
    const file = join(directory, 'x.log');
    const console = new RecordingConsole();
    const log = new Logger(settingsFor(file), console, noon);
    log.info('a', ABOUT);
    fs.mkdirSync(directory);
    log.info('b', ABOUT);
    log.close();
    assert.equal(
      console.lines[2],
      `WARNING - Log file ${file} is written again; 1 message is missing from it`,
    );
  });

  test('each outage is reported, and counted from zero', (t) => {
    const directory = join(tempDir(t), 'sometimes');
    const file = join(directory, 'x.log');
    const console = new RecordingConsole();
    const log = new Logger(settingsFor(file), console, noon);
    for (const isThere of [false, true, false, false, true]) {
      fs.rmSync(directory, { recursive: true, force: true });
      if (isThere) fs.mkdirSync(directory);
      log.info('m', ABOUT);
    }
    log.close();
    const notices = console.lines.filter((line) => line !== 'INFO - m');
    const down = `WARNING - Log file ${file} cannot be written: its directory is missing; messages go on here only`;
    assert.deepEqual(notices, [
      down,
      `WARNING - Log file ${file} is written again; 1 message is missing from it`,
      down,
      `WARNING - Log file ${file} is written again; 2 messages are missing from it`,
    ]);
  });

  test('messages below the level neither report it nor count', (t) => {
    const directory = join(tempDir(t), 'later');
    const file = join(directory, 'x.log');
    const console = new RecordingConsole();
    const log = new Logger(settingsFor(file, { level: 'ERROR' }), console, noon);
    log.info('a', ABOUT);
    assert.deepEqual(console.lines, []);
    log.error('b', ABOUT);
    log.warning('c', ABOUT);
    fs.mkdirSync(directory);
    log.info('d', ABOUT);
    log.error('e', ABOUT);
    log.close();
    assert.deepEqual(console.lines, [
      `WARNING - Log file ${file} cannot be written: its directory is missing; messages go on here only`,
      'ERROR - b',
      `WARNING - Log file ${file} is written again; 1 message is missing from it`,
      'ERROR - e',
    ]);
  });

  test('reopen() and configure() neither throw nor report it a second time', (t) => {
    const file = join(tempDir(t), 'never', 'x.log');
    const console = new RecordingConsole();
    const log = new Logger(settingsFor(file), console, noon);
    log.info('a', ABOUT);
    log.reopen();
    log.configure(settingsFor(file, { maxBytes: 10 }));
    log.info('b', ABOUT);
    log.close();
    assert.deepEqual(console.lines.slice(1), ['INFO - a', 'INFO - b']);
  });

  test('another file, set by configure(), misses nothing', (t) => {
    const directory = tempDir(t);
    const console = new RecordingConsole();
    const log = new Logger(settingsFor(join(directory, 'never', 'x.log')), console, noon);
    log.info('a', ABOUT);
    log.configure(settingsFor(join(directory, 'x.log')));
    log.info('b', ABOUT);
    log.close();
    assert.deepEqual(contents(directory), { 'x.log': stamped(['INFO - b']) });
    assert.deepEqual(console.lines.slice(1), ['INFO - a', 'INFO - b']);
  });
});

describe('the reason in the message', () => {
  const reasons: ReadonlyArray<readonly [string, (file: string) => void]> = [
    ['it is a symbolic link', (file) => fs.symlinkSync('elsewhere', file)],
    ['it is a directory', (file) => fs.mkdirSync(file)],
  ];
  for (const [reason, plant] of reasons) {
    test(`${reason}, until it is removed`, (t) => {
      const file = join(tempDir(t), 'x.log');
      plant(file);
      const console = new RecordingConsole();
      const log = new Logger(settingsFor(file), console, noon);
      log.info('a', ABOUT);
      fs.rmSync(file, { recursive: true });
      log.info('b', ABOUT);
      log.close();
      const over = `WARNING - Log file ${file} is written again; 1 message is missing from it`;
      assert.deepEqual(console.lines, [
        `WARNING - Log file ${file} cannot be written: ${reason}; messages go on here only`,
        'INFO - a',
        over,
        'INFO - b',
      ]);
      assert.equal(fs.readFileSync(file, 'utf8'), stamped([over, 'INFO - b']));
    });
  }

  test('no permission, and whatever else the system may say', (t) => {
    const file = join(tempDir(t), 'x.log');
    for (const [code, reason] of [
      ['EACCES', 'permission denied'],
      ['EMFILE', 'error EMFILE'],
    ] as const) {
      const openSync = (): never => {
        throw systemError(code);
      };
      const console = new RecordingConsole();
      new Logger(settingsFor(file), console, noon, fsWith({ openSync })).info('a', ABOUT);
      assert.deepEqual(console.lines, [
        `WARNING - Log file ${file} cannot be written: ${reason}; messages go on here only`,
        'INFO - a',
      ]);
    }
  });
});

describe('a full disk', () => {
  test('takes whole lines only, and goes on where it stopped', (t) => {
    fillAndFree(smallDisk(t));
  });

  test('does so where the file system takes a part of a line', (t) => {
    fillAndFree(simulatedDisk(tempDir(t)));
  });

  test('that has room for a notice but not for a message is one outage', (t) => {
    const disk = simulatedDisk(tempDir(t));
    const file = join(disk.directory, 'x.log');
    const console = new RecordingConsole();
    const log = new Logger(settingsFor(file), console, noon, disk.fs);
    const long = 'x'.repeat(2000);
    disk.fill();
    for (const message of [long, long, long, 'short', long]) log.info(message, ABOUT);
    log.close();
    const down = `WARNING - Log file ${file} cannot be written: no space left on the disk; messages go on here only`;
    const over = `WARNING - Log file ${file} is written again; 3 messages are missing from it`;
    const [sent, short] = [`INFO - ${long}`, 'INFO - short'];
    assert.deepEqual(console.lines, [down, sent, sent, sent, over, short, down, sent]);
    assert.equal(fs.readFileSync(file, 'utf8'), stamped([over, short]));
  });
});

/** Logs until nothing fits any more and three messages longer, then on a freed disk. */
function fillAndFree(disk: Disk): void {
  const file = join(disk.directory, 'x.log');
  const console = new RecordingConsole();
  const log = new Logger(settingsFor(file), console, noon, disk.fs);
  const padding = 'x'.repeat(990);
  let sent = 0;
  const send = (): void => {
    sent += 1;
    log.info(`${sent} ${padding}`, ABOUT);
  };
  send();
  disk.fill();
  while (console.lines.length === sent && sent < 200) send();
  const fitting = sent - 1;
  send();
  send();
  const whole = Array.from({ length: fitting }, (_, index) => `INFO - ${index + 1} ${padding}`);
  assert.equal(fs.readFileSync(file, 'utf8'), stamped(whole));
  assert.equal(
    console.lines[fitting],
    `WARNING - Log file ${file} cannot be written: no space left on the disk; messages go on here only`,
  );
  disk.free();
  send();
  log.close();
  const over = `WARNING - Log file ${file} is written again; 3 messages are missing from it`;
  assert.equal(
    fs.readFileSync(file, 'utf8'),
    stamped([...whole, over, `INFO - ${sent} ${padding}`]),
  );
  assert.equal(console.lines.length, sent + 2);
}
