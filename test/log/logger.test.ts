import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type Console, openConsole } from '../../src/log/console.ts';
import { type Level, Logger } from '../../src/log/logger.ts';
import {
  ABOUT,
  contents,
  NOON,
  openDescriptors,
  RecordingConsole,
  settingsFor,
  tempDir,
} from './support.ts';

const SILENT: Console = { write: () => {} };
const noon = (): Date => NOON;

function logOneOfEach(log: Logger): void {
  log.debug(() => 'd', ABOUT);
  log.info('i', ABOUT);
  log.warning('w', ABOUT);
  log.error('e', ABOUT);
}

describe('a message', () => {
  test('is on the file and the console when the method returns', (t) => {
    const directory = tempDir(t);
    const console = new RecordingConsole();
    const log = new Logger(settingsFor(join(directory, 'x.log')), console, noon);
    log.info('Starting Process Monitor Service', ABOUT);
    assert.deepEqual(contents(directory), {
      'x.log': '2025-01-31 12:00:00 - INFO - Starting Process Monitor Service\n',
    });
    assert.deepEqual(console.lines, ['INFO - Starting Process Monitor Service']);
    log.close();
  });

  const passing: ReadonlyArray<readonly [Level, string[]]> = [
    ['DEBUG', ['DEBUG - d', 'INFO - i', 'WARNING - w', 'ERROR - e']],
    ['INFO', ['INFO - i', 'WARNING - w', 'ERROR - e']],
    ['WARNING', ['WARNING - w', 'ERROR - e']],
    ['ERROR', ['ERROR - e']],
  ];
  for (const [level, expected] of passing) {
    test(`passes level ${level} on both sinks or on none`, (t) => {
      const directory = tempDir(t);
      const console = new RecordingConsole();
      const log = new Logger(settingsFor(join(directory, 'x.log'), { level }), console, noon);
      logOneOfEach(log);
      assert.deepEqual(console.lines, expected);
      assert.deepEqual(contents(directory), {
        'x.log': expected.map((line) => `2025-01-31 12:00:00 - ${line}\n`).join(''),
      });
      log.close();
    });
  }

  test('is an object on the file when the format is JSON, and the console is told so', (t) => {
    const directory = tempDir(t);
    const console = new RecordingConsole();
    const log = new Logger(
      settingsFor(join(directory, 'x.log'), { format: 'json' }),
      console,
      noon,
    );
    log.error('a\nb', ABOUT);
    assert.deepEqual(contents(directory), {
      'x.log':
        '{"time":"2025-01-31T11:00:00.000Z","level":"ERROR","event":"alarm_found","message":"a\\nb"}\n',
    });
    assert.deepEqual([...console.formats], ['json']);
    log.close();
  });

  test('reaches the file although the console has ended', (t) => {
    const directory = tempDir(t);
    const io = {
      write: (): never => {
        throw new Error('the terminal is gone');
      },
      identity: () => '0:0',
      pause: () => {},
    };
    const log = new Logger(settingsFor(join(directory, 'x.log')), openConsole({}, io), noon);
    log.info('a', ABOUT);
    log.info('b', ABOUT);
    assert.equal(contents(directory)['x.log']?.split('\n').length, 3);
    log.close();
  });
});

