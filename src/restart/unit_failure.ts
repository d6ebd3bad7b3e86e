import { signalName } from '../system/signal_name.ts';
import type { KnownUnit } from '../system/unit_state.ts';

/** Why a unit without a main process is not healthy, as systemd tells it, and what to look at. */
export function unitFailure(unit: string, state: KnownUnit): string {
  const is = `${unit} is ${stateWords(state)}`;
  return state.active === 'active'
    ? `${is}, without a main process; a health_check_command can tell more`
    : `${is}; journalctl -u ${unit} has what it printed`;
}

/** `failed (exit-code, status 1)`, `activating (auto-restart, signal, SIGSEGV)` */
function stateWords({ active, sub, result, mainEnd }: KnownUnit): string {
  const details = [
    ...(sub === active || sub === 'dead' ? [] : [sub]),
    ...(result === 'success' ? [] : [result]),
    ...endWords(mainEnd),
  ];
  return details.length === 0 ? active : `${active} (${details.join(', ')})`;
}

function endWords(end: KnownUnit['mainEnd']): string[] {
  if (end === undefined) {
    return [];
  }
  const { kind } = end;
  return [
    kind === 'exited' ? `status ${end.status}` : (signalName(end.signal) ?? `signal ${end.signal}`),
  ];
}
