/** What `dnf remove` takes away, what it leaves, and what a new installation finds. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { noBox } from '../support/box/box.ts';
import { bootHost, CONFIG_FILE, type Host } from '../support/box/host.ts';
import { isRunning, outcomesOf, PIDS_FILE, pidOf, pidsIn, show, writeProgram } from './unit.ts';

const SAVED = `${CONFIG_FILE}.rpmsave`;
/** What is in /run goes with the next boot. */
const OURS = [
  ...['/opt/monitor_service', '/usr/sbin/monitor_service'],
  ...['/usr/share/doc/monitor_service', '/usr/share/licenses/monitor_service'],
  '/usr/share/man/man8/monitor_service.8.gz',
  '/usr/lib/systemd/system/monitor_service.service',
  '/etc/systemd/system/multi-user.target.wants/monitor_service.service',
];

describe('dnf remove', { skip: noBox }, () => {
  let host: Host;
  after(() => host?.stop());
  before(async () => {
    host = await bootHost();
    await host.setUp({
      processes: {
        worker: { restart_strategy: 'process' },
        own: {
          restart_strategy: 'custom',
          restart_command: `echo $$ >> ${PIDS_FILE}; sleep 900 & echo $! >> ${PIDS_FILE}; wait`,
          restart_timeout: 1,
          max_attempts: 1,
        },
      },
    });
    writeProgram(host, 'worker');
    await host.addProcess('worker');
    await host.addProcess('own');
    await host.start();
  });

  const filesOfOurs = async () =>
    (await host.box.exec(`find ${OURS.join(' ')} ! -type d -o -empty`)).stdout.trim().split('\n');

  const programsOfOurs = async () =>
    (await host.sh('readlink /proc/[0-9]*/exe || true')).match(/^.*monitor_service.*$/gm) ?? [];

  test('ends the service with its commands, and leaves what it healed running', async () => {
    await host.raise('worker');
    await host.waitForLog('Alarm cleared for worker ');
    const worker = await pidOf(host, 'worker');
    await host.raise('own');
    const commands = await pidsIn(host, PIDS_FILE, 2);
    assert.equal((await programsOfOurs()).length, 1);

    await host.dnf('remove monitor_service');
    assert.deepEqual(await programsOfOurs(), []);
    assert.deepEqual(
      commands.filter((pid) => isRunning(host, pid)),
      [],
    );
    assert.equal(await pidOf(host, 'worker'), worker);
    assert.match(host.log(), /Stopping Process Monitor Service\n/);
  });

  test('takes every file along but an edited config.ini, and what the service wrote', async () => {
    assert.deepEqual(await filesOfOurs(), [SAVED]);
    assert.equal((await host.sh(`stat -c '%a %U' ${SAVED}`)).trim(), '600 root');
    assert.equal((await show(host, 'LoadState')).LoadState, 'not-found');
    assert.deepEqual(await outcomesOf(host, 'worker'), ['verified']);
    assert.ok(host.log().length > 0);
  });

  test('may be followed by a new installation, which goes on where the old one was', async () => {
    await host.install();
    await host.sh(`mv ${SAVED} ${CONFIG_FILE}`);
    await host.sql('UPDATE STATUS_PROCESS SET alarma = 0');
    const worker = await pidOf(host, 'worker');
    await host.start();
    const after = host.log().length;
    await host.raise('worker');
    await host.waitForLog('Alarm cleared for worker ', { after });
    assert.notEqual(await pidOf(host, 'worker'), worker);
    await host.sh('systemctl stop monitor_service');
    assert.deepEqual(await outcomesOf(host, 'worker'), ['verified', 'verified']);
  });

  test('leaves nothing where config.ini is as it came', async () => {
    await host.dnf('remove monitor_service');
    await host.sh(`rm ${SAVED}`);
    await host.install();
    await host.dnf('remove monitor_service');
    assert.deepEqual(await filesOfOurs(), ['']);
    assert.equal((await host.box.exec('ls -d /opt/monitor_service')).code, 2);
  });
});
