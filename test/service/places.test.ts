/** A service whose files are where others could put theirs. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { command } from './control_client.ts';
import { HEALS_AT_ONCE, messages, openStage } from './stage.ts';

test('in directories of everybody’s it heals all the same, and its log says what others could do there', async (t) => {
  const stage = await openStage(t);
  const open = stage.space.path('open');
  mkdirSync(open);
  chmodSync(open, 0o1777);
  const monitor = { control_socket: `${open}/c.sock`, state_directory: open };
  stage.configure({ monitor, processes: { web: HEALS_AT_ONCE } });
  stage.inAlarm('web');
  const service = await stage.start();
  await stage.cleared('web');
  const told = messages(service.log()).filter((line) => !line.startsWith('INFO'));
  assert.equal(told.length, 3, told.join('\n'));
  assert.match(
    told[0] ?? '',
    /^WARNING .*state_directory: .* others can change \S+ and put theirs in its place$/,
  );
  assert.match(
    told[1] ?? '',
    /^WARNING .*control_socket: .* others can change \S+ and put theirs in its place$/,
  );
  assert.match(told[2] ?? '', /^ERROR State file .* others than root .*are kept in memory only$/);
  assert.deepEqual(
    readdirSync(open).filter((name) => name.startsWith('state')),
    [],
  );
  const { code, stdout } = await command(stage, 'check-config');
  assert.equal(code, 0);
  assert.match(stdout, /warning: \[monitor\] control_socket: /);
});
