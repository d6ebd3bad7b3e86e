/**
 * Who may import whom. `src` has a room per folder, and its imports point one way: down this table.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { repository } from '../support/repository.ts';

/** Room: the rooms it may import from, besides itself. A file directly in `src` is its own room. */
const ROOMS: Record<string, string[]> = {
  'main.ts': ['commands'],
  commands: ['service', 'alarms', 'control', 'state', 'monitor', 'configuration', 'log', 'system'],
  service: [
    'alarms',
    'control',
    'state',
    'monitor',
    'restart',
    'breaker',
    'configuration',
    'log',
    'system',
  ],
  alarms: ['monitor', 'configuration', 'system'],
  control: ['log'],
  state: ['monitor', 'restart', 'breaker', 'system'],
  monitor: ['restart', 'breaker', 'configuration', 'log', 'system'],
  restart: ['configuration', 'log', 'system'],
  breaker: [],
  configuration: ['system'],
  log: ['system'],
  system: [],
};

interface Import {
  /** Paths from `src`, such as `log/line.ts`. */
  from: string;
  to: string;
  line: number;
}

const order = Object.keys(ROOMS);
const files = globSync('**/*.ts', { cwd: join(repository, 'src') }).sort();
const imports = files.flatMap(importsOf);

test('every room is in the table', () => {
  const found = new Set(files.map(roomOf));
  assert.deepEqual(
    [...found].filter((room) => !(room in ROOMS)),
    [],
  );
  assert.deepEqual(
    order.filter((room) => !found.has(room)),
    [],
    'in the table, not in src',
  );
});

test('the table points down', () => {
  const upward = permissions().filter(([from, to]) => order.indexOf(to) <= order.indexOf(from));
  assert.deepEqual(upward, []);
});

test('rooms import what the table allows and nothing else', () => {
  const wrong = imports.filter(({ from, to }) => !isAllowed(roomOf(from), roomOf(to)));
  assert.deepEqual(wrong.map(describeImport), []);
});

test('every permission is used', () => {
  const used = new Set(imports.map(({ from, to }) => `${roomOf(from)} -> ${roomOf(to)}`));
  const unused = permissions().map((permission) => permission.join(' -> '));
  assert.deepEqual(
    unused.filter((permission) => !used.has(permission)),
    [],
  );
});

test('no file imports itself by way of others', () => {
  assert.deepEqual(findCycle()?.join(' -> '), undefined);
});

test('the search sees every form of import', () => {
  const text = [
    "import { a } from './a.ts';",
    'import type {\n  B,\n} from "../log/b.ts";',
    "export * from './c.ts';",
    "import './d.ts';",
    "const e = await import('./e.ts');",
    "let f: import('./f.ts').F;",
    "// import { g } from './g.ts';",
    "import { join } from 'node:path';",
  ].join('\n');
  const seen = relativeImports(text).map(({ specifier, line }) => `${specifier}:${line}`);
  const expected = ['./a.ts:1', '../log/b.ts:4', './c.ts:5', './d.ts:6', './e.ts:7', './f.ts:8'];
  assert.deepEqual(seen, expected);
});

function importsOf(from: string): Import[] {
  const text = readFileSync(join(repository, 'src', from), 'utf8');
  return relativeImports(text).map(({ specifier, line }) => ({
    from,
    to: normalize(join(dirname(from), specifier)),
    line,
  }));
}

function relativeImports(text: string): { specifier: string; line: number }[] {
  const pattern = /(?:\bfrom|\bimport)\s*\(?\s*(['"])(\.{1,2}\/[^'"]*)\1/g;
  const code = text.replace(/^\s*(\/\/|\/?\*).*$/gm, '');
  return [...code.matchAll(pattern)].map((match) => ({
    specifier: match[2] as string,
    line: code.slice(0, match.index + match[0].length).split('\n').length,
  }));
}

/** The folder, or the file's own name for one directly in `src`; `..` for anything outside. */
function roomOf(path: string): string {
  return path.split('/')[0] as string;
}

function isAllowed(from: string, to: string): boolean {
  const allowed = ROOMS[from] ?? [];
  return from === to || allowed.includes(to);
}

/** The table as pairs. */
function permissions(): [string, string][] {
  return Object.entries(ROOMS).flatMap(([from, allowed]) =>
    allowed.map((to): [string, string] => [from, to]),
  );
}

function describeImport({ from, to, line }: Import): string {
  return `src/${from}:${line} imports ${to}: ${roomOf(from)} may not import ${roomOf(to)}`;
}

/** A chain of files that ends where it began, found by walking depth first. */
function findCycle(): string[] | undefined {
  const finished = new Set<string>();
  const walk = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) {
      return [...path.slice(path.indexOf(file)), file];
    }
    if (finished.has(file)) {
      return undefined;
    }
    const next = imports.filter(({ from }) => from === file);
    for (const { to } of next) {
      const cycle = walk(to, [...path, file]);
      if (cycle) {
        return cycle;
      }
    }
    finished.add(file);
    return undefined;
  };
  return files.map((file) => walk(file, [])).find((cycle) => cycle !== undefined);
}
