import type { Alarm } from '../monitor/alarm_store.ts';

/** An alarm from a row of id, name, notes and seen. */
export function alarmOf(row: Readonly<Record<string, unknown>>): Alarm {
  return {
    id: String(row.id),
    name: row.name === null ? undefined : String(row.name),
    notes: row.notes === null ? '' : String(row.notes),
    seen: String(row.seen),
  };
}
