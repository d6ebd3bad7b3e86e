import { allProcesses, type Processes, type ProcessRow } from '../alarms/processes.ts';
import { type Settings, settingsOf } from '../configuration/settings.ts';
import { ask } from '../control/client.ts';
import { isStatusReport } from '../control/shapes.ts';
import { oneLine } from '../log/escape.ts';
import { hostClock } from '../system/clock.ts';
import { isSameUnit, systemdRuns, unitNameOf } from '../system/systemd.ts';
import { unitState } from '../system/unit_state.ts';
import { type Verdict, verdictOn } from '../system/unit_verdict.ts';
import { EXIT } from './exit_status.ts';
import { complain, say } from './output.ts';
import { type Change, resultOf, setAlarms, wakeService } from './set_alarms.ts';

/**
 * With a drop-in for all services, a unit of this one that failed would start another of them, which fails in
 * the same way, and so on without end.
 */
export function isOwnUnit(unit: string): boolean {
  return /^monitor_service(?:[-@.]|$)/.test(unit);
}

/** A host that is busy starting many units may take its time to answer. */
const ANSWER_MS = 30_000;

/**
 * Asks systemd whether a unit has failed for good. Undefined: it has not, or nobody knows, as is told then; `note`
 * is the note of the alarm, with how the unit ended.
 */
export async function failureOfUnit(
  name: string,
  note: string | undefined,
): Promise<{ readonly note: string | undefined } | { readonly exit: number }> {
  if (!systemdRuns()) {
    return { note };
  }
  const unit = unitNameOf(name);
  const look = () =>
    unitState(unit, { timeoutMs: ANSWER_MS, signal: new AbortController().signal });
  const verdict = await verdictOn(look, hostClock);
  if (verdict.kind === 'failed') {
    return { note: note && `${note} (${verdict.unit.result})` };
  }
  const shown = oneLine(name);
  if (verdict.kind === 'unknown') {
    const [last = 'it does not answer'] = verdict.result.errorLines.slice(-1);
    complain(`systemd cannot be asked about ${shown}: ${last}`);
    return { exit: EXIT.failed };
  }
  await say(`${shown} ${whyNot(verdict)}; no alarm is raised\n`);
  return { exit: EXIT.done };
}

function whyNot(verdict: Exclude<Verdict, { kind: 'failed' | 'unknown' }>): string {
  const { active, sub, result } = verdict.unit;
  if (verdict.kind === 'stopped') {
    return `was stopped, and failed as it went down (${result})`;
  }
  if (sub.startsWith('auto-restart')) {
    return 'will be restarted by systemd itself';
  }
  return verdict.healed && active !== 'inactive'
    ? 'was restarted by systemd itself'
    : `has not failed: it is ${active} (${sub})`;
}

/** Changes the alarm of the process of a unit. That a unit is nobody's is no failure of this command. */
export async function changeAlarmOfUnit(
  unit: string,
  change: Change,
  processes: Processes,
  settings: Settings,
): Promise<number> {
  const { control_socket: socket } = settings.monitor;
  const shown = oneLine(unit);
  const rows: ProcessRow[] = [];
  for await (const row of allProcesses(processes)) {
    if (isOfUnit(row, unit, settings)) {
      rows.push(row);
    }
  }
  if (rows.length === 0) {
    const outcome = change.isInAlarm ? 'raised' : 'cleared';
    await say(
      `${shown} is no process of the table, by name or system_name; no alarm is ${outcome}\n`,
    );
    return EXIT.done;
  }
  // One that stands is left as it is: the unit may have failed in a restart that goes on for this very alarm.
  const changed = rows.filter((row) => row.isInAlarm !== change.isInAlarm);
  if (change.isInAlarm && changed.length > 0 && (await isBeingRestarted(rows, socket))) {
    await say(`${shown} is being restarted by the service; no alarm is raised\n`);
    return EXIT.done;
  }
  await setAlarms(processes, changed, change);
  const results = rows.map((row) =>
    resultOf(row, changed.includes(row) ? change : { ...change, note: undefined }),
  );
  await say(results.map((line) => `${oneLine(line)}\n`).join(''));
  if (changed.length > 0) {
    await say(`${await wakeService(socket)}\n`);
  }
  return EXIT.done;
}

/** A failure in the middle of a restart is told by its verification, to the one row or person that asked for it. */
async function isBeingRestarted(rows: readonly ProcessRow[], socket: string): Promise<boolean> {
  const names = rows.flatMap(({ name }) => name ?? []);
  try {
    const question = { method: 'POST', path: '/processes', body: { names } } as const;
    const report = await ask(socket, question, isStatusReport);
    return report?.processes.some(({ state }) => state === 'restarting') ?? false;
  } catch {
    return false; // better an alarm too many than one too few
  }
}

function isOfUnit({ name }: ProcessRow, unit: string, settings: Settings): boolean {
  if (name === undefined) {
    return false;
  }
  const names = [name, settingsOf(settings, name).system_name];
  return names.some((one) => isSameUnit(one, unit));
}
