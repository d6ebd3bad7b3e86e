import type { Clock } from './clock.ts';
import type { CommandResult } from './command.ts';
import type { KnownUnit, UnitState } from './unit_state.ts';

/** Whether a unit is down and nobody is about to start it again. */
export type Verdict =
  | { readonly kind: 'failed'; readonly unit: KnownUnit }
  /** As somebody asked for it, though it did not end well. */
  | { readonly kind: 'stopped'; readonly unit: KnownUnit }
  /** It runs, say; `healed`: after it had waited for systemd to start it again. */
  | { readonly kind: 'not failed'; readonly unit: KnownUnit; readonly healed: boolean }
  | { readonly kind: 'unknown'; readonly result: CommandResult };

/** So often a unit is looked at that is about to be started, less often the longer that takes. */
const PAUSE_MS = 100;
const MAX_PAUSE_MS = 1000;
/** A unit that fails once more after that long has this asked anew. */
const PATIENCE_MS = 120_000;

/**
 * Looks until it is settled whether a unit has failed. Since version 254 systemd calls `OnFailure=` at every failure,
 * also where `Restart=` is about to heal it.
 */
export async function verdictOn(ask: () => Promise<UnitState>, clock: Clock): Promise<Verdict> {
  const sinceMs = clock.nowMs();
  let hasWaited = false;
  let looks = 0;
  for (;;) {
    const unit = await ask();
    if (unit.kind === 'unknown') {
      return { kind: 'unknown', result: unit.result };
    }
    const waitedMs = clock.nowMs() - sinceMs;
    const isPatient = waitedMs < PATIENCE_MS;
    if (unit.active === 'failed' && !(unit.hasJob && isPatient)) {
      return { kind: wasStopped(unit) ? 'stopped' : 'failed', unit };
    }
    const isPending = unit.hasJob || unit.sub.startsWith('auto-restart');
    hasWaited ||= isPending;
    // Twice: until this ends, systemd does not call it again for another failure of the unit.
    looks = isPending && isPatient ? 0 : looks + 1;
    if (looks === 2) {
      return { kind: 'not failed', unit, healed: hasWaited };
    }
    await clock.sleep(Math.min(Math.max(PAUSE_MS, waitedMs / 10), MAX_PAUSE_MS));
  }
}

/** How a stop may end. With another result systemd itself ended the unit: watchdog, oom-kill, … */
const ENDS_OF_STOP = new Set(['success', 'exit-code', 'signal', 'core-dump', 'timeout']);
const SIGTERM = 15;

/**
 * Did a unit that is down go down as somebody stopped it? systemd keeps no record of that, but what crashes loses its main process first, and
 * goes down because of that, while what is stopped goes down first.
 */
export function wasStopped({ times, result, runLimitMs, mainEnd }: KnownUnit): boolean {
  const { inactiveExit, activeEnter, activeExit, mainStart, mainExit } = times;
  if (!ENDS_OF_STOP.has(result)) {
    return false;
  }
  if (activeEnter < inactiveExit) {
    // It never got up. A oneshot that runs is ended by a stop in this way, and by a person's kill.
    return result === 'signal' && mainEnd?.kind === 'killed' && mainEnd.signal === SIGTERM;
  }
  if (result === 'timeout' && activeExit - activeEnter >= runLimitMs * 1000) {
    return false; // RuntimeMaxSec=
  }
  const hadMain = mainStart > 0;
  const lostMainLater = mainStart <= activeExit && activeExit < mainExit;
  const wasUpWithoutMain = mainExit <= activeEnter;
  return hadMain ? lostMainLater || wasUpWithoutMain : result === 'timeout';
}
