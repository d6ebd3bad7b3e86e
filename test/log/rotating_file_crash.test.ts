// A crash between any two steps of a rotation, from every state the directory can be in.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RotatingFile } from '../../src/log/rotating_file.ts';
import { contents, fsWith, tempDir, writeFiles } from './support.ts';

const OLD = 'the log before\n';

/** Takes so many steps, then throws: nothing of the interrupted rotation is done afterwards. */
function crashAfter(steps: number): Parameters<typeof fsWith>[0] {
  let left = steps;
  const counted =
    <A extends unknown[]>(act: (...args: A) => void) =>
    (...args: A): void => {
      if (left === 0) throw new Error('crash');
      left -= 1;
      act(...args);
    };
  return { renameSync: counted(fs.renameSync), unlinkSync: counted(fs.unlinkSync) };
}

/** The contents from the newest to the oldest file. */
function newestFirst(directory: string): string[] {
  const age = (name: string): number => Number(name.slice('x.log.'.length));
  const files = Object.entries(contents(directory));
  return files.sort(([a], [b]) => age(a) - age(b)).map(([, text]) => text);
}

/** What has to be there once the line is written: everything, but for an oldest file that had no room. */
function expected(numbers: readonly number[], filesToKeep: number): string[] {
  const within = numbers.filter((number) => number <= filesToKeep);
  const staying = within.length === filesToKeep ? within.slice(0, -1) : within;
  return [OLD, ...staying.map((number) => `${number}\n`)];
}

for (const filesToKeep of [1, 2, 3, 5]) {
  test(`with ${filesToKeep} kept, nothing is lost and the next line resumes the rotation`, (t) => {
    for (let set = 0; set < 2 ** 6; set += 1) {
      const numbers = [1, 2, 3, 4, 5, 6].filter((number) => set & (1 << (number - 1)));
      for (let steps = 0; crashAndResume(tempDir(t), numbers, filesToKeep, steps); steps += 1);
    }
  });
}

/** True if there was a crash, false if the rotation took no more steps than that. */
function crashAndResume(
  directory: string,
  numbers: number[],
  filesToKeep: number,
  steps: number,
): boolean {
  const path = join(directory, 'x.log');
  const limits = { maxBytes: OLD.length, filesToKeep };
  const rotated = Object.fromEntries(numbers.map((number) => [`x.log.${number}`, `${number}\n`]));
  writeFiles(directory, { ...rotated, 'x.log': OLD });

  const crashed = appendFails(new RotatingFile(path, limits, fsWith(crashAfter(steps))));
  const found = newestFirst(directory);
  for (const text of expected(numbers, filesToKeep)) {
    assert.ok(found.includes(text), `${text} is lost after ${steps} steps from ${numbers}`);
  }

  const next = new RotatingFile(path, limits);
  if (crashed) next.append('next');
  next.close();
  const wanted = ['next\n', ...expected(numbers, filesToKeep)];
  assert.deepEqual(newestFirst(directory), wanted, `after ${steps} steps from ${numbers}`);
  return crashed;
}

function appendFails(file: RotatingFile): boolean {
  try {
    file.append('next');
    return false;
  } catch (error) {
    assert.match(String(error), /its rotation failed: crash$/);
    return true;
  } finally {
    file.close();
  }
}
