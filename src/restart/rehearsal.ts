import { unitNameOf } from '../system/systemd.ts';
import { commandOf, type Strategy } from './strategy.ts';
import { fillIn, masked, type RestartContext, type Target } from './target.ts';

/** What a restart would do, a step a line: for `--dry-run`, which runs no command, not even to ask. */
export function rehearse(target: Target, context: Pick<RestartContext, 'secrets'>): string[] {
  const { name, settings } = target;
  const shown = (command: string) => masked(fillIn(command, target), context);
  const { pre_restart_command, restart_strategy, health_check_command } = settings;
  const steps = [
    `restart ${name} (strategy: ${restart_strategy}): ${masked(restartStep(target), context)}`,
    `check the health of ${name}: ${shown(health_check_command)}`,
    `clear the alarm of ${name} once it is healthy`,
  ];
  if (pre_restart_command) {
    steps.unshift(`run the pre-restart command for ${name}: ${shown(pre_restart_command)}`);
  }
  return steps.map((step) => `DRY RUN: would ${step}`);
}

function restartStep(target: Target): string {
  const { restart_strategy, system_name } = target.settings;
  const unit = unitNameOf(system_name);
  const by = (strategy: Strategy) => commandOf(strategy, target);
  switch (restart_strategy) {
    case 'service':
      return by({ kind: 'service', unit });
    case 'auto':
      return `${by({ kind: 'service', unit })} where systemd knows the unit, else ${by({ kind: 'process' })}`;
    default:
      return by({ kind: restart_strategy });
  }
}
