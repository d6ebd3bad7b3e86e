/** The sessions that the pages show, typed on a host: each prints what its page says. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { read, sessionsOf } from '../house/page.ts';
import { alarm, suiteHost } from '../support/box/alarms.ts';
import { noBox } from '../support/box/box.ts';
import type { Host } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';

const PAGES = ['README.md', 'docs/COMMANDS.md'];
const SHOWS = /monitor_service (list|status|history|check)(?: |$)/;
/** What is another one each time, and what stands for it in the comparison. */
const VARYING: [RegExp, string][] = [
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME'],
  [/\(\d+ \w+ ago\)/g, '(AGO)'],
  [/\b\d+ \w+ ago$/gm, 'AGO'],
  [/\(in \d+ \w+\)/g, '(LATER)'],
  [/\b(after|took) (\d+ ms|\d+\.\d s)\b/g, '$1 DURATION'],
  [/\bPID \d+\b/g, 'PID NUMBER'],
  [/^database: (?:MariaDB|MySQL) [\d.]+ at \S+, /gm, 'database: SERVER, '],
  [/^monitor_service \d+\.\d+\.\d+,/gm, 'monitor_service VERSION,'],
];

/** The units that there are; the one of the web server cannot start while a folder is missing. */
async function prepare(host: Host): Promise<void> {
  await host.unit('sshd');
  await host.unit(
    'apache2',
    '[Service]\nExecStartPre=/bin/ls -d /srv/www\nExecStart=/bin/sleep infinity\n',
  );
}

/** What each session begins with: the sample rows, and a web server whose restart has failed three times. */
async function setTheScene(host: Host): Promise<void> {
  await host.sh('rm -rf /srv/www && systemctl stop apache2 && systemctl start sshd');
  await host.sql('DELETE FROM STATUS_PROCESS');
  await host.sql('DELETE FROM PROCESE');
  await host.sh('mysql < /opt/monitor_service/setup.sql && monitor_service breaker reset --all');
  let log = await alarm(host, 'apache2');
  for (let failure = 1; failure <= 3; failure++) {
    await host.sh('monitor_service check-now');
    log = await host.waitForLog('All restart attempts failed for apache2', { after: log });
  }
  await settled(host);
}

/** Waits until nothing is in alarm but what a breaker holds off. */
function settled(host: Host): Promise<boolean> {
  return waitFor('the restarts to end', async () => {
    const status = JSON.parse(await host.sh('monitor_service status --json'));
    const [row] = await host.sql('SELECT COUNT(*) AS alarms FROM STATUS_PROCESS WHERE alarma = 1');
    const held = status.processes.filter(({ state }: { state: string }) => state === 'held_off');
    return row?.alarms === held.length;
  });
}

function withoutVarying(text: string): string {
  return VARYING.reduce((rest, [pattern, word]) => rest.replaceAll(pattern, word), text);
}

for (const page of PAGES) {
  describe(`the sessions of ${page}`, { skip: noBox }, () => {
    const shared = suiteHost(
      {
        monitor: { check_interval: 300 },
        processes: { apache2: { restart_strategy: 'service', restart_delay: 0 } },
      },
      prepare,
    );

    for (const session of sessionsOf(page)) {
      test(`print what the page says: ${session[0]?.command}`, async () => {
        const host = shared();
        await setTheScene(host);
        for (const { command, output } of session) {
          if (SHOWS.test(command)) {
            await settled(host);
          }
          const { stdout } = await host.box.exec(`sudo() { "$@"; }; { ${command}; } 2>&1`);
          assert.equal(withoutVarying(stdout), withoutVarying(output), `${command}\n${stdout}`);
        }
      });
    }
  });
}

test('the sessions show what an operator needs, and none is left out', () => {
  const commands = sessionsOf('README.md')
    .flat()
    .map(({ command }) => command);
  for (const name of ['list', 'alarm set', 'status', 'history', 'restart']) {
    assert.ok(
      commands.some((command) => command.startsWith(`sudo monitor_service ${name}`)),
      name,
    );
  }
  for (const page of PAGES) {
    assert.doesNotMatch(read(page), /```(?!console)\w*\n *\$ /, page);
  }
});
