import { statSync } from 'node:fs';
import { fieldOf, linkOf, procFile } from './proc.ts';
import { systemdRuns } from './systemd.ts';

/** What a container, or `unshare`, may have of its own. */
const NAMESPACES = ['mnt', 'net', 'ipc', 'uts', 'user', 'cgroup'];

/**
 * A command line from inside a container, run on the host, would let the container out. So only one
 * that sees the host's files, network and the rest, or this service's own view of them, counts.
 */
export function livesOnHost(pid: number): boolean {
  return NAMESPACES.every((kind) => isShared(pid, `ns/${kind}`)) && linkOf(pid, 'root') === '/';
}

/** A kernel that lacks a kind of namespace has it for nobody. */
function isShared(pid: number, namespace: string): boolean {
  const own = linkOf(pid, namespace);
  return own === linkOf(process.pid, namespace) || (!!own && own === linkOf(1, namespace));
}

/**
 * A program that changed its user still shows the command line and environment of who called it. So the
 * ids must agree, the program must not be a set-user-id one, and confinement that can't be given again
 * (system call filters, capabilities taken away) must not be there: beyond that of PID 1, and of what
 * starts it, which under systemd is PID 1 and else this service.
 */
export function isWhatItSeems(pid: number, status: string): boolean {
  const agree = (ids: string[]) => new Set(ids).size === 1;
  const parents = [1, systemdRuns() ? 1 : process.pid].map(
    (known) => procFile(known, 'status') ?? '',
  );
  const filters = filtersOf(status);
  const bound = fieldOf(status, 'CapBnd')[0];
  return (
    agree(fieldOf(status, 'Uid')) &&
    agree(fieldOf(status, 'Gid')) &&
    !isSetId(pid) &&
    ['0 0', ...parents.map(filtersOf)].includes(filters) &&
    parents.some((parent) => fieldOf(parent, 'CapBnd')[0] === bound) &&
    !isRootWithLess(status)
  );
}

/** Root is given all that it may have when a program starts, whatever the process had given up. */
function isRootWithLess(status: string): boolean {
  const isRoot = fieldOf(status, 'Uid')[0] === '0';
  return isRoot && fieldOf(status, 'CapPrm')[0] !== fieldOf(status, 'CapBnd')[0];
}

/** Kind and number of system call filters; kernels before 5.9 tell no number. */
function filtersOf(status: string): string {
  return `${fieldOf(status, 'Seccomp')[0]} ${fieldOf(status, 'Seccomp_filters')[0] ?? 0}`;
}

function isSetId(pid: number): boolean {
  try {
    return (statSync(`/proc/${pid}/exe`).mode & 0o6000) !== 0;
  } catch {
    return true;
  }
}
