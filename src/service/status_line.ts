import { oneLine } from '../log/escape.ts';
import { listed } from '../log/listed.ts';
import type { Overview } from '../monitor/overview.ts';
import { localTime } from '../system/local_time.ts';
import type { Reload } from './in_force.ts';
import { cut } from './process_report.ts';

/** How things are, for the one line that systemd shows. */
export interface Situation {
  /** Since when checks fail; undefined: the last one did not. */
  readonly failingSince: Date | undefined;
  readonly restarting: readonly string[];
  /** Alarms that no restart is made for, and those whose restart did not do. */
  readonly unhealed: number;
  /** The last reload, where it was refused. */
  readonly refused?: { readonly at: Date; readonly reason: string } | undefined;
}

/** The line for a situation. */
export function lineFor({ failingSince, restarting, unhealed, refused }: Situation): string {
  const parts = [
    ...(failingSince ? [`Database checks fail since ${localTime(failingSince)}`] : []),
    ...(restarting.length > 0 ? [`Restarting ${listed(restarting)}`] : []),
    ...(unhealed > 0 ? [`${unhealed} ${unhealed === 1 ? 'alarm' : 'alarms'} not healed`] : []),
  ];
  const reload = refused ? [`Reload refused at ${localTime(refused.at)}: ${refused.reason}`] : [];
  return [...(parts.length > 0 ? parts : ['No process in alarm']), ...reload].join('; ');
}

/** The situation that a check left, and what became of it since; `dateOf` is an instant's time of day. */
export function situationOf(
  { database, alarms = 0, inAlarm }: Overview,
  restarting: readonly string[],
  reload: Reload | undefined,
  dateOf: (ms: number) => Date,
): Situation {
  const reason = reload?.refusal;
  const beingSeenTo = restarting.map((name) => inAlarm.get(name)?.alarms ?? 0);
  return {
    failingSince: database.state === 'down' ? dateOf(database.sinceMs) : undefined,
    restarting,
    unhealed: beingSeenTo.reduce((left, seenTo) => left - seenTo, alarms),
    refused:
      reload && reason !== undefined
        ? { at: dateOf(reload.atMs), reason: oneLine(cut(reason)) }
        : undefined,
  };
}
