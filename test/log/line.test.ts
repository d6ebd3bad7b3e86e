import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileLine, isLogged, journalLine, type Level } from '../../src/log/line.ts';

process.env.TZ = 'America/New_York';

const ABOUT = { event: 'alarm_found' } as const;
const at = new Date('2025-01-02T08:04:05.006Z');
const LEVELS: readonly Level[] = ['DEBUG', 'INFO', 'WARNING', 'ERROR'];

describe('a line of text', () => {
  test('is local time, level and message', () => {
    const line = fileLine(
      { at, level: 'INFO', ...ABOUT, message: 'Alarm cleared for sshd (ID: 1)' },
      'text',
    );
    assert.equal(line, '2025-01-02 03:04:05 - INFO - Alarm cleared for sshd (ID: 1)');
  });

  test('has local time in summer too', () => {
    const summer = new Date('2025-07-01T03:59:59.999Z');
    assert.equal(
      fileLine({ at: summer, level: 'WARNING', ...ABOUT, message: 'm' }, 'text'),
      '2025-06-30 23:59:59 - WARNING - m',
    );
  });

  test('stays one line and bounded', () => {
    const line = fileLine(
      { at, level: 'ERROR', ...ABOUT, message: `a\nb${'\n'.repeat(9000)}` },
      'text',
    );
    assert.equal(
      line,
      `2025-01-02 03:04:05 - ERROR - a\\nb${'\\n'.repeat(8189)}… (811 more characters)`,
    );
  });
});

describe('a line of JSON', () => {
  test('is one object with UTC time in milliseconds, level, event and message', () => {
    assert.equal(
      fileLine({ at, level: 'DEBUG', ...ABOUT, message: 'say "hi"\n' }, 'json'),
      '{"time":"2025-01-02T08:04:05.006Z","level":"DEBUG","event":"alarm_found","message":"say \\"hi\\"\\n"}',
    );
  });

  test('names the process that it is about, whatever that is called', () => {
    const line = fileLine(
      { at, level: 'INFO', event: 'alarm_found', process: 'a"\n\u202e', message: 'm' },
      'json',
    );
    assert.equal(
      line,
      '{"time":"2025-01-02T08:04:05.006Z","level":"INFO","event":"alarm_found","process":"a\\"\\n\\u202e","message":"m"}',
    );
  });

  test('gives the message back as it was, whatever it holds', () => {
    const message = Array.from({ length: 0x3000 }, (_, unit) => String.fromCharCode(unit))
      .join('')
      .slice(0, 8192);
    const line = fileLine({ at, level: 'INFO', ...ABOUT, message }, 'json');
    assert.equal(JSON.parse(line).message, message);
    assert.doesNotMatch(line, /[\p{Cc}\u2028-\u202e]/u);
  });

  test('is bounded', () => {
    const line = fileLine({ at, level: 'INFO', ...ABOUT, message: 'x'.repeat(8200) }, 'json');
    assert.equal(JSON.parse(line).message, `${'x'.repeat(8192)}… (8 more characters)`);
  });
});

describe('a line for the journal', () => {
  test('begins with the syslog priority and has no time', () => {
    assert.deepEqual(
      LEVELS.map((level) => journalLine({ at, level, ...ABOUT, message: 'm' })),
      ['<7>m', '<6>m', '<4>m', '<3>m'],
    );
  });

  test('cannot be followed by a forged one', () => {
    assert.equal(
      journalLine({ at, level: 'INFO', ...ABOUT, message: 'a\n<0>panic' }),
      '<6>a\\n<0>panic',
    );
  });
});

test('a level lets itself and the graver ones through', () => {
  const passing = LEVELS.map((threshold) => LEVELS.filter((level) => isLogged(level, threshold)));
  assert.deepEqual(passing, [LEVELS, LEVELS.slice(1), LEVELS.slice(2), LEVELS.slice(3)]);
});
