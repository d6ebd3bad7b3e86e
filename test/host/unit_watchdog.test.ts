/** Who hangs is replaced by systemd; who only waits is not. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { noBox } from '../support/box/box.ts';
import { type Host, type HostConfig, openInstalledHost } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';
import { editUnit, journal, mainPid, replaced, show } from './unit.ts';

const WATCHDOG_S = 2;
/** What the longest check may take with timeouts of one second, and half of what the unit grants. */
const PERIOD_MS = (2 + 5 + 4) * 1000 + (WATCHDOG_S * 1000) / 2;
/** Holds one thread for as long as it lives, as a debugger does; the others go on. */
const HOLD_THREAD = `perl -e '
  my $thread = shift() + 0;
  my ($ptrace, $attach) = (101, 16); # on x86-64
  syscall($ptrace, $attach, $thread, 0, 0) == 0 or die "ptrace: $!";
  waitpid($thread, 0) == $thread or die "waitpid: $!" for "stopped", "ended";' `;

async function openWatchedHost(t: Parameters<typeof openInstalledHost>[0], config: HostConfig) {
  const database = { connect_timeout: 1, query_timeout: 1 };
  const host = await openInstalledHost(t, { database, ...config });
  await editUnit(host, `WatchdogSec=${WATCHDOG_S}`, 'RestartSec=100ms');
  await host.start();
  return host;
}

async function assertReplacedByWatchdog(host: Host, pid: number, restarts: number) {
  const successor = await replaced(host, pid, 3 * PERIOD_MS);
  assert.notEqual(successor, pid);
  assert.equal((await show(host, 'NRestarts')).NRestarts, `${restarts}`);
  const said = (await journal(host, 'systemd')).map(({ MESSAGE }) => MESSAGE);
  const blamed = said.filter((text) => /Failed with result 'watchdog'/.test(text));
  assert.equal(blamed.length, restarts, said.join('\n'));
}

/** Waits until systemd heard of the service over so many watchdog periods from now on. */
async function feedsFor(host: Host, periods: number): Promise<void> {
  const heardAtUs = async () =>
    Number((await show(host, 'WatchdogTimestampMonotonic')).WatchdogTimestampMonotonic);
  const untilUs = (await heardAtUs()) + periods * PERIOD_MS * 1000;
  const description = `a watchdog that is fed for ${periods} periods`;
  await waitFor(description, async () => (await heardAtUs()) > untilUs, (periods + 1) * PERIOD_MS);
}

// Each mostly waits for the watchdog, so they do it at the same time.
describe('the watchdog', { skip: noBox, concurrency: true }, () => {
  test('replaces a service that stands still, and one whose loop hangs', async (t) => {
    const host = await openWatchedHost(t, {});
    const stopped = await mainPid(host);
    await host.sh(`kill -STOP ${stopped}`);
    await assertReplacedByWatchdog(host, stopped, 1);

    const hanging = await mainPid(host);
    await host.sh(`systemd-run --unit=holder ${HOLD_THREAD} ${hanging}`);
    const states = async () => host.sh(`cat /proc/${hanging}/task/*/stat | awk '{print $3}'`);
    await waitFor('a held thread', async () => /^t\n(S\n)+$/.test(await states()));
    await assertReplacedByWatchdog(host, hanging, 2);
    const after = host.log().length;
    await host.waitForLog('Database check: no process in alarm', { after });
  });

  test('leaves an idle service alone', async (t) => {
    const host = await openWatchedHost(t, { monitor: { check_interval: 3600 } });
    const pid = await mainPid(host);
    await feedsFor(host, 2);
    assert.equal(await mainPid(host), pid);
    assert.equal(host.log().match(/Database check: /g)?.length, 1);
  });

  test('leaves a service alone whose database is silent', async (t) => {
    const host = await openWatchedHost(t, {});
    const pid = await mainPid(host);
    await host.sh('systemctl kill -s STOP mariadb');
    await feedsFor(host, 2);
    assert.equal(await mainPid(host), pid);
    const after = await host.waitForLog('Database check failed');
    assert.doesNotMatch(host.log().slice(after), /no process in alarm/);
  });
});
