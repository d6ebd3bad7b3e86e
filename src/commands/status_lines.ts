import type { ProcessReport, ProcessState, StatusReport } from '../control/reports.ts';
import { escapeText } from '../log/escape.ts';
import { counted } from '../system/counted.ts';
import type { Column } from './column_widths.ts';
import type { MergedStatus } from './merged_status.ts';
import { NAME_WIDTH, nameCell } from './name_cell.ts';
import { processDetails } from './process_details.ts';
import { type Colour, coloured, type Screen } from './screen.ts';
import { type Cell, tableLines } from './table.ts';
import { ago, future, past } from './time_words.ts';

/** So many processes that need a person are explained at once. */
const MAX_EXPLAINED = 3;

const COLOURS: Readonly<Record<ProcessState, Colour>> = {
  held_off: 'red',
  refused: 'red',
  in_alarm: 'yellow',
  restarting: 'yellow',
  waiting: 'yellow',
  no_alarm: 'green',
};

/** The status for people. */
export function statusLines(
  report: MergedStatus,
  isOfSome: boolean,
  screen: Screen,
  now: Date,
): string[] {
  const { processes, processes_omitted: omitted } = report;
  if (isOfSome) {
    return processes.flatMap((process, index) => [
      ...(index > 0 ? [''] : []),
      ...processDetails(process, screen, now),
    ]);
  }
  const troubled = processes.filter(needsPerson);
  const more = troubled.length - MAX_EXPLAINED;
  return [
    ...headLines(report, screen, now),
    ...(processes.length > 0 ? ['', ...table(processes, screen, now)] : []),
    ...(omitted > 0 ? [`… and ${omitted} more: monitor_service status NAME`] : []),
    ...withoutProcessLines(report),
    ...troubled
      .slice(0, MAX_EXPLAINED)
      .flatMap((process) => ['', ...processDetails(process, screen, now)]),
    ...(more > 0 ? ['', `Why, for the other ${more}: monitor_service status NAME`] : []),
  ];
}

function needsPerson({ breaker, failures, state, not_cleared }: ProcessReport): boolean {
  const isLeftOver = state === 'in_alarm' && (failures > 0 || not_cleared !== null);
  return breaker.state !== 'closed' || state === 'refused' || isLeftOver;
}

/** Rows in alarm that no table of processes can show. */
function withoutProcessLines({ without_process: { alarms, ids } }: StatusReport): string[] {
  if (alarms === 0) {
    return [];
  }
  const isOne = alarms === 1;
  const listed = `${ids.join(', ')}${alarms > ids.length ? ', …' : ''}`;
  const which = isOne
    ? `1 alarm without a process: ID ${listed} is`
    : `${alarms} alarms without a process: IDs ${listed} are`;
  const advice = `add ${isOne ? 'it' : 'them'} there, or: monitor_service alarm clear ${isOne ? listed : 'ID'}`;
  return ['', `${which} in STATUS_PROCESS but not in PROCESE; ${advice}`];
}

function headLines(report: MergedStatus, screen: Screen, now: Date): string[] {
  const { version, pid, state, started_at, restarts } = report;
  const head = `monitor_service ${version}, PID ${pid}, ${state === 'running' ? 'running' : 'stopping; it ran'}`;
  return [
    `${head} since ${past(started_at, now)}`,
    `Database:  ${databaseWords(report, screen, now)}`,
    ...reloadLines(report, screen, now),
    `Checks:    ${checkWords(report, now)}`,
    `Next:      ${nextWords(report, now)}`,
    `In alarm:  ${alarmWords(report)}`,
    `Restarts:  ${restarts.running} running, ${restarts.waiting} waiting`,
    ...tableWords(report),
  ];
}

function tableWords({ counts, incomplete_rows, table_problem }: MergedStatus): string[] {
  if (counts === null) {
    return table_problem === null ? [] : [`Table:     not read: ${escapeText(table_problem)}`];
  }
  const { processes, ok, held, in_alarm } = counts;
  const words = [
    `${processes} ${processes === 1 ? 'process' : 'processes'}`,
    `${ok} ok`,
    ...(held > 0 ? [`${held} held`] : []),
    ...(in_alarm > 0 ? [`${in_alarm} in alarm`] : []),
  ];
  const rows = `${incomplete_rows} ${incomplete_rows === 1 ? 'row' : 'rows'}`;
  const more = incomplete_rows ? `; ${rows} in one table only: monitor_service list` : '';
  return [`Table:     ${words.join(', ')}${more}`];
}

function databaseWords(
  { database, table_problem }: MergedStatus,
  screen: Screen,
  now: Date,
): string {
  if (database.since === null) {
    return 'not asked yet';
  }
  if (database.state === 'connected' && table_problem !== null) {
    return 'connected at the last check, not reached now (see Table)';
  }
  if (database.state === 'connected') {
    return `${coloured('connected', 'green', screen)} since ${past(database.since, now)}`;
  }
  const reason = escapeText(database.reason ?? '');
  return `${coloured('down', 'red', screen)} since ${past(database.since, now)}: ${reason}`;
}

/** Whoever reads this should know which settings it is about. */
function reloadLines({ last_reload }: StatusReport, screen: Screen, now: Date): string[] {
  if (last_reload === null) {
    return [];
  }
  const { at, refused, reason } = last_reload;
  const words = refused
    ? `${coloured('refused', 'red', screen)} ${past(at, now)}: ${escapeText(reason ?? '')}`
    : past(at, now);
  return [`Reload:    ${words}`];
}

function checkWords({ checks }: StatusReport, now: Date): string {
  const last = checks.last_at === null ? 'none yet' : `last ${past(checks.last_at, now)}`;
  return `every ${counted(checks.interval_seconds, 'second')}; ${last}`;
}

function nextWords({ checks }: StatusReport, now: Date): string {
  if (checks.next_at !== null) {
    return future(checks.next_at, now);
  }
  return checks.running ? 'one is under way' : 'none';
}

function alarmWords({ alarms, database }: StatusReport): string {
  if (alarms === null) {
    return 'not known, as no check has read the table yet';
  }
  return database.state === 'down' ? `${alarms} when the table was last read` : String(alarms);
}

const COLUMNS: readonly Column[] = [
  { title: 'NAME', enough: NAME_WIDTH },
  { title: 'STATE' },
  { title: 'BREAKER', leftOut: 2 },
  { title: 'FAILURES', align: 'right', leftOut: 1 },
  { title: 'LAST RESTART' },
];

function table(processes: readonly ProcessReport[], screen: Screen, now: Date): string[] {
  const rows = processes.map((process): Cell[] => {
    const { name, state, breaker, failures } = process;
    return [
      nameCell(name),
      { text: stateWords(state), colour: COLOURS[state] },
      breaker.state === 'closed' ? 'closed' : { text: breaker.state, colour: 'red' },
      String(failures),
      lastWords(process, now),
    ];
  });
  return tableLines(COLUMNS, rows, screen);
}

/** A state as people read it. */
function stateWords(state: ProcessState): string {
  return state === 'no_alarm' ? 'not in alarm' : state.replace('_', ' ');
}

function lastWords({ last_attempt }: ProcessReport, now: Date): string {
  return last_attempt === null
    ? ''
    : `${last_attempt.outcome} ${ago(new Date(last_attempt.at), now)}`;
}
