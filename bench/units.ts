/** Units to be restarted. Each runs a program of its own name, which does nothing. */
import type { Host } from '../test/support/box/host.ts';

const PROGRAMS = '/usr/local/bin';
const SLOW = '/run/healthy';

/** `PREFIX-0001` and so on; pgrep finds no more than 15 characters, and a part of a name too. */
export function namesOf(prefix: string, count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) => `${prefix}-${String(index + 1).padStart(4, '0')}`,
  );
}

/** A command that only sleeps, as a program of this name. */
export async function commandOf(host: Host, name: string): Promise<string> {
  const program = `${PROGRAMS}/${name}`;
  await host.sh(`ln -sfn /bin/sleep ${program}`);
  return `${program} infinity`;
}

/** A unit that leaves its number where monit looks for it, running. */
export async function startWatched(
  host: Host,
  name: string,
  { command = '', onFailure = '' } = {},
): Promise<void> {
  await host.unit(
    name,
    `[Unit]
StartLimitIntervalSec=0
OnFailure=${onFailure}
[Service]
ExecStart=${command || (await commandOf(host, name))}
ExecStartPost=/bin/sh -c "echo $MAINPID > /run/${name}.pid"
`,
  );
  await host.sh(`systemctl start ${name}`);
}

/** Units that are up as soon as they are started, all running. */
export async function startUnits(host: Host, names: readonly string[]): Promise<void> {
  await startAll(host, names, (program) => `ExecStart=${program} infinity\n`);
}

/** Units that are healthy so long after their start, by SLOW_CHECK, all running. */
export async function startSlowUnits(
  host: Host,
  names: readonly string[],
  seconds: number,
): Promise<void> {
  const text = (program: string, name: string) => `ExecStartPre=/bin/rm -f ${SLOW}/${name}
ExecStart=/bin/sh -c "sleep ${seconds}; touch ${SLOW}/${name}; exec ${program} infinity"
`;
  await host.sh(`mkdir -p ${SLOW}`);
  await startAll(host, names, text);
}

export const SLOW_CHECK = `test -e ${SLOW}/%s`;

async function startAll(
  host: Host,
  names: readonly string[],
  lines: (program: string, name: string) => string,
): Promise<void> {
  for (const name of names) {
    // However often it is restarted: no limit of systemd's is to be measured.
    const text = `[Unit]\nStartLimitIntervalSec=0\n[Service]\n${lines(`${PROGRAMS}/${name}`, name)}`;
    host.write(`/etc/systemd/system/${name}.service`, text);
  }
  await host.sh(`for name in ${names.join(' ')}; do ln -sfn /bin/sleep ${PROGRAMS}/$name; done`);
  await host.sh(`systemctl daemon-reload && systemctl start ${names.join(' ')}`, {
    timeoutMs: 120_000,
  });
}

export async function stopUnits(host: Host, names: readonly string[]): Promise<void> {
  await host.sh(`systemctl kill -s KILL ${names.join(' ')}; systemctl stop ${names.join(' ')}`, {
    timeoutMs: 120_000,
  });
}
