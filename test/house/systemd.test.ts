/** RedHat 8 is a host like the others: what is used of systemd is there in 239, or a page says what becomes of it. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository } from '../support/repository.ts';
import { read } from './page.ts';
import { OLDEST, VERSIONS } from './systemd_versions.ts';

const UNITS = ['monitor_service.service', 'monitor_service-alarm@.service'];
const PROGRAM = /['"`](?:systemctl|systemd-run|systemd-notify|systemd-cat|journalctl)\b/;

const sources = globSync('src/**/*.ts', { cwd: repository })
  .map((file) => [file, withoutComments(read(file))] as const)
  .filter(([, text]) => PROGRAM.test(text));

test('the units have no directive of a newer systemd without a word about RedHat 8', () => {
  for (const file of UNITS) {
    const names = [...read(file).matchAll(/^([A-Z]\w*)=/gm)].map(([, name = '']) => name);
    assert.ok(names.length > 20, file);
    for (const name of names) {
      assertKnown('directive', name, file);
    }
  }
});

test('nothing is asked of systemctl and its kind that a newer systemd alone knows', () => {
  const found = { option: new Set<string>(), property: new Set<string>() };
  for (const [file, text] of sources) {
    // Those of one letter are all older.
    for (const [, option = ''] of text.matchAll(/['"`\s](--[a-z][a-z-]*)(?=['"`=\s])/g)) {
      assertKnown('option', option, file);
      found.option.add(option);
    }
    for (const [, name = ''] of text.matchAll(/--property=([A-Z]\w+)=/g)) {
      assertKnown('directive', name, file);
    }
    for (const name of propertiesIn(text)) {
      assertKnown('property', name, file);
      found.property.add(name);
    }
  }
  // An entry that nothing uses would hide that the search finds nothing any more.
  for (const kind of ['option', 'property'] as const) {
    assert.deepEqual([...VERSIONS[kind].keys()].sort(), [...found[kind]].sort());
  }
});

function assertKnown(kind: keyof typeof VERSIONS, name: string, file: string): void {
  const version = VERSIONS[kind].get(name);
  const what = `${kind} ${name} in ${file}`;
  assert.ok(version !== undefined, `${what}: put it into test/house/systemd_versions.ts`);
  assert.ok(
    version <= OLDEST || isToldOfRedHat8(name),
    `${what}: systemd ${version} brought it; say in docs/OPERATION.md what RedHat 8 does without it`,
  );
}

/** Is there a paragraph about RedHat 8 that names it? */
function isToldOfRedHat8(name: string): boolean {
  const paragraphs = read(join('docs', 'OPERATION.md')).split(/\n\n+/);
  return paragraphs.some((text) => /RedHat 8/.test(text) && text.includes(`\`${name}\``));
}

function propertiesIn(text: string): string[] {
  const lists = [...text.matchAll(/--property=([A-Z]\w*(?:,[A-Z]\w*)+)/g)];
  const arrays = [...text.matchAll(/\bPROPERTIES = \[[^;]*;/g)].join('');
  const words = [...arrays.matchAll(/'([A-Z]\w+)'/g)];
  return [
    ...lists.flatMap(([, names = '']) => names.split(',')),
    ...words.map(([, name = '']) => name),
  ];
}

function withoutComments(text: string): string {
  return text.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '');
}
