/** The password as a credential, in the way that the unit's comment shows. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { noBox } from '../support/box/box.ts';
import { CONFIG_FILE, openInstalledHost } from '../support/box/host.ts';
import { editUnit, journal, mainPid, PIDS_FILE, pidsIn } from './unit.ts';

const PASSWORD = 'nowhere-to-be-seen-4711';
const UNIT = '/usr/lib/systemd/system/monitor_service.service';

describe('the password as a credential', { skip: noBox }, () => {
  test('opens the database, and is seen nowhere', async (t) => {
    const host = await openInstalledHost(t, {
      logging: { log_level: 'DEBUG' },
      processes: {
        web: {
          restart_strategy: 'custom',
          restart_command: `echo $$ >> ${PIDS_FILE}; exec sleep 900`,
        },
      },
    });
    await host.addProcess('web');
    const [credential = '', file = ''] =
      /^# +(LoadCredential=\w+:(\S+))$/m.exec(host.read(UNIT))?.slice(1) ?? [];
    const [setting = ''] = /password_file = \S+/.exec(host.read(UNIT)) ?? [];
    host.write(file, `${PASSWORD}\n`, 0o600);
    await host.sql(`ALTER USER monitor_service@localhost IDENTIFIED BY '${PASSWORD}'`);
    const config = host.read(CONFIG_FILE).replace(/^password = .*$/m, setting);
    host.write(CONFIG_FILE, config, 0o600);
    await editUnit(host, credential);

    await host.start();
    await host.raise('web');
    await host.waitForLog('Found process in alarm: web');
    const [command] = await pidsIn(host, PIDS_FILE, 1);
    const service = await mainPid(host);
    const surroundings = await host.sh(`cat /proc/*/cmdline /proc/{${service},${command}}/environ`);
    const said = (await journal(host)).map(({ MESSAGE }) => MESSAGE).join('\n');
    for (const place of [surroundings, said, host.log()]) {
      assert.ok(place.length > 0);
      assert.ok(!place.includes(PASSWORD), place);
    }
    const files = '/var/lib/monitor_service /run/monitor_service';
    assert.equal((await host.box.exec(`grep -rlsD skip ${PASSWORD} ${files}`)).stdout, '');
    const all = await host.sh('journalctl -o export');
    assert.ok(!all.includes(PASSWORD));
    assert.match(said, /Found process in alarm: web/);
  });
});
