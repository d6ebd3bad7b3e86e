import type { Healer } from '../monitor/healing.ts';
import { rehearse, rehearseHealed } from '../restart/rehearsal.ts';
import { isHealthy, restart } from '../restart/restart.ts';
import type { RestartContext } from '../restart/target.ts';

/** Restarts for real. */
export function makeHealer(context: RestartContext): Healer {
  return {
    restart: (target, attempts, occasion) => restart(target, attempts, context, occasion),
    isHealthy: (target) => isHealthy(target, context),
  };
}

/** Tells what it would do, for `--dry-run`. */
export function makeRehearser(context: RestartContext): Healer {
  return {
    async restart(target) {
      for (const step of await rehearse(target, context)) {
        context.log.info(step, { event: 'dry_run', process: target.name });
      }
      return 'rehearsed';
    },
    async isHealthy(target) {
      context.log.info(rehearseHealed(target), { event: 'dry_run', process: target.name });
      return false;
    },
  };
}
