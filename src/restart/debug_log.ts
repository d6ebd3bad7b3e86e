import type { EndedCommand } from '../system/command.ts';
import { endingWords } from './failure.ts';
import type { Look } from './health_check.ts';
import { masked, type RestartContext, type Target } from './target.ts';

type Telling = Pick<RestartContext, 'log' | 'secrets'>;

/** Logs each command of a process with its exit and its time, for whoever looks closer. */
export function commandTeller({ name }: Target, context: Telling): (ended: EndedCommand) => void {
  return ({ line, ending, durationMs }) =>
    context.log.debug(
      () =>
        `Command for ${name}: ${masked(line, context)} (${endingWords(ending)}, ${whole(durationMs)})`,
      { event: 'command_ended', process: name },
    );
}

/** The same look, with its verdict logged. */
export function toldLook(look: Look, { name }: Target, context: Telling): Look {
  return async (limitMs) => {
    const startedAtMs = performance.now();
    const failure = await look(limitMs);
    const durationMs = performance.now() - startedAtMs;
    context.log.debug(
      () => {
        const verdict = failure ? `not healthy: ${masked(failure.reason, context)}` : 'healthy';
        return `Health check of ${name}: ${verdict} (${whole(durationMs)})`;
      },
      { event: 'health_checked', process: name },
    );
    return failure;
  };
}

function whole(ms: number): string {
  return `${Math.round(ms)} ms`;
}
