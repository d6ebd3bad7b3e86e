/** `systemctl stop` while a restart is under way, and what it leaves running: nothing. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { calm } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';
import { bootHost, type Host } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';
import { editUnit, isRunning, LONG_COMMAND, outcomesOf, PIDS_FILE, pidsIn, show } from './unit.ts';

const STOP_TIMEOUT_S = 1;
const START_S = 4;
const CLD_EXITED = 1;

describe('a service that is stopped', { skip: noBox }, () => {
  let host: Host;
  after(() => host?.stop());
  before(async () => {
    host = await bootHost();
    await host.setUp({
      processes: {
        own: {
          restart_strategy: 'custom',
          restart_command: LONG_COMMAND,
          restart_timeout: 2,
        },
        careful: { pre_restart_command: LONG_COMMAND, restart_timeout: 2 },
      },
    });
    await editUnit(host, `TimeoutStopSec=${STOP_TIMEOUT_S}`);
    for (const name of ['slow', 'own', 'careful']) {
      await host.addProcess(name);
    }
  });

  const assertEndedWell = async () => {
    const end = await show(host, 'ActiveState', 'Result', 'ExecMainCode', 'ExecMainStatus');
    const exited = { ExecMainCode: `${CLD_EXITED}`, ExecMainStatus: '0' };
    assert.deepEqual(end, { ActiveState: 'inactive', Result: 'success', ...exited });
  };

  test('finishes the restart that runs, though that takes longer than a stop may', async () => {
    await host.unit(
      'slow',
      `[Service]\nExecStartPre=/bin/sleep ${START_S}\nExecStart=/bin/sleep infinity\n`,
    );
    await host.start();
    await host.raise('slow');
    await waitFor(
      'the restart to be under way',
      async () => (await host.property('slow', 'SubState')) === 'start-pre',
    );
    const begin = performance.now();
    await host.sh('systemctl stop monitor_service');
    assert.ok(performance.now() - begin > STOP_TIMEOUT_S * 1000, 'it took longer');

    const stopping = await host.waitForLog('Stopping Process Monitor Service');
    const verified = 'Successfully restarted and verified service: slow';
    const after = await host.waitForLog(verified, { after: stopping });
    await host.waitForLog('Alarm cleared for slow ', { after });
    assert.equal((await host.alarmOf('slow'))?.alarma, 0);
    assert.deepEqual(await outcomesOf(host, 'slow'), ['verified']);
    await assertEndedWell();
  });

  for (const [kind, name] of [
    ['custom', 'own'],
    ['pre_restart', 'careful'],
  ] as const) {
    test(`leaves no process of its ${kind} command behind`, async () => {
      host.write(PIDS_FILE, '');
      await host.start();
      await host.raise(name);
      const pids = await pidsIn(host, PIDS_FILE, 3);
      const running = () => pids.filter((pid) => isRunning(host, pid));
      assert.deepEqual(running(), pids);
      await host.sh('systemctl stop monitor_service');
      assert.deepEqual(running(), []);
      // At its own time limit or at that of the stop, which are moments apart.
      assert.match(`${await outcomesOf(host, name)}`, /^(failed|interrupted)$/);
      await assertEndedWell();
      await calm(host, name);
    });
  }
});
