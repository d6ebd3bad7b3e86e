/** Servers and tables that are set to other encodings than utf8mb4. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MysqlProcesses } from '../../src/alarms/mysql_processes.ts';
import { databaseSettings } from '../alarms/store_bed.ts';
import { sharedServer } from '../support/address.ts';
import { startMariadb } from '../support/database_server.ts';
import { openScene, type Scene } from './database_scene.ts';

const SERVERS = ['cp1251', 'gbk', 'cp850', 'ucs2'];
const COLUMNS = [
  { charset: 'latin1', notes: 'señal' },
  { charset: 'cp1251', notes: 'Веб-сервер' },
  { charset: 'cp852', notes: 'dźwięk' },
  { charset: 'gbk', notes: '进程' },
  { charset: 'ucs2', notes: 'Ελλάδα 进程' },
  { charset: 'utf32', notes: '💣 進程' },
];

async function healsWith(scene: Scene, notes: string): Promise<void> {
  await scene.inAlarm(1);
  await scene.database.sql('UPDATE STATUS_PROCESS SET notes = ?', [notes]);
  scene.configure();
  const { code, stdout, stderr } = await scene.once();
  assert.equal(code, 0, stdout + stderr);
  const row = await scene.database.row(1);
  assert.equal(row?.alarma, 0);
  assert.match(row?.notes ?? '', new RegExp(`^${notes} - Restarted at `));
}

for (const charset of SERVERS) {
  test(`on a server that is set to ${charset}, and to Russian, alarms are cleared and refusals told`, async (t) => {
    const settings = [`--character-set-server=${charset}`, '--lc-messages=ru_RU'];
    const server = await startMariadb({ settings });
    t.after(() => server.stop());
    const scene = await openScene(t, server);
    await healsWith(scene, 'Веб-сервер');
    await scene.database.sql('RENAME TABLE PROCESE TO ELSEWHERE');
    const { code, stdout, stderr } = await scene.once();
    assert.equal(code, 1);
    const told =
      /Database check failed: .*PROCESE.*(?:doesn't exist|не существует).*ER_NO_SUCH_TABLE/;
    assert.match(stdout + stderr, told);
  });
}

test('a note is written as it is on a server that does not listen to what a client’s texts are in', async (t) => {
  const settings = ['--skip-character-set-client-handshake', '--character-set-server=latin1'];
  const server = await startMariadb({ settings });
  t.after(() => server.stop());
  const scene = await openScene(t, server);
  const processes = new MysqlProcesses(databaseSettings(scene.database.config));
  t.after(() => processes.close());
  const id = await processes.add('nginx', 'señal 💣');
  const [row] = await scene.database.sql(
    `SELECT HEX(notes) AS bytes FROM STATUS_PROCESS WHERE process_id = ${id}`,
  );
  assert.equal(Buffer.from(String(row?.bytes), 'hex').toString(), 'señal 💣');
});

for (const { charset, notes } of COLUMNS) {
  test(`names and notes in ${charset} are read and written as they are`, async (t) => {
    const scene = await openScene(t, sharedServer());
    await scene.database.sql(
      `ALTER TABLE STATUS_PROCESS MODIFY notes VARCHAR(100) CHARACTER SET ${charset}`,
    );
    await scene.database.sql(
      `ALTER TABLE PROCESE MODIFY process_name VARCHAR(100) CHARACTER SET ${charset}`,
    );
    await healsWith(scene, notes);
  });
}
