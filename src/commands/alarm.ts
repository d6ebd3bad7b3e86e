import { allProcesses, type Processes, type ProcessRow } from '../alarms/processes.ts';
import type { Settings } from '../configuration/settings.ts';
import { oneLine } from '../log/escape.ts';
import { refusalOf } from '../monitor/process_name.ts';
import { changeAlarmOfUnit, failureOfUnit, isOwnUnit } from './alarm_of_unit.ts';
import type { OptionValues } from './command.ts';
import { isMeant, NOTHING_CHANGED } from './confirm_alarms.ts';
import { Dialogue } from './dialogue.ts';
import { EXIT } from './exit_status.ts';
import { findProcesses, isId } from './find_processes.ts';
import { insertFor, missingRow } from './missing_row.ts';
import { complain, say } from './output.ts';
import { requireNamedFile } from './read_settings.ts';
import {
  type Change,
  labelOf,
  resultOf,
  setAlarms,
  setAllAlarms,
  wakeService,
} from './set_alarms.ts';
import { UsageError } from './usage_error.ts';
import { withProcesses } from './with_processes.ts';

/** Raises alarms: of processes that are named, of all, or of the one behind a unit. */
export async function setAlarm(values: OptionValues, operands: readonly string[]): Promise<number> {
  if (values.create && operands.length === 0) {
    throw new UsageError('--create needs NAME');
  }
  requireNamedFile(values);
  const note = noteOf(values);
  if (typeof values.unit !== 'string') {
    return await alarm({ isInAlarm: true, note }, values, operands);
  }
  // Before the configuration is read: with a broken one this must not fail either.
  if (isOwnUnit(values.unit)) {
    await say(`${oneLine(values.unit)} belongs to this service; no alarm is raised\n`);
    return EXIT.done;
  }
  // Before the database is opened: systemd may take its time to restart a unit by itself.
  const failure = await failureOfUnit(values.unit, note);
  return 'exit' in failure
    ? failure.exit
    : await alarm({ isInAlarm: true, note: failure.note }, values, operands);
}

/** Takes alarms back. */
export function clearAlarm(values: OptionValues, operands: readonly string[]): Promise<number> {
  return alarm({ isInAlarm: false, note: noteOf(values) }, values, operands);
}

function noteOf({ note }: OptionValues): string | undefined {
  if (typeof note !== 'string') {
    return undefined;
  }
  if (/\p{Cc}/u.test(note)) {
    throw new UsageError('--note takes one line of text, without control characters');
  }
  return note;
}

function alarm(change: Change, values: OptionValues, operands: readonly string[]): Promise<number> {
  return withProcesses(values, async (processes, settings) => {
    if (typeof values.unit === 'string') {
      return await changeAlarmOfUnit(values.unit, change, processes, settings);
    }
    if (values.all && change.isInAlarm && !values.yes && !(await isConfirmed(processes))) {
      await say(`${NOTHING_CHANGED}\n`);
      return EXIT.failed;
    }
    return values.all
      ? await alarmOfAll(change, processes, settings)
      : await alarmOfSome(change, operands, values.create === true, processes, settings);
  });
}

async function isConfirmed(processes: Processes): Promise<boolean> {
  const dialogue = new Dialogue();
  try {
    return await isMeant(dialogue, processes);
  } finally {
    dialogue.close();
  }
}

async function alarmOfAll(
  change: Change,
  processes: Processes,
  { monitor }: Settings,
): Promise<number> {
  const { changed, summary } = await setAllAlarms(processes, change);
  await say(`${summary}\n`);
  if (changed > 0) {
    await say(`${await wakeService(monitor.control_socket)}\n`);
  }
  return EXIT.done;
}

async function alarmOfSome(
  change: Change,
  words: readonly string[],
  mayCreate: boolean,
  processes: Processes,
  { monitor }: Settings,
): Promise<number> {
  const { rows: found, unknown } = await findProcesses(allProcesses(processes), words);
  const rows = found.filter(({ hasStatus }) => hasStatus);
  const problems = unknown.flatMap(({ word, problem }) =>
    mayCreate && !isId(word) ? (refusedName(word) ?? []) : problem,
  );
  if (problems.length > 0) {
    complain(...problems);
    return EXIT.failed;
  }
  for (const { word: name } of unknown) {
    const id = await processes.add(name, change.note ?? '');
    await say(`${labelOf({ id, name })}: added, alarm set\n`);
  }
  const changed = await setAlarms(processes, rows, change);
  await say(rows.map((row) => `${oneLine(resultOf(row, change))}\n`).join(''));
  await say(rows.map((row) => warningOf(row, change)).join(''));
  if (changed + unknown.length > 0) {
    await say(`${await wakeService(monitor.control_socket)}\n`);
  }
  complain(...found.filter(({ hasStatus }) => !hasStatus).map(missingRow));
  return rows.length < found.length ? EXIT.failed : EXIT.done;
}

function refusedName(name: string): string | undefined {
  const reason = refusalOf(name);
  return reason === undefined ? undefined : `"${name}" cannot be added: ${reason}`;
}

/** An alarm that the service will do nothing about. */
function warningOf(row: ProcessRow, { isInAlarm }: Change): string {
  const { name } = row;
  if (!isInAlarm) {
    return '';
  }
  const isNameless = name === undefined;
  const reason = isNameless ? 'it has no name in PROCESE' : refusalOf(name);
  const which = oneLine(labelOf(row));
  const remedy = isNameless ? `${insertFor(row)}\n` : '';
  return reason === undefined
    ? ''
    : `warning: the service will not restart ${which}: ${reason}\n${remedy}`;
}
