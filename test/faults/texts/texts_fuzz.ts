/** Names, notes and output, which anybody who may write to the table or be restarted can choose. */
import assert from 'node:assert/strict';
import { type NotesLimit, stampNotes } from '../../../src/alarms/notes.ts';
import { tableLines } from '../../../src/commands/table.ts';
import { textWidth } from '../../../src/commands/text_width.ts';
import { bounded } from '../../../src/log/escape.ts';
import { fileLine, journalLine, type Level } from '../../../src/log/line.ts';
import { refusalOf } from '../../../src/monitor/process_name.ts';
import { pick, type Random } from '../../support/random.ts';
import type { Property } from '../property.ts';

const AT = new Date(2025, 0, 31, 12, 0, 0);
const STAMP = ' - Restarted at 2025-01-31 12:00:00';
const STAMP_ALONE = STAMP.slice(' - '.length);

const COLUMN = /^(?:varchar|text) \d+$/;

const PIECES = [
  ...[
    'a',
    'nginx',
    '0',
    ' ',
    '-',
    '.',
    '@',
    '%',
    '$(id)',
    '`',
    ';',
    '|',
    '&',
    '"',
    "'",
    '\\',
    '/',
    '\\x2d',
  ],
  ...[
    'é',
    'e\u0301',
    '각',
    '漢',
    '💣',
    '👍🏽',
    '👩‍👩‍👧',
    '🇷🇴',
    '\u200d',
    '\ufe0f',
    '\ufeff',
    '\u200b',
    '\u{e0041}',
    '\u{e0100}',
    '\u00a0',
  ],
  ...[
    '\n',
    '\r\n',
    '\t',
    '\0',
    '\x1b[2J',
    '\x7f',
    '\u0085',
    '\u009b',
    '\u2028',
    '\u202e',
    '\u061c',
  ],
  ...[
    '\ud83d',
    '\udca3',
    STAMP,
    STAMP_ALONE,
    ' - Restarted at ',
    '.service',
    '.target',
    'poweroff',
    'x'.repeat(99),
  ],
];

/** A text in its pieces; now and then a long one. */
function pieces(random: Random): string[] {
  const few = Array.from({ length: random(9) }, () => pick(random, PIECES));
  switch (random(100)) {
    case 0:
      return Array(1 + random(200))
        .fill(few)
        .flat();
    case 1:
      return ['x'.repeat(8180 + random(12)), ...few]; // near the longest that is logged whole
    default:
      return few;
  }
}

export const namesStayHarmless: Property<string> = {
  title: 'a name that is not refused is one harmless word, of a bounded length',
  quick: 10_000,
  long: 1_000_000,
  expected: ['refused', 'accepted'],
  generate: (random) => pieces(random).slice(0, 1 + random(5)),
  check(parts, tally) {
    const name = parts.join('');
    const reason = refusalOf(name);
    tally(reason === undefined ? 'accepted' : 'refused');
    if (reason === undefined) {
      assert.match(name, /^[a-z0-9](?:[\w.@:+-]|\\x[0-9a-f]{2})*$/i);
      assert.ok(name.length <= 100);
      assert.ok(
        ![...name].some((char) => char.charCodeAt(0) > 126 || ' \n\t/%$;&|'.includes(char)),
      );
      assert.doesNotMatch(name, /^poweroff(?:\.service)?$|\.target$/);
    } else {
      assert.doesNotMatch(reason, /\p{Cc}/u);
    }
  },
};

