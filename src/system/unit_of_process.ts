import { allStats, procFile, type Stat } from './proc.ts';

/** The system service whose cgroup a process is in, whoever started it there. */
export function serviceUnitOf(pid: number): string | undefined {
  return unitOfCgroups(procFile(pid, 'cgroup') ?? '');
}

/** A live process, whose child it is, and the kernel's name for it. */
export type Member = Pick<Stat, 'pid' | 'parent' | 'command'>;

/** All that runs in each service's cgroup and below it. */
export function membersByUnit(): Map<string, Member[]> {
  const live = allStats().filter((stat) => !stat.isZombie && !stat.isKernelThread);
  const byUnit = Map.groupBy(live, ({ pid }) => serviceUnitOf(pid) ?? '');
  byUnit.delete('');
  return byUnit;
}

/** The service that a file /proc/PID/cgroup names: version 1 has a line `name=systemd`, version 2 one without controllers. */
export function unitOfCgroups(text: string): string | undefined {
  for (const line of text.split('\n')) {
    const [, controllers, path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === '' || controllers === 'name=systemd') {
      const unit = unitOfPath(path);
      if (unit !== undefined) {
        return unit;
      }
    }
  }
  return undefined;
}

/**
 * The first part that is no slice: what is below it is the service's own subdivision. What runs in user.slice
 * belongs to a user's session or service manager.
 */
function unitOfPath(path: string): string | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  const unit = parts.find((part) => !part.endsWith('.slice')) ?? '';
  return parts[0] !== 'user.slice' && unit.endsWith('.service') ? unit : undefined;
}
