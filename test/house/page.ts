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
export function read(page: string): string {
  return readFileSync(join(repository, page), 'utf8');
}

/** As the pages write it. */
export function defaultOf({ fallback }: Key<unknown>): string {
  return fallback === undefined || fallback === '' ? 'none' : String(fallback);
}

/** The range or the words that an error about the key would name. */
export function assertTellsWhatIsAllowed(name: string, key: Key<unknown>, text: string): void {
  const range = /\d+ to \d+$/.exec(key.expected)?.[0];
  const words = /^one of (.*)$/.exec(key.expected)?.[1]?.split(', ') ?? [];
  assert.ok(
    range === undefined || new RegExp(`\\b${range}\\b`).test(text),
    `${name}, ${range}: ${text}`,
  );
  for (const word of words) {
    assert.match(text, new RegExp(`\\b${word}\\b`), name);
  }
}
