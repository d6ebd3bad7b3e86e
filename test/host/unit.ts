/** What an administrator does to the installed unit, and sees of it. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Host } from '../support/box/host.ts';
import { waitFor } from '../support/wait.ts';
import { workspace } from '../support/workspace.ts';

const UNIT = 'monitor_service';

/** Where the processes of a test's commands write their numbers. */
export const PIDS_FILE = '/root/pids';
/** A command of three processes: itself, a child, and one in a session and a process group of its own. */
export const LONG_COMMAND = [
  `echo $$ >> ${PIDS_FILE}`,
  `sleep 900 & echo $! >> ${PIDS_FILE}`,
  `setsid sh -c "echo \\$\\$ >> ${PIDS_FILE}; exec sleep 901" & wait`,
].join('; ');

/** A message of the service in the journal. */
export interface JournalEntry {
  PRIORITY: string;
  MESSAGE: string;
}

/** Puts lines of `[Service]` in force beside the unit's own, as `systemctl edit` does. */
export async function editUnit(host: Host, ...lines: string[]): Promise<void> {
  const text = ['[Service]', ...lines, ''].join('\n');
  host.write(`/etc/systemd/system/${UNIT}.service.d/test.conf`, text);
  await host.sh('systemctl daemon-reload');
}

/** Properties of the unit, `systemctl show` said so. */
export async function show(host: Host, ...names: string[]): Promise<Record<string, string>> {
  const text = await host.sh(`systemctl show -p ${names.join(',')} ${UNIT}`);
  return Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s)),
  );
}

/** The number of the service's process; 0 while there is none. */
export async function mainPid(host: Host): Promise<number> {
  return Number(await host.property(UNIT, 'MainPID'));
}

/** Waits until another process than `pid` is the service, and ready; returns the new one's number. */
export function replaced(host: Host, pid: number, timeoutMs?: number): Promise<number> {
  const successor = async () => {
    const { ActiveState, MainPID } = await show(host, 'ActiveState', 'MainPID');
    return ActiveState === 'active' && Number(MainPID) !== pid ? Number(MainPID) : 0;
  };
  return waitFor(`a successor of ${pid}`, successor, timeoutMs);
}

/** Waits for the unit to be `active`, `failed` or the like. */
export function waitForState(host: Host, state: string): Promise<boolean> {
  const isThere = async () => (await host.property(UNIT, 'ActiveState')) === state;
  return waitFor(`the service to be ${state}`, isThere);
}

/** What the journal has of the unit: the service's own messages, or systemd's about it. */
export async function journal(
  host: Host,
  whose: 'monitor_service' | 'systemd' = UNIT,
): Promise<JournalEntry[]> {
  const text = await host.sh(`journalctl --sync; journalctl -u ${UNIT} -t ${whose} -o json`);
  return text
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** How often systemd has started the service. */
export async function starts(host: Host): Promise<number> {
  const entries = await journal(host, 'systemd');
  return entries.filter(({ MESSAGE }) =>
    /^Starting (?:monitor_service|Process Monitor Service)/.test(MESSAGE),
  ).length;
}

/** What systemd has against a unit file of ours: it may say more, of the host. */
export async function verdictOn(host: Host, file: string): Promise<string[]> {
  const { code, stdout, stderr } = await host.box.exec(`systemd-analyze verify ${file}`);
  const lines = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('monitor_service'));
  return code === 0 ? lines : [...lines, `status ${code}`];
}

/** Can `systemd-analyze security` judge a unit file? */
export async function judgesFiles(host: Host): Promise<boolean> {
  return Number((await host.sh('systemctl --version')).split(' ')[1]) >= 250;
}

/** How the attempts at a process ended, as the service has recorded it, which has to be stopped. */
export async function outcomesOf(host: Host, name: string): Promise<unknown[]> {
  const { path, remove } = await workspace();
  try {
    // SQLite would follow the way into the host to files of this machine.
    copyFileSync(host.box.path('/var/lib/monitor_service/state.db'), path('state.db'));
    const state = new DatabaseSync(path('state.db'));
    const rows = state.prepare('SELECT outcome FROM attempt WHERE name = ? ORDER BY id').all(name);
    state.close();
    return rows.map(({ outcome }) => outcome);
  } finally {
    await remove();
  }
}

/** The numbers that commands of a test wrote into a file of the host, once there are `count`. */
export function pidsIn(host: Host, file: string, count: number): Promise<number[]> {
  return waitFor(`${count} numbers in ${file}`, () => {
    const text = existsSync(host.box.path(file)) ? host.read(file) : '';
    const pids = text.split('\n').slice(0, -1).map(Number);
    return pids.length >= count ? pids : undefined;
  }) as Promise<number[]>;
}

/** Is there a process of this number, be it a zombie? */
export function isRunning(host: Host, pid: number): boolean {
  return existsSync(host.box.path(`/proc/${pid}`));
}

/** A program for the strategy `process`, in PATH: it only sleeps. */
export function writeProgram(host: Host, name: string): void {
  host.write(`/usr/local/bin/${name}`, '#!/usr/bin/perl\nsleep 900 while 1;\n', 0o755);
}

/** The number of the only process of this name. */
export async function pidOf(host: Host, name: string): Promise<number> {
  const pids = await host.sh(`pgrep -x ${name}`);
  assert.match(pids, /^\d+\n$/);
  return Number(pids);
}
