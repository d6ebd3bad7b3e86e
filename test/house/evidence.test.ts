/** docs/SECURITY.md and RELIABILITY.md: whoever doubts a row can run the test that shows it. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository } from '../support/repository.ts';
import { read } from './page.ts';

const page = read('docs/SECURITY.md');

interface Evidence {
  readonly file: string;
  readonly title: string;
}

for (const [name, fewest] of [
  ['docs/SECURITY.md', 100],
  ['docs/RELIABILITY.md', 20],
] as const) {
  test(`every test that ${name} names is there, under that title`, () => {
    const named = evidenceIn(read(name));
    assert.ok(named.length >= fewest, `${named.length} tests`);
    for (const { file, title } of named) {
      assert.ok(existsSync(join(repository, 'test', file)), `test/${file}`);
      const quotes = ["'", '"', '`'].map((quote) => `${quote}${title}${quote}`);
      const source = read(join('test', file));
      assert.ok(
        quotes.some((quoted) => source.includes(quoted)),
        `“${title}” in test/${file}`,
      );
    }
  });
}

test('every row of docs/SECURITY.md is shown by a test, or says that nothing stops it', () => {
  const rows = page.split('\n').filter((line) => /^\|(?! *(?:What|-))/.test(line));
  assert.ok(rows.length > 40, `${rows.length} rows`);
  for (const row of rows) {
    const isOpen = /\*\*Not stopped/.test(row);
    assert.ok(isOpen || evidenceIn(row).length > 0, row);
  }
});

/** As `log/escape.test.ts` “a title”, “another one”. */
function evidenceIn(text: string): Evidence[] {
  const groups = text.matchAll(/`([\w./]+\.ts)`((?:,? “[^”]+”)+)/g);
  return [...groups].flatMap(([, file = '', titles = '']) =>
    [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => ({ file, title })),
  );
}
