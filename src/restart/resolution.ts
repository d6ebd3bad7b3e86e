import { programNameOf } from '../system/systemd.ts';
import { chooseStrategy, commandOf } from './strategy.ts';
import { masked, type RestartContext, type Target } from './target.ts';

/** What a restart would act on now; secrets masked. */
export interface Resolution {
  readonly strategy: 'service' | 'process' | 'custom' | 'unknown';
  /** The unit of strategy `service`, the program of strategy `process`. */
  readonly subject: string | undefined;
  readonly command: string;
  /** What `auto` went by, or why it could not choose; else empty. */
  readonly why: string;
}

/** Asks systemd where a restart would. */
export async function resolve(
  target: Target,
  { secrets, ending }: Pick<RestartContext, 'secrets' | 'ending'>,
): Promise<Resolution> {
  const { restart_timeout, system_name } = target.settings;
  const limits = { timeoutMs: restart_timeout * 1000, signal: ending };
  const strategy = await chooseStrategy(target, limits);
  const program = strategy.kind === 'process' ? programNameOf(system_name) : undefined;
  const why = 'why' in strategy ? strategy.why : undefined;
  return {
    strategy: strategy.kind,
    subject: strategy.kind === 'service' ? strategy.unit : program,
    command: masked(commandOf(strategy, target), { secrets }),
    why: strategy.kind === 'unknown' ? masked(strategy.failure.reason, { secrets }) : (why ?? ''),
  };
}