export const notesFitTheirColumn: Property<string> = {
  title: 'notes fit their column, keep what was there but for its end, and hold the stamp once',
  quick: 4000,
  long: 300_000,
  expected: ['whole', 'cut', 'no room for the stamp'],
  generate: (random) => [
    limitOf(random),
    ...pieces(random),
    ...Array(Math.max(0, random(6) - 3)).fill(STAMP),
  ],
  check([limit = '', ...parts], tally) {
    if (!COLUMN.test(limit)) {
      return; // made too small
    }
    const notes = parts.join('').toWellFormed();
    const room = roomOf(limit);
    const stamped = stampNotes(notes, AT, room);
    const before = withoutStamps(notes);
    const needed = before === '' ? STAMP_ALONE.length : STAMP.length;
    if (room.characters < needed || room.bytes < needed) {
      tally('no room for the stamp');
      assert.equal(stamped, notes);
      return;
    }
    const isAlone = stamped === STAMP_ALONE;
    const kept = isAlone ? '' : stamped.slice(0, -STAMP.length);
    tally(kept === before ? 'whole' : 'cut');
    assert.equal(kept + (isAlone ? STAMP_ALONE : STAMP), stamped);
    assert.ok(isAlone || kept !== '', 'a separator behind nothing');
    assert.ok(before.startsWith(kept), 'something else than the end is gone');
    assert.ok(fits(stamped, room));
    const [next] = new Intl.Segmenter().segment(before.slice(kept.length));
    const isNeeded = next === undefined || !fits(kept + next.segment + STAMP, room);
    assert.ok(
      isNeeded || before.startsWith(kept + (isAlone ? STAMP_ALONE : STAMP)),
      'cut without need',
    );
    assert.ok(stamped.isWellFormed(), 'half a character');
    assert.equal(stampNotes(stamped, AT, room), stamped, 'stamped again, the same');
    assert.ok(!kept.endsWith(STAMP), 'stamped twice');
  },
};

export const linesStayLines: Property<string> = {
  title: 'whatever is logged or shown is one line that hides nothing, and JSON parses back',
  quick: 4000,
  long: 300_000,
  expected: ['short', 'long'],
  generate: pieces,
  check(parts, tally) {
    const message = parts.join('');
    tally(message.length > 8192 ? 'long' : 'short');
    const entry = {
      at: AT,
      level: 'ERROR' as Level,
      event: 'name_refused' as const,
      process: message,
      message,
    };
    const json = fileLine(entry, 'json');
    for (const line of [fileLine(entry, 'text'), json, journalLine(entry)]) {
      assertPlain(line);
    }
    assert.deepEqual(JSON.parse(json), {
      time: AT.toISOString(),
      level: 'ERROR',
      event: 'name_refused',
      process: bounded(message),
      message: bounded(message),
    });
    assert.equal(bounded(message.toWellFormed()).isWellFormed(), true, 'half a character');
    assertTable(message.slice(0, 200));
  },
};

function assertTable(text: string): void {
  const columns = [{ title: 'NAME' }, { title: 'NOTES' }];
  for (const line of tableLines(columns, [[text, text]], { columns: 40, hasColour: false })) {
    assertPlain(line);
    assert.ok(textWidth(line) <= 40, `${textWidth(line)} columns`);
  }
}

function assertPlain(line: string): void {
  assert.doesNotMatch(line, /[[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{DI}]--[\xad\ufe00-\ufe0f\u200c\u200d]]/v);
  assert.doesNotMatch(line, /[ -~][\u200c\u200d]|[\u200c\u200d](?:[ -~]|$)/);
}

/** A VARCHAR counts characters, a TEXT bytes. */
function limitOf(random: Random): string {
  const length = pick(random, [0, 34, 35, 36, 40, 100, 255, 65_535]) + random(3);
  return random(2) === 0 ? `varchar ${length}` : `text ${length}`;
}

function roomOf(limit: string): NotesLimit {
  const [kind, length] = limit.split(' ');
  const bytes = kind === 'text' ? Number(length) : Number.POSITIVE_INFINITY;
  return { characters: Number(length), bytes };
}

function fits(text: string, { characters, bytes }: NotesLimit): boolean {
  return [...text].length <= characters && Buffer.byteLength(text) <= bytes;
}

function withoutStamps(notes: string): string {
  if (notes.endsWith(STAMP)) {
    return withoutStamps(notes.slice(0, -STAMP.length));
  }
  return notes === STAMP_ALONE ? '' : notes;
}
