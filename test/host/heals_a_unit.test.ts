/** The whole of it on a host of its own: installed, enabled, and healing what dies. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noBox } from '../support/box/box.ts';
import { openInstalledHost } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';

test('an installed service heals a unit that was killed', { skip: noBox }, async (t) => {
  const host = await openInstalledHost(t);
  await host.unit('web');
  await host.addProcess('web');
  await host.sh('systemctl start web');
  await host.start();
  assert.equal(await host.property('monitor_service', 'ActiveState'), 'active');

  await host.sh('systemctl kill -s KILL web');
  await host.sh('mysql', { input: host.read('/opt/monitor_service/setup.sql') });
  assert.equal((await host.alarmOf('web'))?.alarma, 0, 'setup.sql leaves what is there');
  await waitFor(
    'the unit to fail',
    async () => (await host.property('web', 'ActiveState')) === 'failed',
  );
  await host.raise('web');
  const found = await host.waitForLog('Found process in alarm: web (ID: 1)');
  const healed = await host.waitForLog('Successfully restarted and verified service: web', {
    after: found,
  });
  await host.waitForLog('Alarm cleared for web (ID: 1)', { after: healed });

  assert.equal(await host.property('web', 'ActiveState'), 'active');
  const row = await host.alarmOf('web');
  assert.equal(row?.alarma, 0);
  assert.match(row?.notes ?? '', /(?:^| - )Restarted at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
});
