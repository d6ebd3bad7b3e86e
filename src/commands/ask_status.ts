import type { ProcessRow } from '../alarms/processes.ts';
import type { Settings } from '../configuration/settings.ts';
import { ask } from '../control/client.ts';
import type { ProcessReport, StatusReport } from '../control/reports.ts';
import { isStatusReport } from '../control/shapes.ts';
import { nothingKnown } from '../service/nothing_known.ts';
import { findProcesses, isId } from './find_processes.ts';
import {
  type MergedStatus,
  mergeNamed,
  mergeTable,
  shownName,
  type TableRead,
} from './merged_status.ts';
import { missingIn, missingRow } from './missing_row.ts';
import type { TableReader } from './table_reader.ts';

/** Where a status comes from. */
export interface StatusSources {
  readonly socket: string;
  /** Undefined: the configuration is not valid, and its database is not asked. */
  readonly settings: Settings | undefined;
  readonly reader: TableReader | undefined;
}

/** What is to be shown, and what is wrong with words that stand for no process. */
export interface StatusAnswer {
  readonly status: MergedStatus;
  readonly problems: readonly string[];
}

/** Asks the service and reads the tables. Undefined: no service listens. @throws when it can't be asked */
export async function askStatus(
  { socket, settings, reader }: StatusSources,
  words: readonly string[],
): Promise<StatusAnswer | undefined> {
  const report = await ask(socket, { method: 'GET', path: '/status' }, isStatusReport);
  if (!report) {
    return undefined;
  }
  const table = await tableFor(report, reader);
  const status = mergeTable(report, table);
  if (words.length === 0) {
    return { status, problems: [] };
  }
  const sections = [...(settings?.processes.keys() ?? [])];
  const known = new Set([...status.processes.map(({ name }) => name), ...sections]);
  const of = (names: readonly string[]) => processesOf(socket, names);
  const { processes, problems } =
    'rows' in table
      ? await ofTable(table.rows, words, known, of)
      : await ofServiceAlone(words, known, table.problem, of);
  return { status: { ...status, processes, processes_omitted: 0 }, problems };
}

/** Nobody waits for a database that the service knows to be away. */
async function tableFor(
  { database }: StatusReport,
  reader: TableReader | undefined,
): Promise<TableRead> {
  if (!reader) {
    return { problem: 'the configuration is not valid' };
  }
  return database.state === 'down' ? { problem: null } : await reader.read();
}

type Found = Pick<StatusAnswer, 'problems'> & Pick<MergedStatus, 'processes'>;
type Ask = (names: readonly string[]) => Promise<readonly ProcessReport[]>;

/** Also what only the service knows is shown: it may have been removed from the tables. */
async function ofTable(
  rows: readonly ProcessRow[],
  words: readonly string[],
  known: ReadonlySet<string>,
  ask: Ask,
): Promise<Found> {
  const found = await findProcesses(rows, words);
  const unknown = found.unknown.map(({ word }) => word);
  const names = [...found.rows.flatMap(({ name }) => name ?? []), ...unknown].map(shownName);
  const processes = mergeNamed(await ask(names), [...new Set(names)], rows);
  const shown = new Set(processes.map(({ name }) => name));
  const candidates = new Set([...rows.flatMap(({ name }) => name ?? []), ...known]);
  return {
    processes,
    problems: [
      ...found.rows.filter((row) => missingIn(row) !== null).map(missingRow),
      ...found.unknown
        .filter(({ word }) => !shown.has(word))
        .map(({ word, problem }) => (isId(word) ? problem : nothingKnown(word, candidates))),
    ],
  };
}

async function ofServiceAlone(
  words: readonly string[],
  known: ReadonlySet<string>,
  problem: string | null,
  ask: Ask,
): Promise<Found> {
  const processes = (await ask(words)).map((process) => ({ ...process, ids: null }));
  const shown = new Set(processes.map(({ name }) => name));
  const why = problem === null ? 'the database is down' : `the tables were not read: ${problem}`;
  return {
    processes,
    problems: words
      .filter((word) => !shown.has(word))
      .map(
        (word) =>
          `${isId(word) ? `no process of ID ${word} is known` : nothingKnown(word, known)}; ${why}`,
      ),
  };
}

/** What the service tells of these, as far as it knows them. */
async function processesOf(
  socket: string,
  names: readonly string[],
): Promise<readonly ProcessReport[]> {
  const question = { method: 'POST', path: '/processes', body: { names } } as const;
  return (await ask(socket, question, isStatusReport))?.processes ?? [];
}
