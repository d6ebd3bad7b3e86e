/** What a server says may be shown on an operator's terminal, which must not obey it. */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { databaseSection } from '../support/address.ts';
import { run } from '../support/binary.ts';
import { evilServer } from '../support/evil_server.ts';
import { type Workspace, workspace } from '../support/workspace.ts';

const HOSTILE = '\x1b[2J\x1b]0;owned\x07 \x9b31m\x7f a\r\n/config.ini: valid\n\u202etxt\u2028end';
const SHOWN =
  '\\x1b[2J\\x1b]0;owned\\x07 \\x9b31m\\x7f a\\r\\n/config.ini: valid\\n\\u202etxt\\u2028end';
// Line breaks apart, which are part of the output itself.
const OBEYED = /[\u2028-\u202e\u2066-\u2069]|(?!\n)\p{Cc}/u;

let space: Workspace;
before(async () => {
  space = await workspace();
});
after(() => space.remove());

async function check(
  t: TestContext,
  moment: 'greeting' | 'login' | 'statement',
  ...args: string[]
) {
  const address = await evilServer(t, moment, HOSTILE);
  const file = space.write('config.ini', databaseSection(address, 'v_process_monitor'));
  return await run(['check-config', '--database', '-c', file, ...args], { timeoutMs: 15_000 });
}

describe('escape sequences and line breaks of a server’s message', () => {
  for (const moment of ['greeting', 'login', 'statement'] as const) {
    test(`are escaped where they come with the ${moment}`, async (t) => {
      const { code, stdout, stderr } = await check(t, moment);
      assert.deepEqual([code, stderr], [1, '']);
      assert.ok(stdout.includes(SHOWN), stdout);
      assert.doesNotMatch(stdout, OBEYED);
      assert.ok(
        stdout
          .trimEnd()
          .split('\n')
          .every((line) => line.startsWith('database: ')),
        stdout,
      );
    });
  }

  test('are escaped beside the settings', async (t) => {
    const { code, stdout, stderr } = await check(t, 'greeting', '--show');
    assert.equal(code, 1);
    assert.ok(stderr.includes(SHOWN), stderr);
    assert.equal(stderr.trimEnd().split('\n').length, 1);
    assert.doesNotMatch(stdout + stderr, OBEYED);
  });

  test('are escaped in JSON, and read back as they were', async (t) => {
    const { code, stdout, stderr } = await check(t, 'greeting', '--json');
    assert.deepEqual([code, stderr], [1, '']);
    assert.doesNotMatch(stdout, OBEYED);
    const [problem] = JSON.parse(stdout).database_problems;
    assert.ok(problem.message.includes(HOSTILE), problem.message);
  });
});
