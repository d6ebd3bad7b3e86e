import { forShell } from './for_shell.ts';

/** A command as it is run: `%s` is the system name, `%%` a percent sign, and every other `%` stays. */
export function commandFor(command: string, systemName: string): string {
  return command.replace(/%[s%]/g, (mark, at: number) =>
    mark === '%s' ? forShell(systemName, command.slice(0, at)) : '%',
  );
}
