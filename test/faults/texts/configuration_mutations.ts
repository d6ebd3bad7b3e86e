import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROCESS_KEYS, SECTIONS } from '../../../src/configuration/keys.ts';
import { pick, type Random } from '../../support/random.ts';
import { repository } from '../../support/repository.ts';

/** The lines of the real file, and of every example in the pages. */
const SOURCES = [
  linesOf(read('config.ini')),
  ...globSync(['*.md', 'docs/*.md'], { cwd: repository })
    .flatMap((page) => [...read(page).matchAll(/^ *```ini\n(.*?)^ *```$/gms)])
    .map(([, block = '']) => linesOf(block)),
];

const KEYS = [
  ...[PROCESS_KEYS, ...Object.values(SECTIONS)].flatMap((keys) => Object.keys(keys)),
  ...['__proto__', 'constructor', 'toString'],
];

/** What quotes, escapes and comments are made of. */
const MARKS = ['"', "'", '\\', ';', '#', ' ', '\\;', '\\#', ' ;', ' #', '=', 'a', '\0'];

/** What a sloppy writer of INI files or a careless reader of them stumbles over. */
const PIECES = [
  ...MARKS,
  ...['[', ']', '.', '%s', '$&', '`', '\t', '\r'],
  ...['\n', '\r\n', '\x1b[2J', '\x7f', '\u0085', '\u00a0', '\u2028', '\u202e', '\ufeff'],
  ...['é', '💣', 'e\u0301', '\ud800', '__proto__', 'constructor', 'true', 'null', '0', '-1', '1e3'],
  ...['999999999999999999', '/', '../', '********', 'password=hunter2', '--password hunter2'],
  ...['[process.default]', '[process.]', '[process.a.b]', '[database]', '\n[process.x]\n'],
];

/** A configuration that somebody wrote with little care or much malice, in its lines with their breaks. */
export function mutatedFile(random: Random): string[] {
  const source = pick(random, SOURCES);
  const start = random(3) === 0 ? random(source.length) : 0;
  let lines = source.slice(start, start + 1 + random(source.length));
  lines = lines.map((line) =>
    random(3) === 0 ? line.replace(/^; (?=\w+ = |\w+ =$|\[)/, '') : line,
  );
  for (let count = random(8); count > 0; count--) {
    lines = mutated(lines, random);
  }
  return lines;
}

/** A file near the largest that is read, of one mischief over and over. */
export function largeFile(random: Random): string[] {
  const piece = pick(random, [...PIECES, ...KEYS, ...pick(random, SOURCES)]) + pick(random, PIECES);
  const bytes = 1000 * pick(random, [1, 30, 1000]);
  const count = Math.max(1, Math.floor(bytes / Buffer.byteLength(piece)));
  const where = ['', '[', '[process.', '[database]\npassword=', '[process.a]\nstart_command='];
  return [
    pick(random, [...where, '[database]\nhost = "', 'x = ', '[x.']),
    ...Array(count).fill(piece),
    pick(random, ['', ']', '"', '\n']),
  ];
}

function mutated(lines: string[], random: Random): string[] {
  const at = random(lines.length + 1);
  const line = lines[at] ?? '';
  const place = random(line.length + 1);
  const replaced = (by: string) => lines.with(Math.min(at, lines.length - 1), by);
  if (lines.length === 0) {
    return [pick(random, PIECES)];
  }
  switch (random(9)) {
    case 0:
      return lines.toSpliced(at, 1 + random(4));
    case 1:
      return lines.toSpliced(random(lines.length), 0, line);
    case 2:
      return lines.toSpliced(at, 0, pick(random, pick(random, SOURCES)));
    case 3:
      return lines.toSpliced(at, 0, `${pick(random, KEYS)} = ${value(random)}\n`);
    case 4:
      return replaced(line.slice(0, place) + line.slice(place + 1 + random(3)));
    case 5:
      return lines.map((each) => each.replace(/\n$/, pick(random, ['\r\n', '\r', '\n'])));
    case 6:
      return replaced(line.replace(/=[^\n]*/, `= ${value(random)}`));
    default:
      return replaced(line.slice(0, place) + pick(random, PIECES) + line.slice(place));
  }
}

function value(random: Random): string {
  const marks = pick(random, [MARKS, [...PIECES, ...KEYS]]);
  const text = Array.from({ length: random(9) }, () => pick(random, marks)).join('');
  return pick(random, ['', '/', '"']) + text + pick(random, ['', '"']);
}

function read(file: string): string {
  return readFileSync(join(repository, file), 'utf8');
}

function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/);
}
