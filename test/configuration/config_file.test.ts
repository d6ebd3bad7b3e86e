/** The config.ini that is delivered: every key with its default, and nothing that is not so. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PROCESS_KEYS, SECTIONS } from '../../src/configuration/keys.ts';
import type { Keys } from '../../src/configuration/value_kinds.ts';
import { repository } from '../support/repository.ts';
import { plain, settingsFrom } from './support.ts';

/** A system name is one process's, so it is among the examples. */
const { system_name, ...SHARED_PROCESS_KEYS } = PROCESS_KEYS;
const SHARED_SECTIONS = { ...SECTIONS, 'process.default': SHARED_PROCESS_KEYS };

const delivered = readFileSync(join(repository, 'config.ini'), 'utf8');
const [settingsPart = '', examples = ''] = delivered.split('; Examples\n');

test('config.ini is valid and changes nothing but the password to be set', () => {
  const { database, ...rest } = plain(settingsFrom(delivered));
  const { database: defaults, ...others } = plain(settingsFrom(''));
  assert.deepEqual(database, { ...defaults, password: 'your_password' });
  assert.deepEqual(rest, others);
});

test('config.ini names every key in its section, with its default', () => {
  const { database, ...others } = Object.fromEntries(
    Object.entries(SHARED_SECTIONS).map(([section, keys]) => [section, defaultsOf(keys)]),
  );
  assert.deepEqual(keysNamed(settingsPart), {
    // Without a port the usual one counts; a password has no default that would do.
    database: { ...database, port: '3306', password: 'your_password' },
    ...others,
  });
});

test('config.ini has examples that hold once their marks are taken off', () => {
  const { processes } = settingsFrom(examples.replace(/^; (?=\[|\w+ = )/gm, ''));
  assert.deepEqual([...processes.keys()], ['apache2', 'worker']);
  assert.equal(processes.get('apache2')?.system_name, 'httpd');
  assert.equal(processes.get('worker')?.start_command, '/opt/worker/bin/worker --daemon');
});

test('config.ini tells the range of every number that is a key’s', () => {
  const ranges = Object.values(SHARED_SECTIONS)
    .flatMap((keys) => Object.values(keys))
    .map(({ expected }) => / from (\d+ to \d+)(?: \(|$)/.exec(expected)?.[1])
    .filter((range) => range !== undefined);
  assert.ok(ranges.length > 10);
  for (const range of ranges) {
    assert.ok(settingsPart.includes(range), `config.ini does not tell the range ${range}`);
  }
});

function defaultsOf(keys: Keys): Record<string, string> {
  const pairs = Object.entries(keys).map(([name, { fallback }]) => [name, String(fallback ?? '')]);
  return Object.fromEntries(pairs);
}

/** The keys of a text, those behind a mark included; where a comment speaks of one again, the first counts. */
function keysNamed(text: string): Record<string, Record<string, string>> {
  const found: Record<string, Record<string, string>> = {};
  let section: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const header = /^\[(.+)\]$/.exec(line)?.[1];
    const [, key, value] = /^(?:; )?(\w+) =(?: (.*))?$/.exec(line) ?? [];
    if (header !== undefined) {
      section = {};
      found[header] = section;
    } else if (key !== undefined) {
      section[key] ??= value ?? '';
    }
  }
  return found;
}
