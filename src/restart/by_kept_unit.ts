import type { RunningProcess } from '../system/process_table.ts';
import type { Limits } from '../system/systemd.ts';
import { type KnownUnit, unitState } from '../system/unit_state.ts';
import { restartByService } from './by_service.ts';
import { lookFor, newcomersOf } from './comeback.ts';
import { failureOfAny } from './failure.ts';
import type { KeptUnit } from './kept_units.ts';
import { type Failure, patienceMs, type RestartContext, sayer, type Target } from './target.ts';

/** What a start has where the service ends meanwhile, and must not leave the process ended. */
const LAST_START_MS = 5000;

/**
 * Brings back by its unit what was ended, or had died. Undefined: it is back, or the unit was started. systemd or a
 * script of the unit may be faster; both are waited for while the unit runs.
 */
export async function bringBack(
  target: Target,
  { unit, pids }: KeptUnit,
  ended: readonly RunningProcess[],
  context: Pick<RestartContext, 'clock' | 'ending' | 'log'>,
): Promise<Failure | undefined> {
  const { clock, ending, log } = context;
  const say = sayer(target, log);
  const limits = { timeoutMs: target.settings.restart_timeout * 1000, signal: ending };
  if (pids.length > 0) {
    const look = () => stateOf(target, unit, ended, limits);
    if ((await lookFor(look, patienceMs(target), clock, ending)) === 'back') {
      say(`came back by ${unit}`);
      return undefined;
    }
  }
  say(`is started by its unit, ${unit}`);
  const last = ending.aborted ? { timeoutMs: LAST_START_MS } : limits;
  const state = await unitState(unit, last);
  return state.kind === 'unknown'
    ? failureOfAny(state.result)
    : await restartByService(target, { unit, state }, last, context);
}

/** Undefined: it may come back by itself. */
async function stateOf(
  target: Target,
  unit: string,
  ended: readonly RunningProcess[],
  limits: Limits,
): Promise<'back' | 'down' | undefined> {
  if (newcomersOf(target, ended).some((newcomer) => newcomer.unit === unit)) {
    return 'back';
  }
  const state = await unitState(unit, limits);
  return state.kind === 'known' && isDown(state) ? 'down' : undefined;
}

/** A start is needed. A unit that waits to restart is down too, one whose end systemd has not seen yet is not. */
function isDown({ active, sub }: KnownUnit): boolean {
  switch (active) {
    case 'inactive':
    case 'failed':
      return true;
    case 'activating':
      return sub === 'auto-restart' || sub === 'auto-restart-queued';
    case 'active':
      return sub === 'exited';
    default:
      return false;
  }
}
