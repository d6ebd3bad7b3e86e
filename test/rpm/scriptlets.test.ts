/** What the package does to the running system, told by what its scriptlets ask of systemd. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { runTool } from '../support/child.ts';
import { askRpm, builtRpm } from '../support/rpm.ts';
import { type Workspace, workspace } from '../support/workspace.ts';

const HELPER = '/usr/lib/systemd/systemd-update-helper';
/** rpm's first argument: how many of the package there are once this is over. */
const [NONE, ONE, TWO] = [0, 1, 2];

let space: Workspace;
let rpm: string;
before(async () => {
  rpm = await builtRpm();
  space = await workspace();
});
after(() => space.remove());

describe('where systemd has no update helper, as on RHEL 8', () => {
  for (const [title, scriptlet, left, asked] of [
    [
      'the first installation leaves it to the preset whether the service is enabled',
      'POSTIN',
      ONE,
      ['systemctl --no-reload preset monitor_service.service', 'systemctl daemon-reload'],
    ],
    ['an upgrade leaves it as it is', 'POSTIN', TWO, []],
    [
      'an upgrade restarts the service once, if it runs, with the new unit',
      'POSTUN',
      ONE,
      ['systemctl daemon-reload', 'systemctl try-restart monitor_service.service'],
    ],
    ['an upgrade does not stop it besides', 'PREUN', ONE, []],
    [
      'a removal disables and stops it',
      'PREUN',
      NONE,
      ['systemctl --no-reload disable --now monitor_service.service'],
    ],
    ['after a removal systemd forgets the unit', 'POSTUN', NONE, ['systemctl daemon-reload']],
  ] as const) {
    test(title, async () => {
      assert.deepEqual(await run(scriptlet, left, 'no-helper'), asked);
    });
  }
});

describe('where systemd has an update helper, as on RHEL 9 and 10', () => {
  for (const [title, scriptlet, left, asked] of [
    ['the first installation asks it', 'POSTIN', ONE, 'install-system-units'],
    [
      'an upgrade marks the service for the one restart',
      'POSTUN',
      ONE,
      'mark-restart-system-units',
    ],
    ['a removal asks it', 'PREUN', NONE, 'remove-system-units'],
    ['an upgrade installs nothing anew', 'POSTIN', TWO, undefined],
    ['an upgrade removes nothing', 'PREUN', ONE, undefined],
    ['after a removal nothing is left to ask', 'POSTUN', NONE, undefined],
  ] as const) {
    test(title, async () => {
      const expected = asked ? [`helper ${asked} monitor_service.service`] : [];
      assert.deepEqual(await run(scriptlet, left, 'helper'), expected);
    });
  }
});

test('a scriptlet is content with a systemd that refuses everything, as in a chroot', async () => {
  for (const [scriptlet, left] of [
    ['POSTIN', ONE],
    ['PREUN', NONE],
    ['POSTUN', ONE],
  ] as const) {
    assert.ok((await run(scriptlet, left, 'no-helper', 1)).length > 0);
    assert.ok((await run(scriptlet, left, 'helper', 1)).length > 0);
  }
});

/** Runs a scriptlet of the package as rpm would; what it asked, in order. */
async function run(
  name: 'POSTIN' | 'PREUN' | 'POSTUN',
  left: number,
  helper: string,
  status = 0,
): Promise<string[]> {
  const record = space.path('asked');
  rmSync(record, { force: true });
  const recorder = (who: string) => `echo "${who} $*" >> ${record}\nexit ${status}\n`;
  space.script('bin/systemctl', recorder('systemctl'));
  space.script('bin/helper', recorder('helper'));
  assert.equal(await askRpm(rpm, `%{${name}PROG}`), '/bin/sh');
  const text = await askRpm(rpm, `%{${name}}`);
  const script = space.write('scriptlet', text.replaceAll(HELPER, space.path('bin', helper)));
  const env = { PATH: `${space.path('bin')}:${process.env.PATH}` };
  await runTool('/bin/sh', ['-e', script, String(left)], { env });
  return existsSync(record) ? readFileSync(record, 'utf8').trimEnd().split('\n') : [];
}
