/** RedHat 8's systemd, 239, as far as another one can stand in for it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { heal, suiteHost } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';
import { CONFIG, crash, startUnit } from './failing_unit.ts';
import { CALLS_OF_NEWER_GLIBC, CALLS_SINCE_239 } from './redhat8_calls.ts';
import { journal, mainPid, writeProgram } from './unit.ts';

const UNITS = ['monitor_service.service', 'monitor_service-alarm@.service'];
const denied = CALLS_SINCE_239.map((name) =>
  CALLS_OF_NEWER_GLIBC.includes(name) ? `${name}:ENOSYS` : name,
);

describe('where systemd denies each call that 239 does not know', { skip: noBox }, () => {
  const config = {
    monitor: { check_interval: 1 },
    processes: {
      ...CONFIG.processes,
      worker: { restart_strategy: 'process' },
      shop: {
        restart_strategy: 'custom',
        restart_command: 'touch /run/%s',
        health_check_command: 'test -e /run/%s',
      },
    },
  };
  const shared = suiteHost(config, async (host) => {
    for (const unit of UNITS) {
      const text = `[Service]\nSystemCallFilter=~${denied.join(' ')}\n`;
      host.write(`/etc/systemd/system/${unit}.d/older.conf`, text);
    }
    await host.sh('systemctl daemon-reload');
    writeProgram(host, 'worker');
    await host.addProcess('web');
  });

  test('the service checks, and heals by every strategy', async () => {
    const host = shared();
    await host.unit('mail');
    for (const name of ['mail', 'worker', 'shop']) {
      await heal(host, name);
    }
    assert.equal(await host.property('monitor_service', 'NRestarts'), '0');
    const filters = `/proc/${await mainPid(host)}/status`;
    assert.match(await host.sh(`cat ${filters}`), /^Seccomp:\t2$/m);
  });

  test('a unit that fails has its alarm raised, at the first try', async () => {
    const host = shared();
    await startUnit(host, 'web');
    await crash(host, 'web');
    assert.equal(await host.property('monitor_service-alarm@web', 'NRestarts'), '0');
    const said = await host.sh("journalctl -o cat -t systemd -u 'monitor_service-alarm@web'");
    assert.doesNotMatch(said, /SYS|Failed with/);
  });

  test('neither of them says a word about it', async () => {
    const worse = (await journal(shared())).filter(({ PRIORITY }) => Number(PRIORITY) < 6);
    assert.deepEqual(
      worse.map(({ MESSAGE }) => MESSAGE),
      [],
    );
  });
});
