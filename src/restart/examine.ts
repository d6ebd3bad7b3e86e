import { programNameOf, systemdRuns } from '../system/systemd.ts';
import { commandOptions, restartOptions } from './command_options.ts';
import { toldLook } from './debug_log.ts';
import { DEFAULT_CHECK, lookAt } from './health_check.ts';
import { chooseStrategy, commandOf, type Strategy } from './strategy.ts';
import { type Failure, fillIn, masked, type RestartContext, type Target } from './target.ts';

/** What a health check found, and whom it asked; secrets masked. */
export interface Examination {
  /** Undefined: healthy. */
  readonly failure: Failure | undefined;
  readonly kind: 'unit' | 'program' | 'command';
  /** The unit, the program or the command. */
  readonly asked: string;
  readonly durationMs: number;
}

export type ExaminationContext = Pick<
  RestartContext,
  'log' | 'clock' | 'recipes' | 'secrets' | 'ending'
>;

/** Runs the health check once, without the patience that a process just started is given. */
export async function examine(target: Target, context: ExaminationContext): Promise<Examination> {
  const { clock } = context;
  const options = commandOptions(target, context);
  const { health_check_timeout } = target.settings;
  const startedAtMs = clock.nowMs();
  const strategy = await chooseStrategy(target, restartOptions(target, context), context.recipes);
  const failure =
    strategy.kind === 'unknown'
      ? strategy.failure
      : await toldLook(
          lookAt(target, strategy, options),
          target,
          context,
        )(health_check_timeout * 1000);
  return {
    failure: failure && {
      reason: masked(failure.reason, context),
      output: failure.output.map((line) => masked(line, context)),
    },
    ...questionOf(target, strategy, context),
    durationMs: clock.nowMs() - startedAtMs,
  };
}

function questionOf(
  target: Target,
  strategy: Strategy,
  context: ExaminationContext,
): Pick<Examination, 'kind' | 'asked'> {
  const { health_check_command, system_name } = target.settings;
  if (strategy.kind === 'unknown') {
    return { kind: 'command', asked: commandOf(strategy, target) };
  }
  if (health_check_command !== DEFAULT_CHECK) {
    return { kind: 'command', asked: masked(fillIn(health_check_command, target), context) };
  }
  return strategy.kind === 'service' && systemdRuns()
    ? { kind: 'unit', asked: strategy.unit }
    : { kind: 'program', asked: programNameOf(system_name) };
}
