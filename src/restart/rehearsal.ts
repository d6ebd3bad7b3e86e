import { unitNameOf } from '../system/systemd.ts';
import { commandOf, type Strategy } from './strategy.ts';
import { fillIn, masked, type RestartContext, type Target } from './target.ts';

/** What a restart would do, a step a line: for `--dry-run`, which runs no command, not even to ask. */
export function rehearse(target: Target, context: Pick<RestartContext, 'secrets'>): string[] {
  const { name, settings } = target;
  const steps = [
    settings.pre_restart_command &&
      `run the pre-restart command for ${name}: ${fillIn(settings.pre_restart_command, target)}`,
    `restart ${name} (strategy: ${settings.restart_strategy}): ${restartStep(target)}`,
    `check the health of ${name}: ${fillIn(settings.health_check_command, target)}`,
    `clear the alarm of ${name} once it is healthy`,
  ];
  return steps
    .filter((step) => step !== '')
    .map((step) => masked(`DRY RUN: would ${step}`, context));
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
