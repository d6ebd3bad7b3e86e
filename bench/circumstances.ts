/** On what and with what was measured: nothing that names this very machine. */
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { serverVersion } from '../test/support/connection.ts';
import { repository } from '../test/support/repository.ts';
import type { Scale } from './scale.ts';
import type { Stage } from './stage.ts';

export async function circumstancesOf(
  { host, floor }: Stage,
  { repetitions }: Scale,
): Promise<[string, string][]> {
  const version = async (command: string) =>
    /\d+(\.\d+)*/.exec(await host.sh(`${command} 2>&1`))?.[0] ?? 'unknown';
  const system = /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  return [
    ['date', new Date().toISOString().slice(0, 10)],
    ['repetitions', String(repetitions)],
    ['processors', `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`],
    ['memory', `${(totalmem() / 1e9).toFixed(0)} GB`],
    // Behind the number a kernel may carry the name of whoever built it.
    ['system', `${system}, Linux ${/^[\d.]+/.exec(release())?.[0]}`],
    ['monitor_service', JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')).version],
    ['Node', await version(`${floor.node} --version`)],
    ['database', await serverVersion(host.databaseAddress)],
    ['systemd', await version('systemctl --version')],
    ['bash', await version('bash --version')],
    ['monit', await version('monit --version')],
    ['supervisord', await version('supervisord --version')],
    ['Python', await version('python3 --version')],
  ];
}
