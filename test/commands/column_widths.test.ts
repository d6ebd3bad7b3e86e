/** What a narrow terminal shows of the tables of `status` and `list`: names of 30 characters, notes of 100. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { columnWidths } from '../../src/commands/column_widths.ts';
import { processLines } from '../../src/commands/process_lines.ts';
import { textWidth } from '../../src/commands/text_width.ts';
import { settingsWith } from '../monitor/fakes.ts';

const NOW = new Date(2026, 10, 23, 3, 50, 0);
const NAME = 'webshop-payment-gateway-eu-010';
const NOTES =
  'The payment gateway of the shop in Europe: ask Anna before you - Restarted at 2026-11-23 03:48:00';

const listed = (columns: number, notes = NOTES) =>
  processLines(
    [{ id: '112', name: NAME, isInAlarm: true, hasStatus: true, sound: 0, notes }],
    settingsWith({}),
    { columns, hasColour: false },
    NOW,
  );

describe('list', () => {
  test('at 80 columns keeps the name, the alarm and when it was restarted, and leaves out the strategy', () => {
    const [title = '', line = ''] = listed(80);
    assert.doesNotMatch(title, /STRATEGY/);
    assert.match(line, new RegExp(`^112 {2}${NAME} {2}yes {4}The pay.*… Restarted 2 min ago$`));
    assert.ok(textWidth(line) <= 80, line);
  });

  test('at 60 columns keeps the end of the name, which tells it from its like', () => {
    const [, line = ''] = listed(60);
    assert.match(line, /^112 {2}webshop-.*…y-eu-010 {2}yes {4}.*Restarted 2 min ago$/);
    assert.ok(textWidth(line) <= 60, line);
  });

  test('with room has everything, and the time as it is in the table', () => {
    assert.match(listed(200)[1] ?? '', / {2}auto {6}.* - Restarted at 2026-11-23 03:48:00$/);
  });

  test('takes a time to come, or one that is none, for any other text', () => {
    for (const at of ['2027-01-01 00:00:00', '2026-99-99 99:99:99']) {
      const line = listed(80, `${'x'.repeat(80)} - Restarted at ${at}`)[1] ?? '';
      assert.match(line, /x…$/);
    }
  });
});

describe('the widths of columns', () => {
  const COLUMNS = [
    { title: 'A', enough: 10 },
    { title: 'B', leftOut: 2 },
    { title: 'C', leftOut: 1 },
    { title: 'D' },
  ];

  test('are those of the texts where these fit', () => {
    assert.deepEqual(columnWidths(COLUMNS, [9, 5, 5, 5], 30), [9, 5, 5, 5]);
  });

  test('have a column cut to what is enough before another is left out', () => {
    assert.deepEqual(columnWidths(COLUMNS, [30, 5, 5, 5], 32), [11, 5, 5, 5]);
  });

  test('leave out one after the other, and give the room to what is cut', () => {
    assert.deepEqual(columnWidths(COLUMNS, [30, 5, 5, 5], 30), [16, 5, 0, 5]);
    assert.deepEqual(columnWidths(COLUMNS, [30, 5, 5, 5], 20), [13, 0, 0, 5]);
  });

  test('never take more than there is, down to a few columns', () => {
    for (let room = 8; room < 60; room++) {
      const widths = columnWidths(COLUMNS, [30, 5, 5, 5], room).filter((width) => width > 0);
      const taken = widths.reduce((sum, width) => sum + width, 2 * (widths.length - 1));
      assert.ok(taken <= room, `${taken} of ${room}`);
    }
  });
});
