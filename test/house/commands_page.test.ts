/** docs/COMMANDS.md says what the commands print: its fields are those of the JSON. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStage, sqliteTables } from '../commands/stage.ts';
import { read } from './page.ts';

/** The fields in the first table below a heading. */
function fieldsBelow(heading: string): string[] {
  const own = read('docs/COMMANDS.md').split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...own.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1] as string);
}

test('docs/COMMANDS.md has the fields of list, history and check --json, in their order', async (t) => {
  const stage = await openStage(t, sqliteTables, {
    processes: { web: { restart_strategy: 'custom', restart_command: 'false', max_attempts: 1 } },
  });
  await stage.tables.add({ id: 1, name: 'web', alarm: true });
  await stage.run('run', '--once');
  for (const [command, rows] of [
    ['list', 'processes'],
    ['history', 'attempts'],
    ['check', 'checks'],
  ] as const) {
    const document = JSON.parse((await stage.run(command, '--json', 'web')).stdout);
    assert.deepEqual(Object.keys(document), [rows]);
    assert.deepEqual(Object.keys(document[rows][0]), fieldsBelow(command));
  }
});
