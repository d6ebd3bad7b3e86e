/** alarm set --unit, and the template unit that calls it when a unit fails. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readCommandLine } from '../../src/commands/command_line.ts';
import { read } from '../house/page.ts';
import { DATABASES, openStage, sqliteTables } from './stage.ts';

for (const [name, open] of DATABASES) {
  describe(`alarm set --unit on ${name}`, () => {
    test('raises the alarm of the process that has the name of the unit', async (t) => {
      const stage = await openStage(t, open);
      await stage.tables.add({ id: 4, name: 'nginx' });
      await stage.tables.add({ id: 5, name: 'php@8.2.service' });
      const args = ['alarm', 'set', '--note', 'it failed'];
      for (const [unit, id] of [
        ['nginx', 4],
        ['php@8.2', 5],
      ] as const) {
        const { code, stdout } = await stage.run(...args, `--unit=${unit}`);
        assert.equal(code, 0);
        assert.match(stdout, new RegExp(`^${unit}.* \\(ID: ${id}\\): alarm set\n`));
        assert.deepEqual(await stage.tables.row(id), { alarma: 1, sound: 0, notes: 'it failed' });
      }
    });

    test('finds it by the system_name that is configured for it', async (t) => {
      const stage = await openStage(t, open, { processes: { web: { system_name: 'httpd' } } });
      await stage.tables.add({ id: 4, name: 'web' });
      const { code, stdout } = await stage.run('alarm', 'set', '--unit', 'httpd.service');
      assert.equal(code, 0);
      assert.match(stdout, /^web \(ID: 4\): alarm set\n/);
    });

    test('raises nothing for a unit that is not in the table, and that is no failure', async (t) => {
      const stage = await openStage(t, open);
      await stage.tables.add({ id: 4, name: 'nginx' });
      const { code, stdout, stderr } = await stage.run('alarm', 'set', '--unit', 'cups');
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /^cups is no process of the table, .*; no alarm is raised\n$/);
      assert.equal((await stage.tables.row(4))?.alarma, 0);
    });

    test('is taken back by alarm clear --unit, by name or system_name', async (t) => {
      const stage = await openStage(t, open, { processes: { web: { system_name: 'httpd' } } });
      await stage.tables.add({ id: 4, name: 'web', alarm: true, notes: 'failed' });
      await stage.tables.add({ id: 5, name: 'mail', alarm: true });
      await stage.tables.add({ id: 6, name: 'calm', notes: 'as it is' });
      const clear = (unit: string) => stage.run('alarm', 'clear', `--unit=${unit}`, '--note=done');
      assert.match((await clear('httpd.service')).stdout, /^web \(ID: 4\): alarm cleared\n/);
      assert.deepEqual(await stage.tables.row(4), { alarma: 0, sound: 0, notes: 'done' });
      assert.equal((await clear('calm')).stdout, 'calm (ID: 6): not in alarm\n');
      assert.equal((await stage.tables.row(6))?.notes, 'as it is');
      const { code, stdout } = await clear('cups');
      assert.equal(code, 0);
      assert.match(stdout, /^cups is no process of the table, .*; no alarm is cleared\n$/);
      assert.equal((await stage.tables.row(5))?.alarma, 1);
    });

    test('leaves an alarm that stands as it is, so that a restart under way can clear it', async (t) => {
      const stage = await openStage(t, open);
      await stage.tables.add({ id: 4, name: 'nginx', alarm: true, notes: 'first' });
      const { code, stdout } = await stage.run('alarm', 'set', '--unit=nginx', '--note=again');
      assert.deepEqual([code, stdout], [0, 'nginx (ID: 4): already in alarm\n']);
      assert.equal((await stage.tables.row(4))?.notes, 'first');
    });
  });
}

test('a unit of this service raises nothing and never fails, whatever state the rest is in', async (t) => {
  const stage = await openStage(t, sqliteTables);
  stage.space.write('config.ini', '[nonsense\n');
  for (const unit of [
    'monitor_service',
    'monitor_service.service',
    'monitor_service-alarm@nginx',
  ]) {
    const { code, stdout } = await stage.run('alarm', 'set', `--unit=${unit}`);
    assert.deepEqual([code, stdout], [0, `${unit} belongs to this service; no alarm is raised\n`]);
  }
  assert.equal((await stage.run('alarm', 'set', '--unit=monitor_services')).code, 78);
});

test('the template unit calls it in words that it understands', () => {
  const unit = read('monitor_service-alarm@.service');
  const line = /^ExecStart=\S+\/monitor_service (.*)$/m.exec(unit)?.[1] ?? '';
  const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
  const { command, values, operands } = readCommandLine(
    args.map((arg) => arg.replaceAll('%i', 'getty@tty1')),
  );
  assert.equal(command, 'alarm set');
  assert.deepEqual({ ...values }, { unit: 'getty@tty1', note: 'getty@tty1 failed' });
  assert.deepEqual(operands, []);
});
