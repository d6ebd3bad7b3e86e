import type { Log } from '../log/logger.ts';
import type { CommandResult } from '../system/command.ts';

/** A daemon that was left running with its output here ends at its next line once this service is gone. */
export function warnOfHeldOutput(name: string, result: CommandResult, log: Log): void {
  if (result.isHeld) {
    log.warning(
      `RESTART LOG: The restart command of ${name} left a process that still writes to this service; redirect its output`,
      { event: 'output_held', process: name },
    );
  }
}
