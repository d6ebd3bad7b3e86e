import { signalName } from '../system/signal_name.ts';
import type { KnownUnit } from '../system/unit_state.ts';
import type { Ill } from './unit_health.ts';

/** Why a unit is not healthy, as systemd tells it. */
export function unitFailure(unit: string, state: KnownUnit, illness: Ill): string {
  const is = `${unit} is ${stateWords(state)}`;
  switch (illness) {
    case 'not active':
      return is;
    case 'main process is dead':
      return `${is}, but its main process ${state.mainPid} is dead`;
    case 'nothing runs in it':
      return `${is}, but nothing runs in it`;
  }
}

/** `failed (exit-code, status 1)`, `activating (auto-restart, signal, SIGSEGV)` */
export function stateWords({ active, sub, result, mainEnd, unmet }: KnownUnit): string {
  const details = [
    ...(sub === active || sub === 'dead' ? [] : [sub]),
    ...(unmet === undefined ? [] : [`${unmet} not met`]),
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
