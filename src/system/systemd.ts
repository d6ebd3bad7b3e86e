import { existsSync } from 'node:fs';
import { type CommandOptions, type CommandResult, runProgram } from './command.ts';

/** Of a command, whatever becomes of its leftovers. */
export type Limits = Omit<CommandOptions, 'leftovers' | 'onOutput'>;

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

/** Do two names mean the same unit? In the name of a unit systemd writes a `+` as `\x2b`. */
export function isSameUnit(one: string, other: string): boolean {
  const escaped = (name: string) => unitNameOf(name).replaceAll('+', '\\x2b');
  return escaped(one) === escaped(other);
}

export function systemctl(verb: string, unit: string, limits: Limits): Promise<CommandResult> {
  return runProgram('systemctl', [verb, '--no-ask-password', '--', unit], {
    ...limits,
    leftovers: 'keep',
  });
}
