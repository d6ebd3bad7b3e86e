import { restartOptions } from './command_options.ts';
import { chooseStrategy, commandOf, type Strategy } from './strategy.ts';
import { fillIn, masked, type RestartContext, type Target } from './target.ts';

type Context = Pick<RestartContext, 'ending' | 'log' | 'recipes' | 'secrets'>;

/** What a restart would do now, a step a line, for `--dry-run`: systemd may be asked, and no more. */
export async function rehearse(target: Target, context: Context): Promise<string[]> {
  const strategy = await chooseStrategy(target, restartOptions(target, context), context.recipes);
  return [...stepsBefore(target), ...stepsOf(strategy, target)].map(
    (step) => `DRY RUN: would ${masked(step, context)}`,
  );
}

/** What is done about an alarm whose process was restarted already, before it is restarted once more. */
export function rehearseHealed({ name }: Target): string {
  return `DRY RUN: would look whether ${name}, which was restarted for this alarm, is still healthy, and only clear the alarm then`;
}

function stepsBefore(target: Target): string[] {
  const { pre_restart_command } = target.settings;
  const command = fillIn(pre_restart_command, target);
  return command ? [`run the pre-restart command for ${target.name}: ${command}`] : [];
}

function stepsOf(strategy: Strategy, target: Target): string[] {
  const { name, settings } = target;
  const { restart_strategy, health_check_command } = settings;
  if (strategy.kind === 'unknown') {
    return [`fail to restart ${name} (strategy: ${restart_strategy}): ${strategy.failure.reason}`];
  }
  const why = 'why' in strategy && strategy.why ? `, ${strategy.why}` : '';
  const now = restart_strategy === 'auto' ? `, now ${strategy.kind}${why}` : '';
  return [
    `restart ${name} (strategy: ${restart_strategy}${now}): ${commandOf(strategy, target)}`,
    `check the health of ${name}: ${fillIn(health_check_command, target)}`,
    `clear the alarm of ${name} once it is healthy`,
  ];
}
