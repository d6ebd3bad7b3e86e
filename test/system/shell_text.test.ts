import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { replacingShell, simpleCommands } from '../../src/system/shell_text.ts';

const wordsOf = (line: string) =>
  simpleCommands(line)?.map(({ words, separator }) => [
    ...words.map(({ text, isExpanded }) => (isExpanded ? `~${text}` : text)),
    separator,
  ]);

describe('the simple commands of', () => {
  for (const [line, expected] of [
    ['a', [['a', '']]],
    ['', [['']]],
    ['a b\tc', [['a', 'b', 'c', '']]],
    [
      'a && b || c; d | e & f',
      [
        ['a', '&&'],
        ['b', '||'],
        ['c', ';'],
        ['d', '|'],
        ['e', '&'],
        ['f', ''],
      ],
    ],
    ['a &', [['a', '&']]],
    [`a 'b c' "d e" f\\ g h'i'"j"`, [['a', 'b c', 'd e', 'f g', 'hij', '']]],
    ['A=1 B="x y" a', [['a', '']]],
    ['a > /x 2>&1 < /y b', [['a', 'b', '']]],
    ['a 2>/dev/null >>/x', [['a', '']]],
    ['a "$HOME" $X *.c "\\$Y" ~/b', [['a', '~$HOME', '~$X', '~*.c', '$Y', '~~/b', '']]],
    ["a ';' \"|\" 'b#c' d#e", [['a', ';', '|', 'b#c', 'd#e', '']]],
  ] as const) {
    test(JSON.stringify(line), () => assert.deepEqual(wordsOf(line), expected));
  }
});

describe('no simple commands are', () => {
  for (const line of [
    ...['(a)', '{ a; }', 'a $(b)', 'a `b`', 'a "$(b)"', 'a "`b`"', 'f() { a; }', 'a # b'],
    ...['a <<E', "a 'b", 'a "b', 'a \\', 'a >', 'a > && b', 'a $((1+1))', "a $'b'"],
  ]) {
    test(line, () => assert.equal(simpleCommands(line), undefined));
  }
});

describe('the shell is replaced', () => {
  for (const line of [
    '/opt/probe',
    'curl -f http://x/',
    'probe "a b" > /dev/null 2>&1',
    'a "$X" *',
  ]) {
    test(`by ${line}`, () => assert.equal(replacingShell(line), `exec ${line}`));
  }
  for (const line of [
    ...[
      'a; b',
      'a | b',
      'a &',
      'A=1 a',
      '> /x a',
      'exit 3',
      '[ -f /x ]',
      'test -f x',
      '. /x',
      '"a b"',
    ],
    ...['$X', '(a)', '! a', 'if', 'a $(b)', '', ' ', 'cd /x', 'echo hi', 'A=1', '2>/x a'],
  ]) {
    test(`not by ${JSON.stringify(line)}`, () => assert.equal(replacingShell(line), line));
  }
});

test('a megabyte of anything is read in under 200 ms', () => {
  for (const part of [
    'a',
    "'",
    '"',
    '\\',
    '$',
    ' ',
    ';',
    '"a" ',
    "'a'",
    '\\a',
    '">',
    '=',
    'a=',
    '2>',
    '&&',
    '"\\',
    '$(',
  ]) {
    const line = part.repeat((1024 * 1024) / part.length);
    const started = performance.now();
    replacingShell(line);
    const tookMs = performance.now() - started;
    assert.ok(tookMs < 200, `${part}: ${tookMs} ms`);
  }
});
