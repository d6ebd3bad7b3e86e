import type { CheckResult } from '../monitor/monitor.ts';
import { localTime } from '../system/local_time.ts';

/** How things are, for the one line that systemd shows. */
export interface Situation {
  /** Since when checks fail; undefined: the last one did not. */
  readonly failingSince: Date | undefined;
  readonly restarting: readonly string[];
  /** Alarms that no restart is made for, and those whose restart did not do. */
  readonly unhealed: number;
}

const NAMES_SHOWN = 3;

/** The line for a situation. */
export function lineFor({ failingSince, restarting, unhealed }: Situation): string {
  const parts = [
    ...(failingSince ? [`Database checks fail since ${localTime(failingSince)}`] : []),
    ...(restarting.length > 0 ? [`Restarting ${listed(restarting)}`] : []),
    ...(unhealed > 0 ? [`${unhealed} ${unhealed === 1 ? 'alarm' : 'alarms'} not healed`] : []),
  ];
  return parts.join('; ') || 'No process in alarm';
}

/** Follows checks and their restarts, and shows the line that fits. */
export class StatusLine {
  readonly #show: (line: string) => void;
  readonly #restarting: () => readonly string[];
  readonly #now: () => Date;
  #failingSince: Date | undefined;
  #lastRead = { unhealed: 0 };

  constructor(show: (line: string) => void, restarting: () => readonly string[], now: () => Date) {
    this.#show = show;
    this.#restarting = restarting;
    this.#now = now;
  }

  /** A check is over; its restarts may go on. */
  checked({ isRead, leftAlone, restarts }: CheckResult): void {
    if (isRead) {
      this.#failingSince = undefined;
      this.#follow({ unhealed: leftAlone }, restarts);
    } else {
      this.#failingSince ??= this.#now();
    }
    this.#update();
  }

  #follow(alarms: { unhealed: number }, restarts: readonly Promise<boolean>[]): void {
    this.#lastRead = alarms;
    for (const restart of restarts) {
      void restart.then((isCleared) => {
        alarms.unhealed += isCleared ? 0 : 1;
        this.#update();
      });
    }
  }

  #update(): void {
    const { unhealed } = this.#lastRead;
    this.#show(
      lineFor({ failingSince: this.#failingSince, restarting: this.#restarting(), unhealed }),
    );
  }
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).join(', ');
  const more = names.length - NAMES_SHOWN;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
