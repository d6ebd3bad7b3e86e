/** The pages: what they refer to is there, and what they say of the source is so. */
import assert from 'node:assert/strict';
import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { repository } from '../support/repository.ts';
import { assertTellsWhatIsAllowed, defaultOf, KEYS, read } from './page.ts';

const pages = globSync('{*.md,docs/**/*.md,rpm/*.md,bench/*.md}', { cwd: repository }).sort();

for (const page of pages) {
  test(`the links of ${page} lead somewhere`, () => {
    for (const [, target = ''] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      const [path = '', anchor] = target.split('#');
      if (!/^[a-z]+:/.test(target)) {
        const file = path === '' ? page : join(dirname(page), path);
        assert.ok(existsSync(join(repository, file)), `${target} in ${page}`);
        assert.ok(anchor === undefined || anchorsOf(file).has(anchor), `${target} in ${page}`);
      }
    }
  });
}

for (const [heading, keys] of KEYS) {
  test(`docs/CONFIGURATION.md has the keys of ${heading}, each with its default and range`, () => {
    const rows = configurationRows(heading);
    assert.deepEqual(Object.keys(rows), Object.keys(keys).sort());
    for (const [name, key] of Object.entries(keys)) {
      const { value = '', allowed = '' } = rows[name] ?? {};
      assert.equal(value.replaceAll('`', ''), defaultOf(key), name);
      assertTellsWhatIsAllowed(name, key, allowed);
    }
  });
}

test('every file of src has its room in docs/ARCHITECTURE.md', () => {
  const rooms = new Set(Object.keys(architecture()));
  const files = globSync('**/*.ts', { cwd: join(repository, 'src') });
  const homeless = files.filter((file) => !rooms.has(file.split('/')[0] as string));
  assert.deepEqual(homeless, []);
  const empty = [...rooms].filter((room) => !existsSync(join(repository, 'src', room)));
  assert.deepEqual(empty, [], 'in the table, not in src');
});

test('docs/ARCHITECTURE.md says of each room what it imports', () => {
  const actual = Object.keys(architecture()).map((room) => [room, importedRooms(room)]);
  assert.deepEqual(architecture(), Object.fromEntries(actual));
});

test('docs/ARCHITECTURE.md and CONTRIBUTING.md name no file that is gone', () => {
  const sources = globSync('**/*.ts', { cwd: join(repository, 'src') });
  for (const page of ['docs/ARCHITECTURE.md', 'CONTRIBUTING.md']) {
    for (const [, name = ''] of read(page).matchAll(/`([\w/]+\.ts)`/g)) {
      const isThere = sources.some((file) => `/src/${file}`.endsWith(`/${name}`));
      assert.ok(isThere || existsSync(join(repository, name)), `${name} in ${page}`);
    }
  }
});

/** The rows below a heading of docs/CONFIGURATION.md. */
function configurationRows(heading: string): Record<string, { value: string; allowed: string }> {
  const own = read('docs/CONFIGURATION.md').split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = [...own.matchAll(/^\| `(\w+)` \| (.*?) \| (.*?) \|/gm)];
  const pairs = rows.map(([, name, value, allowed]) => [name, { value, allowed }]);
  return Object.fromEntries(pairs.sort());
}

/** Rooms of the table, and the rooms that each may import. */
function architecture(): Record<string, string[]> {
  const rows = read('docs/ARCHITECTURE.md').matchAll(/^\| `([\w.]+)` \|[^|]*\|([^|]*)\|$/gm);
  const namesIn = (cell = '') => [...cell.matchAll(/`(\w+)`/g)].map((match) => match[1] as string);
  return Object.fromEntries([...rows].map(([, room, cell]) => [room, namesIn(cell).sort()]));
}

function importedRooms(room: string): string[] {
  const files = room.endsWith('.ts')
    ? [room]
    : globSync(`${room}/**/*.ts`, { cwd: join(repository, 'src') });
  const text = files.map((file) => read(join('src', file))).join('\n');
  const found = [...text.matchAll(/(?:from|import)\s*\(?'\.{1,2}\/(\w+)\//g)];
  return [...new Set(found.map((match) => match[1] as string))].sort();
}

/** As GitHub makes them of headings. */
function anchorsOf(page: string): Set<string> {
  const headings = [...read(page).matchAll(/^#+ (.+)$/gm)].map((match) => match[1] as string);
  const anchors = headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
  return new Set(anchors);
}
