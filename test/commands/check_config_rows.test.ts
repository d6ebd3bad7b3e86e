/** check-config --database: what is in the tables, and what the configuration has beside it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DATABASES, openStage } from './stage.ts';

for (const [name, open] of DATABASES) {
  test(`on ${name} it tells what it connected to, and warns of rows and sections that can't work`, async (t) => {
    const stage = await openStage(t, open, {
      processes: {
        webshop: { max_attempts: 1 },
        apache: { max_attempts: 1 },
        zzz: { max_attempts: 1 },
      },
    });
    await stage.tables.add({ id: 1, name: 'webshop' });
    await stage.tables.add({ id: 2, name: 'apache2' });
    await stage.tables.add({ id: 3, name: null });
    await stage.tables.add({ id: 4, name: 'postfix', hasStatus: false });
    await stage.tables.add({ id: 5, name: 'poweroff' });
    const { code, stdout } = await stage.run('check-config', '--database');
    assert.equal(code, 0, stdout);
    const lines = stdout.trimEnd().split('\n');
    assert.match(lines[0] ?? '', /^database: (?:MariaDB|MySQL|embedded database) .+/);
    assert.deepEqual(lines.slice(1), [
      "database: warning: ID 3 is in STATUS_PROCESS but not in PROCESE; add it: INSERT INTO PROCESE (process_id, process_name) VALUES (3, 'NAME')",
      'database: warning: ID 4 is in PROCESE but not in STATUS_PROCESS; add it: INSERT INTO STATUS_PROCESS (process_id, alarma, sound) VALUES (4, 0, 0)',
      lines[3],
      'database: warning: [process.apache]: no row of PROCESE has this name, did you mean apache2?',
      'database: warning: [process.zzz]: no row of PROCESE has this name',
      `${stage.file}: valid`,
    ]);
    assert.match(lines[3] ?? '', /^database: warning: the name "poweroff" \(ID: 5\) is refused: /);
  });

  test(`on ${name} of many rows ten of a kind are told, and how many there are more`, async (t) => {
    const stage = await openStage(t, open);
    for (let id = 1; id <= 13; id++) {
      await stage.tables.add({ id, name: null });
      await stage.tables.add({ id: id + 100, name: `no name ${id}` });
    }
    const { code, stdout } = await stage.run('check-config', '--database');
    assert.equal(code, 0, stdout);
    const lines = stdout.trimEnd().split('\n').slice(1, -1);
    assert.match(
      lines[0] ?? '',
      /: IDs 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 3 more are in STATUS_PROCESS but not in PROCESE; add it: /,
    );
    assert.equal(lines.length, 12);
    assert.equal(lines[11], 'database: warning: and 3 more refused names');
  });
}
