import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type NotesLimit, stampNotes } from '../../src/alarms/notes.ts';
import { NOON, STAMP, STAMP_ALONE } from './store_bed.ts';

const COLUMN: NotesLimit = { characters: 100, bytes: 400 };
const stamp = (notes: string, limit = COLUMN) => stampNotes(notes, NOON, limit);
const older = (year: number) => STAMP.replace('2025', `${year}`);

describe('the notes of a cleared alarm', () => {
  test('end with when the process was restarted', () => {
    assert.equal(stamp('Web server'), 'Web server - Restarted at 2025-01-31 12:00:00');
  });

  test('show local time with two digits for each part', () => {
    const early = new Date(2025, 8, 7, 1, 2, 3);
    assert.equal(stampNotes('', early, COLUMN), 'Restarted at 2025-09-07 01:02:03');
  });

  test('hold the stamp alone where there were none', () => {
    assert.equal(stamp(''), STAMP_ALONE);
  });

  test('hold one stamp, however often and by whom they were stamped', () => {
    assert.equal(stamp(`Web server${older(2024)}`), `Web server${STAMP}`);
    const many = Array.from({ length: 10 }, (_, count) => older(2014 + count)).join('');
    assert.equal(stamp(`Web server${many}`), `Web server${STAMP}`);
    assert.equal(stamp(many), STAMP_ALONE);
    assert.equal(stamp(STAMP_ALONE.replace('2025', '2024')), STAMP_ALONE);
    assert.equal(stamp(STAMP_ALONE + older(2024)), STAMP_ALONE);
  });

  test('are the same after ten times as after one', () => {
    for (const notes of ['', 'Web server', 'é'.repeat(100), `${'x'.repeat(99)}💣`]) {
      const once = stamp(notes);
      let again = once;
      for (let count = 0; count < 10; count++) {
        again = stamp(again);
      }
      assert.equal(again, once);
    }
  });

  test('keep a stamp that something was written behind', () => {
    const notes = `Web${older(2024)}, by hand`;
    assert.equal(stamp(notes), notes + STAMP);
  });

  test('keep what only looks like a stamp', () => {
    for (const notes of [
      'Restarted at noon',
      'restarted at 2024-01-31 12:00:00',
      ' - restarted at 2024-01-31 12:00:00',
      ' - Restarted at 24-01-31 12:00:00',
      ' - Restarted at ',
    ]) {
      assert.equal(stamp(notes), notes + STAMP);
    }
  });
});

describe('notes that are too long for the column', () => {
  test('hold one stamp where the cut is right behind an older one', () => {
    const notes = `Web${older(2024)}, by hand`;
    const limit = { characters: 2 * STAMP.length + 3, bytes: 400 };
    assert.equal(stamp(notes, limit), `Web${STAMP}`);
  });

  test('are cut so that the stamp fits exactly', () => {
    assert.equal(stamp('x'.repeat(65)), 'x'.repeat(65) + STAMP);
    assert.equal(stamp('x'.repeat(66)), 'x'.repeat(65) + STAMP);
    assert.equal(stamp('x'.repeat(1000)).length, 100);
  });

  test('are counted in characters as the database counts them, not in UTF-16 units', () => {
    assert.equal(stamp('💣'.repeat(65)), '💣'.repeat(65) + STAMP);
    assert.equal(stamp('💣'.repeat(66)), '💣'.repeat(65) + STAMP);
  });

  test('are never cut inside what a reader sees as one character', () => {
    const limit = (characters: number) => ({ characters: STAMP.length + characters, bytes: 400 });
    const wholes = ['e\u0301', '👩‍👩‍👧', '🇷🇴', '👍🏽', '\r\n', '각'];
    for (const whole of wholes) {
      const { length } = [...whole];
      assert.equal(stamp(`ab${whole}`, limit(2 + length)), `ab${whole}${STAMP}`);
      assert.equal(stamp(`ab${whole}`, limit(1 + length)), `ab${STAMP}`);
    }
  });

  test('are cut at the column’s bytes where those run out first', () => {
    const limit = { characters: 255, bytes: STAMP.length + 9 };
    assert.equal(stamp('é'.repeat(5), limit), 'é'.repeat(4) + STAMP);
    assert.equal(stamp('💣'.repeat(5), limit), '💣'.repeat(2) + STAMP);
    assert.equal(stamp('x'.repeat(10), limit), 'x'.repeat(9) + STAMP);
  });
});

describe('a column that is too short', () => {
  test('for any notes beside the stamp holds the stamp alone', () => {
    const limit = { characters: STAMP.length, bytes: STAMP.length };
    assert.equal(stamp('Web server', limit), STAMP_ALONE);
  });

  test('for the stamp keeps its notes as they are', () => {
    for (const limit of [
      { characters: STAMP.length - 1, bytes: 400 },
      { characters: 400, bytes: STAMP.length - 1 },
      { characters: 0, bytes: 0 },
    ]) {
      assert.equal(stamp('Web', limit), 'Web');
    }
    const narrow = { characters: STAMP_ALONE.length, bytes: 400 };
    assert.equal(stamp('Web', narrow), 'Web');
    assert.equal(stamp('', narrow), STAMP_ALONE);
  });
});

test('a megabyte of stamps is no more work than a megabyte', () => {
  const started = performance.now();
  stampNotes(`${STAMP.repeat(30_000)}x`, NOON, { characters: 100, bytes: 400 });
  assert.ok(performance.now() - started < 5000);
});

test('notes of megabytes hold the service up for no seconds', () => {
  const notes = 'x'.repeat(8_000_000);
  for (const [characters, kept] of [
    [10_000_000, 8_000_000],
    [7_000_000, 7_000_000 - STAMP.length],
  ] as const) {
    const started = performance.now();
    const stamped = stampNotes(notes, NOON, { characters, bytes: Number.POSITIVE_INFINITY });
    assert.equal(stamped.length, kept + STAMP.length);
    assert.ok(performance.now() - started < 1000, `${characters}`);
  }
});
