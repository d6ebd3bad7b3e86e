/** Names that look odd and are fine. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { isAlive, startVictim } from '../support/processes.ts';
import { occurrences, openScene } from './database_scene.ts';

const ALLOWED = [
  'x'.repeat(100),
  'a',
  '0',
  '0123',
  'php8.2-fpm',
  'foo.service',
  'getty@tty1.service',
  'systemd-logind',
  'a:b',
  'g++',
  'under_score',
  'Apache2',
  'apache2',
  'constructor',
  'toString',
  'hasOwnProperty',
  'default',
  'process',
  'null',
  'true',
  'NaN',
  'rebooted',
  'initramfs',
];

test('every allowed name is healed, each by a restart of its own', async (t) => {
  const scene = await openScene(t);
  for (const [index, name] of ALLOWED.entries()) {
    await scene.database.add({ id: index + 1, name, alarm: true });
  }
  scene.space.write('healed/.keep', '');
  scene.configure({
    processes: {
      default: {
        restart_strategy: 'custom',
        restart_command: `touch ${scene.space.path('healed')}/%s`,
        health_check_command: `test -e ${scene.space.path('healed')}/%s`,
      },
    },
  });
  const { code } = await scene.once();
  assert.equal(code, 0, scene.log());
  const healed = readdirSync(scene.space.path('healed')).filter((file) => file !== '.keep');
  assert.deepEqual(healed.sort(), [...ALLOWED].sort());
  assert.equal(occurrences(scene.log(), ' - ERROR - '), 0);
});

test('a program of 100 characters is found, ended, started and verified', async (t) => {
  const scene = await openScene(t);
  const name = scene.name('x'.repeat(94));
  assert.equal(name.length, 100);
  scene.configure();
  const { pid } = await startVictim(scene.space, name);
  await scene.database.add({ id: 1, name, alarm: true });
  assert.equal((await scene.once()).code, 0);
  assert.equal(scene.running(name), 1);
  assert.equal(isAlive(pid), false);
});
