import { listed } from '../log/listed.ts';
import { programNameOf } from '../system/systemd.ts';
import type { Member } from '../system/unit_of_process.ts';

/** A unit in which processes of one name run. */
export interface UnitWithTargets {
  readonly unit: string;
  /** 0 where it has none. */
  readonly mainPid: number;
  /** All that runs in it, the processes of that name too. */
  readonly members: readonly Member[];
  /** The processes of that name that run in it. */
  readonly targets: readonly number[];
}

/** What a restart of the unit would be for these processes. */
export type Share =
  /** Nothing else falls with them, apart from what belongs to the unit's main process. */
  | { readonly kind: 'whole'; readonly why: 'main process' | 'alone' }
  | { readonly kind: 'beside others'; readonly others: number }
  /** The unit starts other people's programs, and would start them all again. */
  | { readonly kind: 'launched' };

/**
 * Programs, and units of their names, that start other people's programs. Of a single one all others in the cgroup are
 * ancestors, and rc-local leaves nothing but it: for all other units the processes decide.
 */
const LAUNCHERS = new Set([
  ...['anacron', 'atd', 'cron', 'crond', 'rc-local', 'ssh', 'sshd', 'sshd-session'],
  ...['circusd', 'monit', 'runsv', 'runsvdir', 's6-supervise', 's6-svscan'],
  ...['supervisor', 'supervisord'],
]);

export function shareOf({ unit, mainPid, members, targets }: UnitWithTargets): Share {
  if (targets.includes(mainPid)) {
    return { kind: 'whole', why: 'main process' };
  }
  const parents = new Map(members.map(({ pid, parent }) => [pid, parent]));
  const family = new Set(targets.flatMap((pid) => lineOf(pid, parents)));
  const above = members.filter(({ pid }) => family.has(pid) && !targets.includes(pid));
  // sshd starts an instance of a template unit for each connection where a socket unit listens.
  const [name = ''] = programNameOf(unit).split('@');
  if ([name, ...above.map(({ command }) => command)].some((known) => LAUNCHERS.has(known))) {
    return { kind: 'launched' };
  }
  const isKin = (pid: number) =>
    family.has(pid) || lineOf(pid, parents).some((ancestor) => targets.includes(ancestor));
  const others = members.filter(({ pid }) => !isKin(pid)).length;
  return others === 0 ? { kind: 'whole', why: 'alone' } : { kind: 'beside others', others };
}

/** A process and its ancestors, as far as they run in the unit. Read at different moments, parents might form a ring. */
function lineOf(pid: number, parents: ReadonlyMap<number, number>): number[] {
  const line: number[] = [];
  let next: number | undefined = pid;
  while (next !== undefined && parents.has(next) && !line.includes(next)) {
    line.push(next);
    next = parents.get(next);
  }
  return line;
}

/** By what the processes of a name are restarted, and why. */
export type OwnerChoice =
  | { readonly kind: 'service'; readonly unit: string; readonly why: string }
  | { readonly kind: 'process'; readonly why?: string };

/** One unit is restarted where nothing else falls with it; several, or none, are left to the strategy `process`. */
export function chooseOwner(name: string, units: readonly UnitWithTargets[]): OwnerChoice {
  const shares = units.map((unit) => ({ unit: unit.unit, share: shareOf(unit) }));
  const whole = shares.filter(({ share }) => share.kind === 'whole');
  const [first, ...more] = whole;
  if (first === undefined) {
    const words = shares.map(({ unit, share }) => shareWords(unit, share));
    return { kind: 'process', ...(words.length > 0 && { why: `${name} ${listed(words)}` }) };
  }
  if (more.length > 0) {
    return { kind: 'process', why: `${name} runs in ${listed(whole.map(({ unit }) => unit))}` };
  }
  const { unit, share } = first;
  const isMain = share.kind === 'whole' && share.why === 'main process';
  return {
    kind: 'service',
    unit,
    why: isMain ? `${name} is its main process` : `nothing but ${name} runs in it`,
  };
}

function shareWords(unit: string, share: Share): string {
  switch (share.kind) {
    case 'whole':
      return `is all of ${unit}`;
    case 'launched':
      return `was started by ${unit}`;
    case 'beside others':
      return `runs in ${unit} beside ${share.others} ${share.others === 1 ? 'other' : 'others'}`;
  }
}
