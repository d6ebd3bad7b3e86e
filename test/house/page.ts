import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROCESS_KEYS, SECTIONS } from '../../src/configuration/keys.ts';
import type { Key, Keys } from '../../src/configuration/value_kinds.ts';
import { repository } from '../support/repository.ts';

/** Every key, below the heading that it has in the pages. */
export const KEYS: [heading: string, keys: Keys][] = [
  ...Object.entries(SECTIONS).map(([name, keys]): [string, Keys] => [`[${name}]`, keys]),
  ['[process.NAME] and [process.default]', PROCESS_KEYS],
];
/** A command that a page shows, and what it is said to print. */
export interface Step {
  readonly command: string;
  readonly output: string;
}

/** The sessions of a page, its blocks of the kind `console`: each line behind `$ ` is a command. */
export function sessionsOf(page: string): Step[][] {
  const blocks = [...read(page).matchAll(/^ *```console\n(.*?)^ *```$/gms)];
  return blocks.map(([, block = '']) => {
    const margin = /^ */.exec(block)?.[0] ?? '';
    const text = block.replaceAll(new RegExp(`^${margin}`, 'gm'), '');
    return text
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const [command = '', output = ''] = step.split(/\n(.*)/s);
        return { command, output };
      });
  });
}

export function read(page: string): string {
  return readFileSync(join(repository, page), 'utf8');
}

/** As the pages write it. */
export function defaultOf({ fallback }: Key<unknown>): string {
  return fallback === undefined || fallback === '' ? 'none' : String(fallback);
}

/** The range or the words that an error about the key would name. */
export function assertTellsWhatIsAllowed(name: string, key: Key<unknown>, text: string): void {
  const range = /\d+ to \d+(?= \(|$)/.exec(key.expected)?.[0];
  const words = /^one of (.*)$/.exec(key.expected)?.[1]?.split(', ') ?? [];
  assert.ok(
    range === undefined || new RegExp(`\\b${range}\\b`).test(text),
    `${name}, ${range}: ${text}`,
  );
  for (const word of words) {
    assert.match(text, new RegExp(`\\b${word}\\b`), name);
  }
}
