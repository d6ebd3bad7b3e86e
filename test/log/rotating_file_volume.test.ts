import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RotatingFile } from '../../src/log/rotating_file.ts';
import { tempDir } from './support.ts';

const LIMIT = 3 * 1024;

test('10,000 lines of random length are found once, whole and in order over all files', (t) => {
  const directory = tempDir(t);
  const lines = randomLines(10_000);
  const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: LIMIT, filesToKeep: 5000 });
  for (const line of lines) file.append(line);
  file.close();

  const texts = oldestFirst(directory);
  assert.deepEqual(texts.join('').split('\n'), [...lines, '']);
  assert.ok(texts.length > 400, `only ${texts.length} files`);
  assert.deepEqual(texts.filter(isTooLarge), []);
});

test('no file is rotated that had room for the first line of the next', (t) => {
  const directory = tempDir(t);
  const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: LIMIT, filesToKeep: 5000 });
  for (const line of randomLines(2000)) file.append(line);
  file.close();

  const texts = oldestFirst(directory);
  const early = texts.slice(0, -1).filter((text, index) => {
    const next = `${texts[index + 1]?.split('\n')[0]}\n`;
    return Buffer.byteLength(text + next) <= LIMIT;
  });
  assert.deepEqual(early, []);
});

test('with two keepers in turn, each a fresh object as after a restart, the same holds', (t) => {
  const directory = tempDir(t);
  const lines = randomLines(2000);
  for (let start = 0; start < lines.length; start += 7) {
    const file = new RotatingFile(join(directory, 'x.log'), { maxBytes: LIMIT, filesToKeep: 5000 });
    for (const line of lines.slice(start, start + 7)) file.append(line);
    file.close();
  }
  assert.deepEqual(oldestFirst(directory).join('').split('\n'), [...lines, '']);
});

/** Lines that say their number; most are short, one in a hundred is longer than a whole file. */
function randomLines(count: number): string[] {
  const random = generator(20260131);
  return Array.from({ length: count }, (_, number) => {
    const length = random() < 0.01 ? LIMIT + random() * 2000 : random() * 250;
    return `${number} ${'aé€😀'.repeat(length / 10)}`;
  });
}

/** Mulberry32: the same numbers in every run, from 0 to below 1. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function oldestFirst(directory: string): string[] {
  const age = (name: string): number => Number(name.slice('x.log.'.length));
  const names = fs.readdirSync(directory).sort((a, b) => age(b) - age(a));
  return names.map((name) => fs.readFileSync(join(directory, name), 'utf8'));
}

/** Past the limit without the excuse of a single line that is longer. */
function isTooLarge(text: string): boolean {
  return Buffer.byteLength(text) > LIMIT && text.split('\n').length > 2;
}
