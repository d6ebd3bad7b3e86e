import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bounded, escapeJson, escapeText } from '../../src/log/escape.ts';

describe('a message as text', () => {
  const shown: ReadonlyArray<readonly [what: string, message: string, expected: string]> = [
    [
      'line feed, carriage return and tab have their short forms',
      'a\nb\r\nc\td',
      'a\\nb\\r\\nc\\td',
    ],
    [
      'an escape sequence cannot colour or clear the screen',
      '\x1b[2J\x1b[31mred',
      '\\x1b[2J\\x1b[31mred',
    ],
    [
      'NUL, bell, backspace, vertical tab and form feed are shown',
      '\0\x07\b\v\f',
      '\\x00\\x07\\x08\\x0b\\x0c',
    ],
    ['DEL is shown', 'a\x7fb', 'a\\x7fb'],
    [
      'C1 controls are shown, next line and CSI among them',
      '\x80\x85\x9b\x9f',
      '\\x80\\x85\\x9b\\x9f',
    ],
    ['the line and paragraph separators are shown', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
    [
      'bidirectional embeddings and overrides are shown',
      '\u202a\u202b\u202c\u202d\u202e',
      '\\u202a\\u202b\\u202c\\u202d\\u202e',
    ],
    [
      'bidirectional isolates are shown',
      '\u2066\u2067\u2068\u2069',
      '\\u2066\\u2067\\u2068\\u2069',
    ],
    ['a high surrogate alone is shown', 'a\ud83db', 'a\\ud83db'],
    ['a low surrogate alone is shown', 'a\ude00b', 'a\\ude00b'],
    ['surrogates in the wrong order are both shown', '\ude00\ud83d', '\\ude00\\ud83d'],
    ['a surrogate pair stays a character', 'a😀b', 'a😀b'],
    [
      'letters of any script, no-break space and soft hyphen stay',
      'äß日本語ﷺ\xa0\xad',
      'äß日本語ﷺ\xa0\xad',
    ],
    [
      'the neighbours of what is escaped stay',
      ' ~\xa0\u2027\u202f\u2070\ud7ff\ue000',
      ' ~\xa0\u2027\u202f\u2070\ud7ff\ue000',
    ],
    [
      'what has no width and hides between letters is shown',
      'ngi\u200bnx\u2060\ufeff\u034f\u3164',
      'ngi\\u200bnx\\u2060\\ufeff\\u034f\\u3164',
    ],
    [
      'a text in invisible tags, or in the selectors beyond FE0F, is shown',
      'a\u{e0041}\u{e0062}\u{e0100}b',
      'a\\u{e0041}\\u{e0062}\\u{e0100}b',
    ],
    [
      'joiners among ASCII, at an end or in a row are shown',
      'ngi\u200dnx é\u200c é\u200d\u200dé',
      'ngi\\u200dnx é\\u200c é\\u200d\\u200dé',
    ],
    [
      'joiners in emoji and in words that are spelled with them stay',
      '👩\u200d👩\u200d👧 ❤\ufe0f\u200d🔥 می\u200cخواهم क्\u200dष',
      '👩\u200d👩\u200d👧 ❤\ufe0f\u200d🔥 می\u200cخواهم क्\u200dष',
    ],
    ['a backslash stays as it is', 'C:\\new "x"', 'C:\\new "x"'],
    ['nothing stays nothing', '', ''],
  ];
  for (const [what, message, expected] of shown) {
    test(what, () => assert.equal(escapeText(message), expected));
  }

  test('of all UTF-16 units exactly the named classes are escaped', () => {
    const escaped = Array.from({ length: 0x10000 }, (_, unit) => unit).filter(
      (unit) => escapeText(String.fromCharCode(unit)) !== String.fromCharCode(unit),
    );
    assert.deepEqual(ranges(escaped), [
      ...['0-1f', '7f-9f', '34f-34f', '61c-61c', '115f-1160', '17b4-17b5', '180b-180f'],
      ...['200b-200f', '2028-202e', '2060-206f', '3164-3164', 'd800-dfff', 'feff-feff'],
      ...['ffa0-ffa0', 'fff0-fff8'],
    ]);
  });
});

describe('a message as JSON', () => {
  test('what JSON.stringify leaves bare is escaped too, and parses back', () => {
    const message = 'a\n\x7f\x85\u2028\u202e\u2069\ud800😀\u200b\u{e0041}';
    const json = escapeJson(JSON.stringify({ message }));
    assert.equal(
      json,
      '{"message":"a\\n\\u007f\\u0085\\u2028\\u202e\\u2069\\ud800😀\\u200b\\udb40\\udc41"}',
    );
    assert.deepEqual(JSON.parse(json), { message });
  });
});

describe('the bound of a message', () => {
  test('8,192 characters are logged whole', () => {
    assert.equal(bounded('x'.repeat(8192)), 'x'.repeat(8192));
  });

  test('of 8,193 characters one is left out', () => {
    assert.equal(bounded('x'.repeat(8193)), `${'x'.repeat(8192)}… (1 more character)`);
  });

  test('a megabyte says how much of it is missing', () => {
    assert.equal(bounded('x'.repeat(1_000_000)), `${'x'.repeat(8192)}… (991808 more characters)`);
  });

  test('a surrogate pair across the bound is left out as a whole', () => {
    assert.equal(bounded(`${'x'.repeat(8191)}😀yz`), `${'x'.repeat(8191)}… (4 more characters)`);
  });

  test('a surrogate pair that ends at the bound stays', () => {
    assert.equal(bounded(`${'x'.repeat(8190)}😀yz`), `${'x'.repeat(8190)}😀… (2 more characters)`);
  });

  test('a lone surrogate at the bound does not move it', () => {
    assert.equal(
      bounded(`${'x'.repeat(8191)}\ud83dyz`),
      `${'x'.repeat(8191)}\ud83d… (2 more characters)`,
    );
  });
});

function ranges(units: readonly number[]): string[] {
  const starts = units.filter((unit) => !units.includes(unit - 1));
  const ends = units.filter((unit) => !units.includes(unit + 1));
  return starts.map((start, index) => `${start.toString(16)}-${ends[index]?.toString(16)}`);
}
