/** Several names that lead to one unit or program: it is restarted once, and the alarm of each is cleared. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { said, suiteHost } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';
import type { Host } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';

const counting = (name: string) => `[Service]
ExecStartPre=/bin/sh -c "echo start >> /run/${name}.starts"
ExecStart=/usr/local/bin/${name} infinity
`;

const UNITS: Record<string, string> = {
  plain: counting('plain'),
  canonical: `${counting('canonical')}[Install]\nAlias=other-name.service\n`,
  'vendor-app': counting('app'),
  picky: counting('picky'),
  broken:
    '[Service]\nType=oneshot\nExecStart=/bin/sh -c "echo start >> /run/broken.starts; exit 1"\n',
};

const PROGRAMS = ['plain', 'canonical', 'app', 'picky', 'lonely'];

async function prepare(host: Host): Promise<void> {
  for (const [name, text] of Object.entries(UNITS)) {
    host.write(`/etc/systemd/system/${name}.service`, text);
  }
  await host.sh(PROGRAMS.map((name) => `cp /bin/sleep /usr/local/bin/${name}`).join('; '));
  await host.sh('systemctl daemon-reload; systemctl enable canonical');
  await host.sh('systemctl start plain canonical vendor-app');
  await host.sh('rm /run/*.starts');
}

/** Puts all of them in alarm in one statement, so that one check finds them together. */
async function alarmTogether(host: Host, names: readonly string[]): Promise<number> {
  for (const name of names) {
    await host.addProcess(name);
  }
  const offset = host.log().length;
  const marks = names.map(() => '?').join(', ');
  await host.sql(
    `UPDATE STATUS_PROCESS JOIN PROCESE USING (process_id) SET alarma = 1 WHERE process_name IN (${marks})`,
    [...names],
  );
  return offset;
}

for (const atOnce of [1, 20]) {
  describe(`with ${atOnce} restarts at a time`, { skip: noBox, concurrency: 4 }, () => {
    const shared = suiteHost(
      {
        monitor: { max_parallel_restarts: atOnce },
        processes: {
          default: { max_attempts: 1, health_check_stable_time: 0, health_check_timeout: 2 },
          'other-lonely': {
            system_name: 'lonely',
            restart_strategy: 'process',
            start_command: 'lonely 1000',
          },
          'picky.service': { health_check_command: 'false' },
          lonely: { restart_strategy: 'process', start_command: 'lonely 1000' },
        },
      },
      prepare,
    );
    const starts = async (name: string) =>
      (await shared().sh(`cat /run/${name}.starts`)).match(/start/g)?.length;
    const cleared = async (names: readonly string[], offset: number) => {
      for (const name of names) {
        await shared().waitForLog(`Alarm cleared for ${name} `, { after: offset });
      }
      return names.map((name) => said(shared(), name, offset));
    };

    test('a name with .service and one without it share one restart', async () => {
      const names = ['plain', 'plain.service'];
      const lines = await cleared(names, await alarmTogether(shared(), names));
      assert.equal(await starts('plain'), 1);
      assert.match(lines.flat().join('\n'), /(plain|plain\.service) shares the restart of plain/);
    });

    test('an alias of a unit shares its restart', async () => {
      const names = ['canonical', 'other-name'];
      await cleared(names, await alarmTogether(shared(), names));
      assert.equal(await starts('canonical'), 1);
    });

    test('a program and the unit that it runs in share one restart', async () => {
      const names = ['app', 'vendor-app'];
      await cleared(names, await alarmTogether(shared(), names));
      assert.equal(await starts('app'), 1);
    });

    test('two names of one program without a unit make one copy', async () => {
      const names = ['lonely', 'other-lonely'];
      await cleared(names, await alarmTogether(shared(), names));
      assert.equal((await shared().sh('pgrep -c -x lonely')).trim(), '1');
    });

    test('a name whose settings can only fail keeps no other name from being healed', async () => {
      const offset = await alarmTogether(shared(), ['picky.service', 'picky']);
      await cleared(['picky'], offset);
      await shared().waitForLog('All restart attempts failed for picky.service', { after: offset });
    });

    test('a restart that fails is made once for both, and both alarms stay', async () => {
      const names = ['broken', 'broken.service'];
      const offset = await alarmTogether(shared(), names);
      const failed = (name: string) => `All restart attempts failed for ${name}\n`;
      for (const name of names) {
        await shared().waitForLog(failed(name), { after: offset });
      }
      await waitFor('one start a check', async () => {
        const log = shared().log().slice(offset);
        const ended = log.split(failed('broken.service')).length - 1;
        return (await starts('broken')) === ended || (await starts('broken')) === ended + 1;
      });
    });
  });
}
