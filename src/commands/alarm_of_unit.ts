import { allProcesses, type Processes, type ProcessRow } from '../alarms/processes.ts';
import { type Settings, settingsOf } from '../configuration/settings.ts';
import { oneLine } from '../log/escape.ts';
import { isSameUnit } from '../system/systemd.ts';
import { EXIT } from './exit_status.ts';
import { say } from './output.ts';
import { type Change, resultOf, setAlarms, wakeService } from './set_alarms.ts';

/**
 * With a drop-in for all services, a unit of this one that failed would start another of them, which fails in
 * the same way, and so on without end.
 */
export function isOwnUnit(unit: string): boolean {
  return /^monitor_service(?:[-@.]|$)/.test(unit);
}

/** Raises the alarm of the process whose unit failed. That a unit is nobody's is no failure of this command. */
export async function setAlarmOfUnit(
  unit: string,
  change: Change,
  processes: Processes,
  settings: Settings,
): Promise<number> {
  const shown = oneLine(unit);
  const rows: ProcessRow[] = [];
  for await (const row of allProcesses(processes)) {
    if (row.hasStatus && isOfUnit(row, unit, settings)) {
      rows.push(row);
    }
  }
  if (rows.length === 0) {
    await say(`${shown} is no process of the table, by name or system_name; no alarm is raised\n`);
    return EXIT.done;
  }
  // One that stands is left as it is: the unit may have failed in a restart that goes on for this very alarm.
  const changed = await setAlarms(
    processes,
    rows.filter((row) => !row.isInAlarm),
    change,
  );
  const results = rows.map((row) =>
    resultOf(row, row.isInAlarm ? { ...change, note: undefined } : change),
  );
  await say(results.map((line) => `${oneLine(line)}\n`).join(''));
  if (changed > 0) {
    await say(`${await wakeService(settings.monitor.control_socket)}\n`);
  }
  return EXIT.done;
}

function isOfUnit({ name }: ProcessRow, unit: string, settings: Settings): boolean {
  if (name === undefined) {
    return false;
  }
  const names = [name, settingsOf(settings, name).system_name];
  return names.some((one) => isSameUnit(one, unit));
}
