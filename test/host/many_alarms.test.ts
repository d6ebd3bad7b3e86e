/** Many units in alarm at once: so many restarts at a time as are allowed, and none waits for a slow one. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { alarm, suiteHost } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';
import type { Host } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';

const MAX_PARALLEL = 4;
const NAMES = Array.from({ length: 20 }, (_, index) => `shop@${index + 1}`);

/** Its start takes a while, and tells when it began and ended. */
const SHOP = `[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c "echo begin %i >> /run/starts; sleep 0.3; echo end %i >> /run/starts"
`;
const SLOW = `[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c "while test -e /run/hold; do sleep 0.05; done"
`;

async function prepare(host: Host): Promise<void> {
  host.write('/etc/systemd/system/shop@.service', SHOP);
  host.write('/etc/systemd/system/slow.service', SLOW);
  await host.sh('systemctl daemon-reload');
}

describe('twenty units and a slow one in alarm', { skip: noBox }, () => {
  const shared = suiteHost(
    {
      monitor: { max_parallel_restarts: MAX_PARALLEL },
      processes: {
        default: {
          restart_strategy: 'service',
          health_check_command: 'systemctl is-active %s',
          health_check_stable_time: 0,
        },
      },
    },
    prepare,
  );

  test('are healed beside each other, as many at a time as allowed, while the slow one goes on', async () => {
    const host = shared();
    host.write('/run/hold', '');
    for (const name of NAMES) {
      await host.addProcess(name);
    }
    const offset = await alarm(host, 'slow');
    await waitFor(
      'the slow one to be on its way',
      async () => (await host.property('slow', 'ActiveState')) === 'activating',
    );
    await host.sql(
      "UPDATE STATUS_PROCESS JOIN PROCESE USING (process_id) SET alarma = 1 WHERE process_name LIKE 'shop@%'",
    );
    await waitFor(
      'all to be healed',
      async () => {
        const [row] = await host.sql(
          'SELECT COUNT(*) AS alarms FROM STATUS_PROCESS WHERE alarma = 1',
        );
        return row?.alarms === 1;
      },
      60_000,
    );
    assert.equal(await host.property('slow', 'ActiveState'), 'activating', 'and holds up none');

    const starts = host
      .read('/run/starts')
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]);
    let running = 0;
    const counts = starts.map((word) => (running += word === 'begin' ? 1 : -1));
    assert.equal(Math.max(...counts), MAX_PARALLEL - 1, 'one place is the slow one’s');
    assert.equal(starts.length, 2 * NAMES.length, 'each was started once');
    for (const name of NAMES) {
      assert.equal(await host.property(name, 'ActiveState'), 'active');
    }

    await host.sh('rm /run/hold');
    await host.waitForLog('Alarm cleared for slow ', { after: offset });
    assert.equal((await host.alarmOf('slow'))?.alarma, 0);
  });
});
