/** What clearing an alarm does to its notes, on a server in strict mode. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openScene } from './database_scene.ts';

/** Behind notes that there were, and alone. */
const STAMP = /(?:(?<=.) - |^)Restarted at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const LIMIT = 100;
const ROOM = LIMIT - ' - Restarted at 2023-06-15 10:05:10'.length;
const TIMES = 10;

/** Notes, and what is left of them before the stamp; the alarm's id is the index. */
const NOTES = [
  { what: 'of 100 characters', notes: 'x'.repeat(LIMIT), kept: 'x'.repeat(ROOM) },
  { what: 'NULL', notes: null, kept: '' },
  { what: 'empty', notes: '', kept: '' },
  { what: 'short', notes: 'Web server', kept: 'Web server' },
  { what: 'just short enough', notes: 'x'.repeat(ROOM), kept: 'x'.repeat(ROOM) },
  { what: 'of 100 two-byte characters', notes: 'ä'.repeat(LIMIT), kept: 'ä'.repeat(ROOM) },
  { what: 'of 100 four-byte characters', notes: '🔥'.repeat(LIMIT), kept: '🔥'.repeat(ROOM) },
  {
    what: 'with a letter and its accent at the cut',
    notes: `${'x'.repeat(ROOM - 1)}e\u0301${'y'.repeat(30)}`,
    kept: 'x'.repeat(ROOM - 1),
  },
  { what: 'that quote', notes: `it's "50%" \\ done`, kept: `it's "50%" \\ done` },
];

test('notes of every kind end with one stamp after each of ten restarts, and nothing is an error', async (t) => {
  const scene = await openScene(t);
  const { database } = scene;
  const [mode] = await database.sql('SELECT @@GLOBAL.sql_mode AS mode');
  assert.match(mode?.mode, /STRICT_TRANS_TABLES/);
  const names: string[] = [];
  for (const [id, { notes }] of NOTES.entries()) {
    const name = await scene.killed();
    await database.add({ id, name, notes });
    names.push(name);
  }
  scene.configure({
    monitor: { max_parallel_restarts: NOTES.length },
    processes: { default: { max_restarts: 0 } },
  });
  const service = await scene.start();
  await scene.passChecks(service, 1);
  for (let time = 1; time <= TIMES; time++) {
    for (const [id, name] of names.entries()) {
      await scene.dies(id, name);
    }
    service.signal('SIGUSR1');
    for (const [id, { what, kept }] of NOTES.entries()) {
      await scene.cleared(id);
      const notes = (await database.row(id))?.notes ?? '';
      assert.match(notes, STAMP, `notes ${what}, restart ${time}`);
      assert.equal(notes.replace(STAMP, ''), kept, `notes ${what}, restart ${time}`);
    }
  }
  await service.stop();
  assert.doesNotMatch(service.log(), / - (WARNING|ERROR) - /);
});
