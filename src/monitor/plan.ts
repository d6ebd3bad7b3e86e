import type { Admission, Breaker } from '../breaker/breaker.ts';
import type { Alarm } from './alarm_store.ts';
import { refusalOf } from './process_name.ts';

/** One restart to make; rows that name the same process share it. */
export interface Task {
  readonly name: string;
  /** Undefined: a person asked for the restart, whether the process is in alarm or not. */
  readonly alarms: readonly Alarm[] | undefined;
  /** As it is once the restart begins; half-open: this is the one restart that is tried. */
  readonly breaker: Breaker;
  /** The process was restarted and verified for these very alarms before. */
  readonly isHealed: boolean;
}

/** A restart that a check makes. */
export interface AlarmTask extends Task {
  readonly alarms: readonly Alarm[];
}

/** What one check found and what follows from it. */
export interface Plan {
  readonly withoutProcess: readonly Alarm[];
  readonly refused: readonly {
    readonly alarm: Alarm;
    readonly name: string;
    readonly reason: string;
  }[];
  readonly heldOff: readonly {
    readonly name: string;
    readonly alarms: readonly Alarm[];
    readonly leftMs: number;
  }[];
  /** Its restart runs or waits for its turn already. */
  readonly busy: readonly Alarm[];
  readonly tasks: readonly AlarmTask[];
}

export interface Circumstances {
  isBusy(name: string): boolean;
  admit(name: string): Admission;
  /** The alarm is one whose process was restarted and verified, and which could not be cleared. */
  isHealed(alarm: Alarm): boolean;
}

/** Decides what to do about the alarms of one check. */
export function planCheck(alarms: readonly Alarm[], circumstances: Circumstances): Plan {
  const { byName, ...rest } = sortOut(alarms);
  const plan = {
    ...rest,
    heldOff: [] as Plan['heldOff'][number][],
    busy: [] as Alarm[],
    tasks: [] as AlarmTask[],
  };
  for (const [name, own] of byName) {
    const admission = circumstances.admit(name);
    if (circumstances.isBusy(name)) {
      plan.busy.push(...own);
    } else if (admission.kind === 'held off') {
      plan.heldOff.push({ name, alarms: own, leftMs: admission.leftMs });
    } else {
      const isHealed = own.every((alarm) => circumstances.isHealed(alarm));
      plan.tasks.push({ name, alarms: own, breaker: admission.breaker, isHealed });
    }
  }
  return plan;
}

function sortOut(alarms: readonly Alarm[]) {
  const withoutProcess: Alarm[] = [];
  const refused: Plan['refused'][number][] = [];
  const byName = new Map<string, Alarm[]>();
  for (const alarm of alarms) {
    const { name } = alarm;
    const reason = name === undefined ? undefined : refusalOf(name);
    if (name === undefined) {
      withoutProcess.push(alarm);
    } else if (reason !== undefined) {
      refused.push({ alarm, name, reason });
    } else {
      const own = byName.get(name) ?? [];
      byName.set(name, own);
      own.push(alarm);
    }
  }
  return { withoutProcess, refused, byName };
}
