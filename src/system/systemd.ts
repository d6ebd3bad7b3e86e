import { existsSync } from 'node:fs';
import { type CommandOptions, type CommandResult, runProgram } from './command.ts';
import { procFile } from './proc.ts';
import { isTransientUnit } from './transient_unit.ts';

/** Of a command, whatever becomes of its leftovers. */
export type Limits = Omit<CommandOptions, 'leftovers' | 'onOutput'>;

/** Units that start other people's programs: a process in one's cgroup is not the unit's own. */
const LAUNCHERS = new Set([
  'cron.service',
  'crond.service',
  'atd.service',
  'ssh.service',
  'sshd.service',
]);

/** Was this host booted by systemd? */
export function systemdRuns(): boolean {
  return existsSync('/run/systemd/system');
}

/** Always a service: a name such as `poweroff.target` must not reach another kind of unit. */
export function unitNameOf(systemName: string): string {
  return systemName.endsWith('.service') ? systemName : `${systemName}.service`;
}

/** The program that a unit of this name runs, as far as the name tells; the same for a plain name. */
export function programNameOf(systemName: string): string {
  return systemName.replace(/\.service$/, '');
}

export function systemctl(verb: string, unit: string, limits: Limits): Promise<CommandResult> {
  return runProgram('systemctl', [verb, '--no-ask-password', '--', unit], {
    ...limits,
    leftovers: 'keep',
  });
}

/**
 * The system service whose cgroup a process is in; undefined for a session's, a container's, a launcher's, and
 * what this service itself started.
 */
export function owningUnit(pid: number): string | undefined {
  const unit = serviceUnitOf(pid) ?? '';
  return unit === '' || LAUNCHERS.has(unit) || isTransientUnit(unit) ? undefined : unit;
}

/** The system service whose cgroup a process is in, whoever started it there. */
export function serviceUnitOf(pid: number): string | undefined {
  for (const line of (procFile(pid, 'cgroup') ?? '').split('\n')) {
    const [, controllers, path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === '' || controllers === 'name=systemd') {
      const unit = serviceOf(path);
      if (unit !== undefined) {
        return unit;
      }
    }
  }
  return undefined;
}

/** The first service on the way from system.slice: what is below it is the service's own subdivision. */
function serviceOf(path: string): string | undefined {
  const [slice, ...rest] = path.split('/').filter((part) => part !== '');
  const unit = rest.find((part) => !part.endsWith('.slice')) ?? '';
  return slice === 'system.slice' && unit.endsWith('.service') ? unit : undefined;
}
