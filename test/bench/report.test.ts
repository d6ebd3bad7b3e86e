/** The page of results: what it says of figures, of goals, and of those who have no such thing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Result } from '../../bench/measure.ts';
import { overviewOf, pageOf, sectionOf } from '../../bench/report.ts';
import type { Row } from '../../bench/row.ts';
import { inWords, verdictsOf } from '../../bench/verdicts.ts';

const ROW: Row = {
  number: 3,
  word: 'pace',
  title: 'How fast it goes',
  how: 'With a stopwatch.',
  tried: 'Running.',
  figures: { whole: 'ms' },
  without: { monit: 'does not go', floor: '' },
  goals: [
    {
      says: 'at most 20 ms',
      unit: 'ms',
      value: (median) => median('service', 'whole'),
      atMost: 20,
    },
    {
      says: 'twice as fast as the shell',
      unit: '',
      value: (median) => median('shell', 'whole') / median('service', 'whole'),
      atLeast: 2,
    },
  ],
  open: () => Promise.reject(new Error('not measured here')),
};

function resultOf(service: number[], shell: number[], more: Partial<Result> = {}): Result {
  const series = [
    { contender: 'service', figure: 'whole', samples: service },
    { contender: 'shell', figure: 'whole', samples: shell },
  ] as const;
  return { row: ROW, series, notes: [], seconds: 1, ...more };
}

test('a goal is met up to its very figure, and not beyond', () => {
  const met = (service: number, shell: number) =>
    verdictsOf(resultOf([service], [shell])).map(({ isMet }) => isMet);
  assert.deepEqual(met(20, 40), [true, true]);
  assert.deepEqual(met(20.01, 40), [false, false]);
});

test('a goal without a figure is not met, and the page says so', () => {
  const result = resultOf([], [], { series: [], failure: 'Error: the host burned\n    at home' });
  assert.deepEqual(
    verdictsOf(result).map(({ value, isMet }) => [value, isMet]),
    [
      ['no figure', false],
      ['no figure', false],
    ],
  );
  assert.match(sectionOf(result), /\*\*Not measured to its end:\*\* Error: the host burned\n/);
});

test('each contender has its figures with median, quartiles and ratio, or a reason', () => {
  const lines = sectionOf(resultOf([10, 20, 30], [40])).split('\n');
  const cells = lines
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  assert.deepEqual(cells, [
    ['contender', 'figure', 'median', 'quartiles', 'samples', 'ratio'],
    ['service', 'whole', '20 ms', '15 – 25 ms', '3', ''],
    ['shell', 'whole', '40 ms', '40 – 40 ms', '1', '2'],
    ['monit', 'no such thing: does not go', '', '', '', ''],
    ['goal', 'measured', ''],
    ['at most 20 ms', '20 ms', 'met'],
    ['twice as fast as the shell', '2', 'met'],
  ]);
});

test('a row says what was tried, behind its goals', () => {
  assert.match(sectionOf(resultOf([30], [40])), /\| \*\*not met\*\* \|\n\nRunning\.\n/);
});

test('the page begins with what was measured on, and with all goals', () => {
  const page = pageOf([resultOf([30], [40])], [['date', '2026-01-01']]);
  assert.match(page, /^# Side by side\n/);
  assert.match(page, /\| date +\| 2026-01-01 \|/);
  assert.match(page, /\| 3 pace +\| at most 20 ms +\| 30 ms +\| \*\*not met\*\* \|/);
  assert.match(page, /\n## 3\. How fast it goes \(`pace`\)\n\nWith a stopwatch\.\n/);
  assert.ok(overviewOf([]).startsWith('| row '), 'where nothing was measured as well');
});

test('figures are told with the digits that count', () => {
  assert.equal(inWords(12345.6, 'ms'), '12,346 ms');
  assert.equal(inWords(0.45678, 'ms'), '0.457 ms');
  assert.equal(inWords(61_900_000, 'bytes'), '61.9 MB');
  assert.equal(inWords(5170, 'bytes'), '5.17 KB');
  assert.equal(inWords(0, ''), '0');
});
