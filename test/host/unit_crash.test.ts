/** The service dies, and systemd starts it again. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { calm } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';
import { bootHost, type Host } from '../support/box/host.ts';
import {
  editUnit,
  isRunning,
  LONG_COMMAND,
  mainPid,
  PIDS_FILE,
  pidsIn,
  replaced,
  show,
} from './unit.ts';

const CRASHES = 10;

describe('a service that is killed', { skip: noBox }, () => {
  let host: Host;
  after(() => host?.stop());
  before(async () => {
    host = await bootHost();
    await host.setUp({
      processes: {
        own: { restart_strategy: 'custom', restart_command: LONG_COMMAND },
        careful: { pre_restart_command: LONG_COMMAND },
      },
    });
    await editUnit(host, 'RestartSec=100ms');
    await host.unit('web');
    for (const name of ['web', 'own', 'careful']) {
      await host.addProcess(name);
    }
    await host.start();
  });

  const kill = () => host.sh('systemctl kill --kill-who=main -s KILL monitor_service');

  test(`is started again, ${CRASHES} times in a row, and heals`, async () => {
    for (let crash = 1; crash <= CRASHES; crash++) {
      const pid = await mainPid(host);
      await kill();
      await replaced(host, pid);
    }
    const { NRestarts } = await show(host, 'NRestarts');
    assert.equal(NRestarts, `${CRASHES}`);
    await host.raise('web');
    await host.waitForLog('Alarm cleared for web ');
  });

  for (const [kind, name] of [
    ['custom', 'own'],
    ['pre_restart', 'careful'],
  ] as const) {
    test(`leaves no process of its ${kind} command behind`, async () => {
      host.write(PIDS_FILE, '');
      await host.raise(name);
      const pids = await pidsIn(host, PIDS_FILE, 3);
      const running = () => pids.filter((pid) => isRunning(host, pid));
      assert.deepEqual(running(), pids);
      await calm(host, name);
      const pid = await mainPid(host);
      await kill();
      await replaced(host, pid);
      assert.deepEqual(running(), []);
      await host.waitForLog(`Restart of ${name} was interrupted when the service ended`);
    });
  }
});
