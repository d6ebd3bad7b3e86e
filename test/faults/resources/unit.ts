/** The installed unit, with all that confines it, without a descriptor to start anything with. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { editUnit, mainPid, show } from '../../host/unit.ts';
import { noBox } from '../../support/box/box.ts';
import { bootHost, type Host } from '../../support/box/host.ts';
import { waitFor } from '../../support/wait.ts';
import type { Kind } from './kind.ts';

const WATCHDOG_S = 2;
/** What the longest check may take with timeouts of one second, and half of what the unit grants: so long it may be silent. */
const PATIENCE_MS = (2 + 6) * 1000 + (WATCHDOG_S * 1000) / 2;
const MAX_LIMITED_MS = 4000;
const UNTOLD = 'systemd could not be told: systemd-notify: ';

export const unitWithoutDescriptors: Kind = {
  what: 'no descriptor left in the installed unit, on a host that hides processes (hidepid): systemd hears of it again',
  quick: 1,
  long: 5,
  lacks: async () => noBox || undefined,
  async run({ times, random }) {
    const host = await bootHost();
    try {
      await host.setUp({
        database: { connect_timeout: 1, query_timeout: 1 },
        monitor: { max_restart_failures: 1000 },
        processes: { default: { max_restarts: 0 } },
      });
      await editUnit(host, `WatchdogSec=${WATCHDOG_S}`);
      await host.sh('mount -o remount,hidepid=2 /proc');
      await host.unit('web');
      await host.addProcess('web');
      await host.start();
      const pid = await mainPid(host);
      for (let round = 0; round < times; round++) {
        await starve(host, pid, random(MAX_LIMITED_MS));
      }
      await sleep(PATIENCE_MS);
      const { NRestarts, MainPID } = await show(host, 'NRestarts', 'MainPID');
      assert.deepEqual([NRestarts, MainPID], ['0', `${pid}`], 'the watchdog was fed throughout');
      const cleared = host.log().match(/Alarm cleared for web /g) ?? [];
      assert.equal(cleared.length, times, 'each alarm was cleared once');
    } finally {
      await host.stop();
    }
  },
};

async function starve(host: Host, pid: number, limitedMs: number): Promise<void> {
  const after = host.log().length;
  await limit(host, pid, `$(ls /proc/${pid}/fd | wc -l)`);
  await host.raise('web');
  await host.waitForLog(UNTOLD, { after });
  await sleep(limitedMs);
  assert.equal((await host.alarmOf('web'))?.alarma, 1, 'nothing is cleared that was not restarted');
  const limitedUntil = await heardAt(host);
  await limit(host, pid, '10000');
  await host.waitForLog('Alarm cleared for web ', { after, timeoutMs: 30_000 });
  assert.equal(await host.property('web', 'ActiveState'), 'active');
  await waitFor('systemd to hear of it', async () => (await heardAt(host)) > limitedUntil);
}

async function limit(host: Host, pid: number, most: string): Promise<void> {
  await host.sh(`prlimit --nofile=${most}: --pid ${pid}`);
}

/** When the watchdog was fed last, in microseconds. */
async function heardAt(host: Host): Promise<number> {
  return Number((await show(host, 'WatchdogTimestampMonotonic')).WatchdogTimestampMonotonic);
}
