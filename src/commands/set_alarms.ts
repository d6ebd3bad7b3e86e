import { allProcesses, PAGE, type Processes, type ProcessRow } from '../alarms/processes.ts';
import { checkNow } from '../control/client.ts';

/** What is to become of alarms. */
export interface Change {
  readonly isInAlarm: boolean;
  /** Undefined: the notes stay as they are. */
  readonly note: string | undefined;
}

/** Is there anything to write? An alarm that stands already becomes another one by another note. */
function isChange({ isInAlarm, notes }: ProcessRow, change: Change): boolean {
  return isInAlarm !== change.isInAlarm || (change.note !== undefined && change.note !== notes);
}

/** Writes to the rows that the change concerns. Resolves to how many these are. */
export async function setAlarms(
  processes: Processes,
  rows: readonly ProcessRow[],
  change: Change,
): Promise<number> {
  const ids = rows.filter((row) => isChange(row, change)).map(({ id }) => id);
  for (let from = 0; from < ids.length; from += PAGE) {
    await processes.setAlarms(ids.slice(from, from + PAGE), change.isInAlarm, change.note);
  }
  return ids.length;
}

/** The same with every process; also tells it in words. */
export async function setAllAlarms(
  processes: Processes,
  change: Change,
): Promise<{ readonly changed: number; readonly summary: string }> {
  const all = await Array.fromAsync(allProcesses(processes));
  const rows = all.filter(({ hasStatus }) => hasStatus);
  const changed = await setAlarms(processes, rows, change);
  const done = change.isInAlarm ? 'Alarm set' : 'Alarm cleared';
  return { changed, summary: `${done}: ${changed} of ${rows.length} processes` };
}

/** What became of one row, for the operator. Not escaped yet. */
export function resultOf(row: ProcessRow, change: Change): string {
  return `${labelOf(row)}: ${words(row, change)}`;
}

/** A process as messages name it. Not escaped yet. */
export function labelOf({ id, name }: Pick<ProcessRow, 'id' | 'name'>): string {
  return name === undefined ? `ID ${id}` : `${name} (ID: ${id})`;
}

/** Tells a running service to check now; returns what became of that. */
export async function wakeService(controlSocket: string): Promise<string> {
  try {
    return (await checkNow(controlSocket))
      ? 'The service checks now.'
      : 'The service is not running; it looks when it starts.';
  } catch (error) {
    return `The service could not be told, its next check sees it: ${(error as Error).message}`;
  }
}

function words(row: ProcessRow, change: Change): string {
  const isSame = row.isInAlarm === change.isInAlarm;
  const notes = isSame && isChange(row, change) ? ', its notes are replaced' : '';
  if (change.isInAlarm) {
    return isSame ? `already in alarm${notes}` : 'alarm set';
  }
  return isSame ? `not in alarm${notes}` : 'alarm cleared';
}
