/** A unit's name with one of systemd's escapes, in a command of the configuration. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fillIn, type Target } from '../../src/restart/target.ts';

const NAME = 'mount@srv\\x2ddata-a\\x20b';

for (const command of [
  'printf %%s\\\\n %s',
  'printf %%s\\\\n "%s"',
  "printf %%s\\\\n '%s'",
  "printf '%%s\\n' it\\'s > /dev/null; printf '%%s\\n' %s",
  'printf "it\'s" > /dev/null; printf "%%s\\n" %s',
  'printf "%%s\\n" "$(printf %%s %s)"',
  `printf '%%s\\n' "'\\""'a\\' > /dev/null; printf '%%s\\n' '%s'`,
]) {
  test(`reaches a program as it is: ${command}`, () => {
    const target = { settings: { system_name: NAME } } as Target;
    const filled = fillIn(command.replaceAll('%%s', '%b'), target).replaceAll('%b', '%s');
    assert.equal(execFileSync('sh', ['-c', filled], { encoding: 'utf8' }), `${NAME}\n`);
  });
}
