import { listed } from '../log/listed.ts';
import type { Overview } from '../monitor/overview.ts';
import { localTime } from '../system/local_time.ts';

/** How things are, for the one line that systemd shows. */
export interface Situation {
  /** Since when checks fail; undefined: the last one did not. */
  readonly failingSince: Date | undefined;
  readonly restarting: readonly string[];
  /** Alarms that no restart is made for, and those whose restart did not do. */
  readonly unhealed: number;
}

/** The line for a situation. */
export function lineFor({ failingSince, restarting, unhealed }: Situation): string {
  const parts = [
    ...(failingSince ? [`Database checks fail since ${localTime(failingSince)}`] : []),
    ...(restarting.length > 0 ? [`Restarting ${listed(restarting)}`] : []),
    ...(unhealed > 0 ? [`${unhealed} ${unhealed === 1 ? 'alarm' : 'alarms'} not healed`] : []),
  ];
  return parts.join('; ') || 'No process in alarm';
}

/** The situation that a check left, and what became of it since; `dateOf` is an instant's time of day. */
export function situationOf(
  { database, alarms = 0, inAlarm }: Overview,
  restarting: readonly string[],
  dateOf: (ms: number) => Date,
): Situation {
  const beingSeenTo = restarting.map((name) => inAlarm.get(name)?.alarms ?? 0);
  return {
    failingSince: database.state === 'down' ? dateOf(database.sinceMs) : undefined,
    restarting,
    unhealed: beingSeenTo.reduce((left, seenTo) => left - seenTo, alarms),
  };
}
