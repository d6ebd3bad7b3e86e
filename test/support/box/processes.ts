/** The processes that a box consists of, as the host starts them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';

const NAMESPACES = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--time'];
/** What nothing in a box may do to the kernel that it shares with the host. */
const FORBIDDEN = [
  ...['audit_control', 'audit_read', 'block_suspend', 'mac_admin', 'mac_override', 'mknod'],
  ...['perfmon', 'sys_module', 'sys_pacct', 'sys_rawio', 'sys_time', 'syslog', 'wake_alarm'],
];
const NO_CAPABILITIES = FORBIDDEN.map((name) => `-${name}`).join(',');
/** Without the option, and with a socket as standard input, it takes itself for a login from afar: it runs ~/.bashrc. */
export const BASH = ['bash', '--norc', '-c'];
const ENVIRONMENT = [
  'container=box',
  'HOME=/root',
  'LANG=C.UTF-8',
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'SYSTEMD_COLORS=0',
  'SYSTEMD_PAGER=cat',
  'TERM=dumb',
];

/** Holds the files and the cgroup of a box, and says where that is; see keeper.sh. */
export function spawnKeeper(name: string, seed: string): ChildProcess {
  const keeper = [...BASH, script('keeper.sh'), 'keeper', name, seed];
  // In a session of its own, so that Ctrl-C leaves it the time to clean up.
  const options = { detached: true, stdio: 'pipe' } as const;
  return spawn('unshare', ['--mount', '--propagation=private', ...keeper], options);
}

/** `unshare`, whose only child becomes the first process of the box and says its number; see start.sh. */
export function spawnFirst(keeper: number, cgroup: string): ChildProcess {
  return spawnIn(
    asSeenBy(keeper, cgroup),
    ...['nsenter', `--mount=/proc/${keeper}/ns/mnt`],
    ...['unshare', ...NAMESPACES, ...clocksAtZero()],
    ...['--fork', '--kill-child', '--propagation=private'],
    ...[...BASH, script('start.sh'), 'start', NO_CAPABILITIES],
  );
}

/** What tells the time since boot tells that of the box. */
function clocksAtZero(): string[] {
  // The two differ by the time that the machine was suspended.
  const [monotonic] = process.hrtime();
  return [`--boottime=-${Math.floor(uptime())}`, `--monotonic=-${monotonic}`];
}

/** A command inside, as root. */
export function spawnInside(
  keeper: number,
  cgroup: string,
  first: number,
  command: string[],
): ChildProcess {
  return spawnIn(
    asSeenBy(keeper, join(cgroup, 'init.scope')),
    ...['nsenter', `--target=${first}`, '--root', '--wd', ...NAMESPACES],
    ...['env', '-i', ...ENVIRONMENT],
    ...['setpriv', '--inh-caps=-all', `--bounding-set=${NO_CAPABILITIES}`, ...command],
  );
}

/** A command in a cgroup from its first moment on: what is in the cgroup of a box ends with it. */
function spawnIn(cgroup: string, ...command: string[]): ChildProcess {
  const enter = ['-c', 'echo $$ > "$0" && exec "$@"', join(cgroup, 'cgroup.procs')];
  return spawn('sh', [...enter, ...command], { stdio: 'pipe' });
}

function asSeenBy(pid: number, file: string): string {
  return join(`/proc/${pid}/root`, file);
}

function script(name: string): string {
  return readFileSync(join(import.meta.dirname, name), 'utf8');
}
