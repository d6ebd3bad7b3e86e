/** A file that was named with -c: no other service, and no other database, is meant instead. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { command, SELDOM, startListening } from '../service/control_client.ts';
import { openStage } from '../service/stage.ts';
import { run } from '../support/binary.ts';
import { type Workspace, workspace } from '../support/workspace.ts';

let space: Workspace;
before(async () => {
  space = await workspace();
});
after(() => space.remove());

const ASKING = [['status'], ['check-now'], ['breaker', 'reset', '--all'], ['history']];

describe('a named file that is missing is status 78, with nothing done', () => {
  for (const args of [
    ...ASKING,
    ...[
      ['run'],
      ['run', '--once'],
      ['run', '--dry-run'],
      ['check-config'],
      ['list'],
      ['test-alarm'],
    ],
    ...[
      ['alarm', 'set', 'web'],
      ['alarm', 'clear', '--all'],
      ['breaker', 'reset', 'web'],
      ['status', 'web'],
    ],
    ...[
      ['alarm', 'set', '--unit', 'web.service'],
      ['alarm', 'set', '--unit', 'monitor_service.service'],
      [],
    ],
  ]) {
    test(`monitor_service ${args.join(' ')}`, async () => {
      const file = space.path('typo.ini');
      for (const named of [['-c', file], [`--config=${file}`]]) {
        const { code, stdout, stderr } = await run([...args, ...named]);
        const [first] = `${stdout}${stderr}`.split('\n');
        assert.deepEqual([code, first], [78, `${file}: does not exist`]);
        assert.doesNotMatch(`${stdout}${stderr}`, /not running|can't be used/);
      }
    });
  }
});

describe('a named file that does not tell which service it means is status 78, with nothing done', () => {
  for (const [what, text] of [
    ['a relative control_socket', '[monitor]\ncontrol_socket = control.sock\n'],
    ['a relative state_directory', '[monitor]\nstate_directory = state\n'],
    ['a control_socket that ends in a backslash', '[monitor]\ncontrol_socket = /run/x.sock\\\n'],
    ['a section without its bracket', '[database]\n[monitor\ncontrol_socket = /run/x.sock\n'],
    ['a directory', undefined],
  ] as const) {
    test(what, async () => {
      const file = space.path(what.replaceAll(' ', '_'));
      text === undefined ? mkdirSync(file) : space.write(what.replaceAll(' ', '_'), text);
      for (const args of ASKING) {
        const { code, stdout, stderr } = await run([...args, '-c', file]);
        assert.deepEqual([code, stdout], [78, ''], args.join(' '));
        assert.match(
          stderr,
          /\nmonitor_service: nothing was done, as .* does not tell which service it means\n$/,
        );
      }
    });
  }
});

test('a named file with an error elsewhere still leads to the service that runs with it', async (t) => {
  const stage = await openStage(t);
  stage.configure({ monitor: SELDOM });
  await startListening(stage);
  stage.configure({ monitor: { check_interval: 'often' } });
  for (const args of ASKING) {
    assert.equal((await command(stage, ...args)).code, 0, args.join(' '));
  }
});
