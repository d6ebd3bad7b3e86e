/** Tables for people: as wide as the terminal, and nothing in them is obeyed by it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { fitted } from '../../src/commands/column_widths.ts';
import { tableLines } from '../../src/commands/table.ts';
import { cutToWidth, textWidth } from '../../src/commands/text_width.ts';

const FILE = { columns: Number.POSITIVE_INFINITY, hasColour: false };
const COLUMNS = [{ title: 'ID', align: 'right' }, { title: 'NAME' }, { title: 'NOTES' }] as const;

test('cells stand below each other, and no line ends in spaces', () => {
  const rows = [
    ['1', 'apache2', 'Web server'],
    ['12', 'sshd', ''],
  ];
  assert.deepEqual(tableLines(COLUMNS, rows, FILE), [
    'ID  NAME     NOTES',
    ' 1  apache2  Web server',
    '12  sshd',
  ]);
});

test('without rows the titles stand alone', () => {
  assert.deepEqual(tableLines(COLUMNS, [], FILE), ['ID  NAME  NOTES']);
});

test('what goes to no terminal is never cut', () => {
  const long = 'x'.repeat(500);
  assert.deepEqual(tableLines(COLUMNS, [['1', long, long]], FILE)[1], ` 1  ${long}  ${long}`);
});

test('on a terminal the longest cells are cut, with an ellipsis', () => {
  const rows = [['1', 'apache2', 'A very long note about a web server that runs here']];
  const lines = tableLines(COLUMNS, rows, { columns: 40, hasColour: false });
  assert.deepEqual(lines, ['ID  NAME     NOTES', ' 1  apache2  A very long note about a w…']);
  assert.equal(lines[1]?.length, 40);
});

test('no line is wider than the terminal, whatever is in it', () => {
  const texts = [
    '',
    'a',
    'nginx',
    '\x1b[31mred',
    '日本語のプロセス',
    '👩‍👩‍👧 family',
    'é'.repeat(90),
  ];
  for (const columns of [20, 40, 80, 120]) {
    const rows = texts.map((text) => [text, text.repeat(3), text.repeat(9)]);
    for (const line of tableLines(COLUMNS, rows, { columns, hasColour: false })) {
      assert.ok(textWidth(line) <= columns, `${columns}: ${line}`);
    }
  }
});

test('a thousand rows of long texts in any script are shown in a moment', () => {
  for (const long of ['漢字'.repeat(4000), '\u200b'.repeat(8000), '👩‍👩‍👧‍👦'.repeat(700)]) {
    const rows = Array.from({ length: 1000 }, (_, id) => [String(id), long, long]);
    for (const columns of [80, Number.POSITIVE_INFINITY]) {
      const start = performance.now();
      tableLines(COLUMNS, rows, { columns, hasColour: false });
      const took = performance.now() - start;
      assert.ok(took < 5000, `${columns} columns: ${Math.round(took)} ms`);
    }
  }
});

test('of a text that is mostly accents a terminal gets what it can draw', () => {
  const rows = [['1', `e${'\u0301'.repeat(5000)}`, '👩‍👩‍👧‍👦'.repeat(200)]];
  const [, line = ''] = tableLines(COLUMNS, rows, { columns: 40, hasColour: false });
  assert.ok(textWidth(line) <= 40, line);
  assert.ok(line.length < 500, `${line.length} characters`);
});

test('wide characters take two columns, accents none', () => {
  for (const [text, width] of [
    ['nginx', 5],
    ['日本', 4],
    ['e\u0301', 1],
    ['한글', 4],
    ['👩‍👩‍👧', 2],
    ['🚀', 2],
    ['ｆｕｌｌ', 8],
    ['❤️', 2],
    ['Привет', 6],
    ['\u200b', 0],
  ] as const) {
    assert.equal(textWidth(text), width, text);
  }
});

test('a character is cut off whole or not at all', () => {
  assert.equal(cutToWidth('日本語', 4), '日…');
  assert.equal(cutToWidth('日本語', 6), '日本語');
  assert.equal(cutToWidth('e\u0301e\u0301e\u0301', 2), 'e\u0301…');
  assert.equal(cutToWidth('abc', 1), '…');
});

test('narrow columns keep their width, wide ones share what is left', () => {
  assert.deepEqual(fitted([2, 5, 50, 60], 40), [2, 5, 16, 16]);
  assert.deepEqual(fitted([2, 5, 10], 40), [2, 5, 10]);
  assert.deepEqual(fitted([50, 60], 1), [1, 1]);
});

test('escape sequences and line breaks in a cell are shown, not obeyed', () => {
  const rows = [['1', '\x1b[2J\x1b]0;x\x07', 'a\nb\r\u202ec\x9b']];
  assert.deepEqual(
    tableLines(COLUMNS, rows, FILE)[1],
    ' 1  \\x1b[2J\\x1b]0;x\\x07  a\\nb\\r\\u202ec\\x9b',
  );
});

test('colour changes no width, and is there only where it may be', () => {
  const rows = [['1', { text: 'nginx', colour: 'red' } as const, 'note']];
  const plain = tableLines(COLUMNS, rows, FILE);
  const colour = tableLines(COLUMNS, rows, { ...FILE, hasColour: true });
  assert.ok(colour[1]?.includes('\x1b[31mnginx\x1b[39m'), colour[1]);
  assert.deepEqual(colour.map(stripVTControlCharacters), plain);
});
