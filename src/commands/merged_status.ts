import type { ProcessRow } from '../alarms/processes.ts';
import type { ProcessReport, StatusReport } from '../control/reports.ts';
import { SHOWN_NAME_LENGTH } from '../monitor/overview.ts';
import { refusalOf } from '../monitor/process_name.ts';
import { STATES } from '../service/process_report.ts';
import { MAX_PROCESSES } from '../service/status_report.ts';
import { missingIn } from './missing_row.ts';

/** The tables as they are now, or why they were not read. */
export type TableRead =
  | { readonly rows: readonly ProcessRow[] }
  | {
      /** Null: the report says so already. */
      readonly problem: string | null;
    };

/** The processes of the tables, each counted once. */
export interface Counts {
  readonly processes: number;
  readonly ok: number;
  /** With a breaker that is not closed. */
  readonly held: number;
  readonly in_alarm: number;
}

/** What the service knows of a process, and its rows. */
export interface MergedProcess extends ProcessReport {
  /** Of the rows that both tables have. Null: the tables were not read. */
  readonly ids: readonly number[] | null;
}

/** What the service says, together with the tables. */
export interface MergedStatus extends StatusReport {
  readonly processes: readonly MergedProcess[];
  /** Null: the tables were not read. */
  readonly counts: Counts | null;
  /** Why the tables were not read, where the report alone does not tell. */
  readonly table_problem: string | null;
  /** Rows that one of the two tables lacks. */
  readonly incomplete_rows: number | null;
}

interface Entry {
  readonly ids: string[];
  alarms: number;
}

/** Adds what the tables have and the service knows nothing of, and leaves out what they have no more. */
export function mergeTable(report: StatusReport, table: TableRead): MergedStatus {
  if (!('rows' in table)) {
    const processes = report.processes.map((process) => ({ ...process, ids: null }));
    const { problem } = table;
    return { ...report, processes, counts: null, table_problem: problem, incomplete_rows: null };
  }
  const entries = entriesOf(table.rows);
  const known = report.processes.map((process) => updated(process, entries.get(process.name)));
  const left = known.filter((process) => process.ids?.length !== 0 || isOfConcern(process));
  const names = new Set(left.map(({ name }) => name));
  const others = [...entries].filter(([name]) => !names.has(name)).map(calm);
  const processes = [...left, ...others].sort(byUrgencyThenId);
  return {
    ...report,
    processes: processes.slice(0, MAX_PROCESSES),
    processes_omitted: Math.max(0, processes.length - MAX_PROCESSES),
    counts: countsOf(processes),
    table_problem: null,
    incomplete_rows: table.rows.filter((row) => missingIn(row) !== null).length,
  };
}

/** The same for processes that were asked for by name as it is shown, whatever the tables have. */
export function mergeNamed(
  processes: readonly ProcessReport[],
  names: readonly string[],
  rows: readonly ProcessRow[],
): readonly MergedProcess[] {
  const entries = entriesOf(rows);
  const byName = new Map(processes.map((process) => [process.name, process]));
  return names.flatMap((name): MergedProcess[] => {
    const process = byName.get(name);
    const entry = entries.get(name);
    if (process) {
      return [updated(process, entry)];
    }
    return entry ? [calm([name, entry])] : [];
  });
}

/** A name as the service tells it. */
export function shownName(name: string): string {
  return name.slice(0, SHOWN_NAME_LENGTH);
}

/** By the name as it is shown. */
function entriesOf(rows: readonly ProcessRow[]): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const { id, name, hasStatus, isInAlarm } of rows) {
    if (name !== undefined && hasStatus) {
      const shown = shownName(name);
      const entry = entries.get(shown) ?? { ids: [], alarms: 0 };
      entries.set(shown, entry);
      entry.ids.push(id);
      entry.alarms += isInAlarm ? 1 : 0;
    }
  }
  return entries;
}

/** The tables are read after the service was asked: what they say of alarms is newer. */
function updated(process: ProcessReport, entry: Entry = { ids: [], alarms: 0 }): MergedProcess {
  const ids = entry.ids.map(Number);
  const { state } = process;
  if (state === 'restarting' || state === 'waiting') {
    return { ...process, ids };
  }
  if (entry.alarms === 0) {
    return { ...process, ids, state: 'no_alarm', alarms: 0, refusal: null, not_cleared: null };
  }
  if (state !== 'no_alarm') {
    return { ...process, ids };
  }
  const refusal = refusalOf(process.name) ?? null;
  const raised = process.breaker.state === 'open' ? 'held_off' : 'in_alarm';
  const { alarms } = entry;
  return { ...process, ids, alarms, refusal, state: refusal === null ? raised : 'refused' };
}

/** Of which the service knows nothing. */
function calm([name, entry]: readonly [string, Entry]): MergedProcess {
  const process: ProcessReport = {
    name,
    state: 'no_alarm',
    alarms: 0,
    refusal: null,
    not_cleared: null,
    failures: 0,
    breaker: { state: 'closed', since: null, reason: null, retry_at: null },
    last_attempt: null,
  };
  return updated(process, entry);
}

function byUrgencyThenId(a: MergedProcess, b: MergedProcess): number {
  const [first, second] = [a, b].map(({ ids }) => ids?.[0] ?? Number.POSITIVE_INFINITY);
  const urgency = STATES.indexOf(a.state) - STATES.indexOf(b.state);
  return urgency || Math.sign(Number(first) - Number(second)) || 0;
}

function isOfConcern({ state, breaker }: ProcessReport): boolean {
  return state !== 'no_alarm' || breaker.state !== 'closed';
}

function countsOf(all: readonly MergedProcess[]): Counts {
  const processes = all.filter(({ ids }) => ids?.length !== 0);
  const held = processes.filter(({ breaker }) => breaker.state !== 'closed').length;
  const ok = processes.filter((process) => !isOfConcern(process)).length;
  const total = processes.length;
  return { processes: total, ok, held, in_alarm: total - ok - held };
}
