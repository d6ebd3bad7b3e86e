import type { Alarm } from '../monitor/alarm_store.ts';

/** More alarms than this wait for a later check: memory has a bound, whoever fills the table. */
export const MAX_ALARMS = 10_000;

/** An alarm from a row of id, name, notes and seen. */
export function alarmOf(row: Readonly<Record<string, unknown>>): Alarm {
  return {
    id: String(row.id),
    name: row.name === null ? undefined : String(row.name),
    notes: row.notes === null ? '' : String(row.notes),
    seen: String(row.seen),
  };
}
