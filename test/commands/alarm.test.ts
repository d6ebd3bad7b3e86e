/** alarm set and alarm clear: an operator raises alarms and takes them back. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DATABASES, openStage } from './stage.ts';

const NOT_RUNNING = 'The service is not running; it looks when it starts.\n';

for (const [name, open] of DATABASES) {
  describe(`alarms on ${name}`, () => {
    test('are set by name and by id, and the notes stay as they are', async (t) => {
      const stage = await openStage(t, open);
      await stage.tables.add({ id: 4, name: 'nginx', notes: 'Web' });
      await stage.tables.add({ id: 5, name: 'sshd' });
      await stage.tables.add({ id: 6, name: 'crond' });
      assert.deepEqual(await stage.run('alarm', 'set', 'nginx', '5'), {
        code: 0,
        signal: null,
        stdout: `nginx (ID: 4): alarm set\nsshd (ID: 5): alarm set\n${NOT_RUNNING}`,
        stderr: '',
      });
      assert.deepEqual(await stage.tables.row(4), { alarma: 1, sound: 0, notes: 'Web' });
      assert.deepEqual(await stage.tables.row(5), { alarma: 1, sound: 0, notes: null });
      assert.equal((await stage.tables.row(6))?.alarma, 0);
    });

    test('that stand are left alone, unless a note makes another one of them', async (t) => {
      const stage = await openStage(t, open);
      await stage.tables.add({ id: 4, name: 'nginx', alarm: true, notes: 'old' });
      const again = await stage.run('alarm', 'set', 'nginx');
      assert.deepEqual([again.code, again.stdout], [0, 'nginx (ID: 4): already in alarm\n']);
      const noted = await stage.run('alarm', 'set', 'nginx', '--note', 'new');
      assert.equal(
        noted.stdout,
        `nginx (ID: 4): already in alarm, its notes are replaced\n${NOT_RUNNING}`,
      );
      assert.deepEqual(await stage.tables.row(4), { alarma: 1, sound: 0, notes: 'new' });
    });

    test('are cleared, and one that is none says so', async (t) => {
      const stage = await openStage(t, open);
      await stage.tables.add({ id: 4, name: 'nginx', alarm: true, notes: 'Web' });
      await stage.tables.add({ id: 5, name: 'sshd', notes: 'Login' });
      const { code, stdout } = await stage.run('alarm', 'clear', 'nginx', 'sshd');
      assert.equal(code, 0);
      assert.equal(
        stdout,
        `nginx (ID: 4): alarm cleared\nsshd (ID: 5): not in alarm\n${NOT_RUNNING}`,
      );
      assert.deepEqual(await stage.tables.row(4), { alarma: 0, sound: 0, notes: 'Web' });
    });

    test('of a word that stands for nothing: nothing is done, and what is near is named', async (t) => {
      const stage = await openStage(t, open);
      await stage.tables.add({ id: 4, name: 'nginx' });
      for (const [verb, alarm] of [
        ['set', false],
        ['clear', true],
      ] as const) {
        await stage.tables.add({ id: alarm ? 6 : 5, name: `other-${verb}`, alarm });
        assert.deepEqual(await stage.run('alarm', verb, `other-${verb}`, 'ngnix', '99', 'Nginx'), {
          code: 1,
          signal: null,
          stdout: '',
          stderr:
            'monitor_service: no process is called "ngnix", did you mean nginx?\n' +
            'monitor_service: no process has the ID 99\n' +
            'monitor_service: no process is called "Nginx", did you mean nginx?\n',
        });
        assert.equal((await stage.tables.row(alarm ? 6 : 5))?.alarma, alarm ? 1 : 0);
      }
    });

    test('of a name that several rows have are set in all of them', async (t) => {
      const stage = await openStage(t, open);
      await stage.tables.add({ id: 4, name: 'nginx' });
      await stage.tables.add({ id: 9, name: 'nginx' });
      assert.equal((await stage.run('alarm', 'set', 'nginx', '4')).code, 0);
      assert.equal((await stage.tables.row(4))?.alarma, 1);
      assert.equal((await stage.tables.row(9))?.alarma, 1);
    });

    test('of digits mean the id before the name', async (t) => {
      const stage = await openStage(t, open);
      await stage.tables.add({ id: 4, name: '5' });
      await stage.tables.add({ id: 5, name: '77' });
      assert.match((await stage.run('alarm', 'set', '5')).stdout, /^77 \(ID: 5\): alarm set\n/);
      assert.match((await stage.run('alarm', 'set', '77')).stdout, /^77 \(ID: 5\): already/);
      assert.match((await stage.run('alarm', 'set', '004')).stdout, /^5 \(ID: 4\): alarm set\n/);
    });

    test('of a row that STATUS_PROCESS lacks: told with the INSERT, the others are done', async (t) => {
      const stage = await openStage(t, open);
      await stage.tables.add({ id: 4, name: 'nginx' });
      await stage.tables.add({ id: 6, name: 'postfix', hasStatus: false });
      const told =
        'monitor_service: postfix (ID: 6) is in PROCESE but not in STATUS_PROCESS; add it: INSERT INTO STATUS_PROCESS (process_id, alarma, sound) VALUES (6, 0, 0)\n';
      for (const [verb, word] of [
        ['set', 'postfix'],
        ['clear', '6'],
      ] as const) {
        const { code, stdout, stderr } = await stage.run('alarm', verb, word);
        assert.deepEqual([code, stdout, stderr], [1, '', told]);
      }
      const both = await stage.run('alarm', 'set', 'postfix', 'nginx');
      assert.deepEqual([both.code, both.stderr], [1, told]);
      assert.match(both.stdout, /^nginx \(ID: 4\): alarm set\n/);
      const all = await stage.run('alarm', 'set', '--all');
      assert.match(all.stdout, /^Alarm set: 0 of 1 processes\n/);
      assert.equal(await stage.tables.row(6), undefined);
    });

    test('of all processes are set and cleared at once, over several pages', async (t) => {
      const stage = await openStage(t, open);
      for (let id = 1; id <= 501; id++) {
        await stage.tables.add({ id, name: `p${id}`, alarm: id === 7 });
      }
      const set = await stage.run('alarm', 'set', '--all', '--note', 'drill');
      assert.equal(set.stdout, `Alarm set: 501 of 501 processes\n${NOT_RUNNING}`);
      for (const id of [1, 7, 500, 501]) {
        assert.deepEqual(await stage.tables.row(id), { alarma: 1, sound: 0, notes: 'drill' });
      }
      const clear = await stage.run('alarm', 'clear', '--all');
      assert.equal(clear.stdout, `Alarm cleared: 501 of 501 processes\n${NOT_RUNNING}`);
      assert.equal((await stage.tables.row(501))?.alarma, 0);
      const none = await stage.run('alarm', 'clear', '--all');
      assert.deepEqual([none.code, none.stdout], [0, 'Alarm cleared: 0 of 501 processes\n']);
    });

    test('--note is cut to what the column takes, at a whole character', async (t) => {
      const stage = await openStage(t, open);
      await stage.tables.add({ id: 4, name: 'nginx' });
      const note = `${'x'.repeat(99)}e\u0301 and more`;
      assert.equal((await stage.run('alarm', 'set', 'nginx', '--note', note)).code, 0);
      assert.equal((await stage.tables.row(4))?.notes, 'x'.repeat(99));
    });

    test('--note of several lines is refused before anything is done', async (t) => {
      const stage = await openStage(t, open);
      await stage.tables.add({ id: 4, name: 'nginx' });
      const { code, stderr } = await stage.run('alarm', 'set', 'nginx', '--note', 'a\x1b[2J\nb');
      assert.equal(code, 2);
      assert.match(stderr, /--note takes one line of text, without control characters/);
      assert.equal((await stage.tables.row(4))?.alarma, 0);
    });

    test('--create adds a process that is not there, in alarm, with the next id', async (t) => {
      const stage = await openStage(t, open);
      await stage.tables.add({ id: 41, name: 'nginx' });
      const args = ['alarm', 'set', 'nginx', 'redis', '--create', '--note', 'new here'];
      const { code, stdout } = await stage.run(...args);
      assert.equal(code, 0);
      assert.equal(
        stdout,
        `redis (ID: 42): added, alarm set\nnginx (ID: 41): alarm set\n${NOT_RUNNING}`,
      );
      assert.equal(await stage.tables.nameOf(42), 'redis');
      assert.deepEqual(await stage.tables.row(42), { alarma: 1, sound: 0, notes: 'new here' });
      assert.match((await stage.run(...args)).stdout, /^redis \(ID: 42\): already in alarm$/m);
      assert.equal(await stage.tables.nameOf(43), undefined);
    });

    test('--create adds no name that the service would refuse, and no id', async (t) => {
      const stage = await openStage(t, open);
      const { code, stdout, stderr } = await stage.run(
        ...['alarm', 'set', 'good', 'a b', 'poweroff', '7', '--create'],
      );
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, /^monitor_service: "a b" cannot be added: expected letters, digits/m);
      assert.match(stderr, /^monitor_service: "poweroff" cannot be added: .*harm this host$/m);
      assert.match(stderr, /^monitor_service: no process has the ID 7$/m);
      assert.equal((await stage.run('list')).stdout.split('\n').length, 2, 'no row');
    });

    test('that the service will do nothing about are set with a warning', async (t) => {
      const stage = await openStage(t, open);
      await stage.tables.add({ id: 1, name: 'po\x1bwer' });
      await stage.tables.add({ id: 2, name: null });
      const { code, stdout } = await stage.run('alarm', 'set', '1', '2');
      assert.equal(code, 0);
      assert.match(stdout, /^po\\x1bwer \(ID: 1\): alarm set$/m);
      assert.match(
        stdout,
        /^warning: the service will not restart po\\x1bwer \(ID: 1\): expected letters/m,
      );
      assert.match(
        stdout,
        /^warning: the service will not restart ID 2: it has no name in PROCESE\nadd it: INSERT INTO PROCESE \(process_id, process_name\) VALUES \(2, 'NAME'\)$/m,
      );
    });
  });
}