describe('settings and reopening', () => {
  test('the file is there once the logger is', (t) => {
    const directory = tempDir(t);
    new Logger(settingsFor(join(directory, 'x.log')), SILENT, noon).close();
    assert.deepEqual(contents(directory), { 'x.log': '' });
  });

  test('reopen() makes a renamed log anew at once', (t) => {
    const directory = tempDir(t);
    const log = new Logger(settingsFor(join(directory, 'x.log')), SILENT, noon);
    log.info('a', ABOUT);
    fs.renameSync(join(directory, 'x.log'), join(directory, 'x.log.1'));
    log.reopen();
    assert.deepEqual(fs.readdirSync(directory), ['x.log', 'x.log.1']);
    assert.equal(contents(directory)['x.log'], '');
    log.close();
  });

  test('configure() changes file, limits, level and format', (t) => {
    const directory = tempDir(t);
    const log = new Logger(settingsFor(join(directory, 'old.log')), SILENT, noon);
    log.info('a', ABOUT);
    log.configure({
      file: join(directory, 'new.log'),
      maxBytes: 100,
      filesToKeep: 1,
      level: 'ERROR',
      format: 'json',
    });
    log.warning('b', ABOUT);
    log.error('c', ABOUT);
    log.error('d', ABOUT);
    log.close();
    const json = (message: string): string =>
      `{"time":"2025-01-31T11:00:00.000Z","level":"ERROR","event":"alarm_found","message":"${message}"}\n`;
    assert.deepEqual(contents(directory), {
      'new.log': json('d'),
      'new.log.1': json('c'),
      'old.log': '2025-01-31 12:00:00 - INFO - a\n',
    });
  });

  test('configure() and reopen() leave no descriptor of the old file open', (t) => {
    const directory = tempDir(t);
    const log = new Logger(settingsFor(join(directory, '0.log')), SILENT, noon);
    const before = openDescriptors();
    for (let number = 1; number <= 20; number += 1) {
      log.configure(settingsFor(join(directory, `${number}.log`)));
      log.reopen();
    }
    assert.equal(openDescriptors(), before);
    log.close();
    assert.equal(openDescriptors(), before - 1);
  });

  test('a line after close() is not lost', (t) => {
    const directory = tempDir(t);
    const log = new Logger(settingsFor(join(directory, 'x.log')), SILENT, noon);
    log.close();
    log.info('late', ABOUT);
    assert.deepEqual(contents(directory), { 'x.log': '2025-01-31 12:00:00 - INFO - late\n' });
    log.close();
  });
});

describe('two years of local time', () => {
  const HOUR = 3_600_000;
  const hours = 2 * 365 * 24;

  test('every hour has its line, in order, through four changes of the clocks', (t) => {
    const directory = tempDir(t);
    let hour = -1;
    const start = Date.parse('2025-01-01T00:00:00Z');
    const clock = (): Date => new Date(start + hour * HOUR);
    const settings = settingsFor(join(directory, 'x.log'), {
      maxBytes: 64 * 1024,
      filesToKeep: 100,
    });
    const log = new Logger(settings, SILENT, clock);
    for (hour = 0; hour < hours; hour += 1) log.info(`hour ${hour}`, ABOUT);
    log.close();

    const lines = linesOldestFirst(directory);
    assert.deepEqual(
      lines.map((line) => line.split(' - ')[2]),
      Array.from({ length: hours }, (_, number) => `hour ${number}`),
    );
    const shownAt = (utc: string): string =>
      lines[(Date.parse(utc) - start) / HOUR]?.slice(0, 19) ?? '';
    assert.equal(shownAt('2025-03-30T00:00:00Z'), '2025-03-30 01:00:00');
    assert.equal(shownAt('2025-03-30T01:00:00Z'), '2025-03-30 03:00:00');
    assert.equal(shownAt('2025-10-26T00:00:00Z'), '2025-10-26 02:00:00');
    assert.equal(shownAt('2025-10-26T01:00:00Z'), '2025-10-26 02:00:00');
    assert.equal(shownAt('2026-03-29T01:00:00Z'), '2026-03-29 03:00:00');
    assert.equal(shownAt('2026-10-25T02:00:00Z'), '2026-10-25 03:00:00');
  });

  test('a clock that jumps back or far ahead rotates nothing', (t) => {
    const directory = tempDir(t);
    const times = ['2025-06-01T00:00:00Z', '1999-12-31T23:00:00Z', '2099-01-01T00:00:00Z'];
    const log = new Logger(
      settingsFor(join(directory, 'x.log')),
      SILENT,
      () => new Date(times.shift() ?? ''),
    );
    for (const message of ['a', 'b', 'c']) log.info(message, ABOUT);
    log.close();
    assert.deepEqual(contents(directory), {
      'x.log':
        '2025-06-01 02:00:00 - INFO - a\n2000-01-01 00:00:00 - INFO - b\n2099-01-01 01:00:00 - INFO - c\n',
    });
  });
});

function linesOldestFirst(directory: string): string[] {
  const age = (name: string): number => Number(name.slice('x.log.'.length));
  const names = fs.readdirSync(directory).sort((a, b) => age(b) - age(a));
  const text = names.map((name) => fs.readFileSync(join(directory, name), 'utf8')).join('');
  return text.trimEnd().split('\n');
}
