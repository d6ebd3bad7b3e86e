/** What `dnf install` puts in place, what the first start adds, and what an administrator then sees. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { noBox } from '../support/box/box.ts';
import { bootHost, type Host } from '../support/box/host.ts';
import { journal, judgesFiles, show, verdictOn } from './unit.ts';

const UNIT_FILE = '/usr/lib/systemd/system/monitor_service.service';
/** What `systemd-analyze security` gives the unit, from 0 to 10; a lower one is better. */
const EXPOSURE = 4.9;
/** The sum of what it gives each setting: the score is rounded, and does not show the loss of a small one. */
const EXPOSURES = 6.0;
const PRIORITIES: Record<string, string> = { INFO: '6', WARNING: '4', ERROR: '3' };

describe('the package, installed with dnf', { skip: noBox }, () => {
  let host: Host;
  after(() => host?.stop());
  before(async () => {
    host = await bootHost();
    await host.install();
  });

  const modes = (...paths: string[]) =>
    host.sh(`stat -c '%a %U:%G %n' ${paths.join(' ')}`).then((text) => text.trim().split('\n'));

  test('puts every file in its place, with its mode, and root owns them all', async () => {
    assert.deepEqual(
      await modes(
        '/opt/monitor_service',
        '/opt/monitor_service/bin',
        '/opt/monitor_service/bin/monitor_service',
        '/opt/monitor_service/config.ini',
        '/opt/monitor_service/setup.sql',
        UNIT_FILE,
        '/usr/share/man/man8/monitor_service.8.gz',
      ),
      [
        '755 root:root /opt/monitor_service',
        '755 root:root /opt/monitor_service/bin',
        '700 root:root /opt/monitor_service/bin/monitor_service',
        '600 root:root /opt/monitor_service/config.ini',
        '644 root:root /opt/monitor_service/setup.sql',
        `644 root:root ${UNIT_FILE}`,
        '644 root:root /usr/share/man/man8/monitor_service.8.gz',
      ],
    );
    const link = await host.sh('readlink -f /usr/sbin/monitor_service');
    assert.equal(link.trim(), '/opt/monitor_service/bin/monitor_service');
    assert.equal(await host.sh('rpm -V monitor_service'), '');
    const all = await host.sh('rpm -ql --noghost monitor_service | xargs stat -c "%U:%G"');
    assert.deepEqual(new Set(all.trim().split('\n')), new Set(['root:root']));
  });

  test('is a command, and has a manual page', async () => {
    assert.equal((await host.sh('command -v monitor_service')).trim(), '/usr/sbin/monitor_service');
    const version = await host.sh('rpm -q --qf "%{VERSION}" monitor_service');
    assert.match(await host.sh('monitor_service --version'), new RegExp(`\\b${version}\\b`));
    const page = await host.sh('man -w monitor_service');
    assert.equal(page.trim(), '/usr/share/man/man8/monitor_service.8.gz');
    const { stdout, stderr } = await host.box.exec('MANWIDTH=80 man monitor_service');
    assert.match(stdout, /^MONITOR_SERVICE\(8\).+^NAME$.+^DESCRIPTION$.+^EXIT STATUS$/ms);
    assert.equal(stderr, '');
  });

  test('brings a unit that systemd has nothing against, as well shut off as its job allows', async () => {
    assert.deepEqual(await verdictOn(host, UNIT_FILE), []);
    if (!(await judgesFiles(host))) {
      return;
    }
    const security = (options: string) =>
      host.sh(`systemd-analyze security --offline=true ${options} ${UNIT_FILE}`);
    await security(`--threshold=${10 * EXPOSURE}`);
    const settings: { exposure: string | null }[] = JSON.parse(await security('--json=short'));
    const sum = settings.reduce((total, { exposure }) => total + Number(exposure), 0);
    assert.ok(sum < EXPOSURES + 0.05, `${sum}`);
  });

  test('starts nothing before it is told to', async () => {
    const { ActiveState, UnitFileState } = await show(host, 'ActiveState', 'UnitFileState');
    assert.deepEqual([ActiveState, UnitFileState], ['inactive', 'disabled']);
    assert.equal(host.log(), '');
  });

  test('runs once it is enabled, and says how it is', async () => {
    await host.setUpDatabase();
    host.configure();
    await host.sh('systemctl enable --now monitor_service');
    const status = await host.sh('systemctl status monitor_service');
    assert.match(status, /Loaded: .*; enabled;/);
    assert.match(status, /Active: active \(running\)/);
    assert.match(status, /Docs: man:monitor_service\(8\)/);
    assert.match(status, /Status: "No process in alarm"/);
    const warnings = await host.sh('journalctl -b -t systemd -p warning -o cat');
    assert.doesNotMatch(warnings, /monitor_service/);
    assert.deepEqual(
      await modes(
        '/var/lib/monitor_service',
        '/var/lib/monitor_service/state.db',
        '/run/monitor_service',
        '/run/monitor_service/control.sock',
        '/var/log/monitor_service',
        '/var/log/monitor_service.log',
      ),
      [
        '700 root:root /var/lib/monitor_service',
        '600 root:root /var/lib/monitor_service/state.db',
        '700 root:root /run/monitor_service',
        '600 root:root /run/monitor_service/control.sock',
        '700 root:root /var/log/monitor_service',
        '640 root:root /var/log/monitor_service.log',
      ],
    );
  });

  test('says the same to the journal as to its log, with a priority and without a second time', async () => {
    await host.sql("INSERT INTO PROCESE VALUES (1, 'no name; of ours')");
    await host.sql('INSERT INTO STATUS_PROCESS (process_id, alarma) VALUES (1, 1), (2, 1)');
    await host.waitForLog(/ - WARNING - /);
    await host.waitForLog(/ - ERROR - /);
    await host.sh('systemctl stop monitor_service');

    const lines = host.log().trim().split('\n');
    const logged = lines.map((line) => {
      const [, level = '', MESSAGE] = /^[-\d]{10} [:\d]{8} - (\w+) - (.*)$/.exec(line) ?? [];
      return { PRIORITY: PRIORITIES[level], MESSAGE };
    });
    const entries = await journal(host);
    assert.deepEqual(
      entries.map(({ PRIORITY, MESSAGE }) => ({ PRIORITY, MESSAGE })),
      logged,
    );
    assert.equal(logged[0]?.MESSAGE, 'Starting Process Monitor Service');
    assert.deepEqual(new Set(logged.map(({ PRIORITY }) => PRIORITY)), new Set(['6', '4', '3']));
  });
});
