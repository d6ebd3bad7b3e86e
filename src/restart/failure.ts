import type { CommandResult, Ending } from '../system/command.ts';
import { counted } from '../system/counted.ts';
import type { Failure } from './target.ts';

/** Undefined where the command ended well. */
export function failureOf(result: CommandResult): Failure | undefined {
  return result.ok ? undefined : failureOfAny(result);
}

/** Why a command that did not end well did not. */
export function failureOfAny(result: CommandResult): Failure {
  const output = [...result.outputLines, ...result.errorLines];
  const last = result.errorLines.at(-1) ?? result.outputLines.at(-1);
  const reason = endingWords(result.ending);
  return { reason: last === undefined ? reason : `${reason}: ${last}`, output };
}

/** How a command ended. */
export function endingWords(ending: Ending): string {
  switch (ending.kind) {
    case 'exited':
      return `exit code ${ending.code}`;
    case 'killed':
      return `ended by ${ending.signal}`;
    case 'timed out':
      return `timed out after ${counted(ending.afterMs / 1000, 'second')}`;
    case 'interrupted':
      return 'interrupted';
    case 'not started':
      return ending.reason;
  }
}
