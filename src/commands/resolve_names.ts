import type { ProcessRow } from '../alarms/processes.ts';
import type { Settings } from '../configuration/settings.ts';
import { findProcesses, isId } from './find_processes.ts';
import { missingRow } from './missing_row.ts';
import { TableReader } from './table_reader.ts';

/** What an operator's words stand for. */
export interface Resolved {
  /** Each name once. */
  readonly names: readonly string[];
  /** One sentence about each word that stands for no process. */
  readonly problems: readonly string[];
  /** One sentence about names that could not be looked up, and are taken as they are. */
  readonly warnings: readonly string[];
}

/**
 * Finds the processes that names and IDs stand for. Reads the table only for IDs and for names that are not known,
 * and takes a name as it is if the table cannot be read: the process to restart may be the database itself.
 */
export async function resolveNames(
  words: readonly string[],
  settings: Settings | undefined,
  isKnown: (name: string) => boolean,
): Promise<Resolved> {
  const isUnclear = (word: string) => isId(word) || !isKnown(word);
  const known = words.filter((word) => !isUnclear(word));
  const { names, problems, warnings } = await lookUp(words.filter(isUnclear), settings);
  return { names: [...new Set([...known, ...names])], problems, warnings };
}

async function lookUp(words: readonly string[], settings: Settings | undefined): Promise<Resolved> {
  if (words.length === 0) {
    return { names: [], problems: [], warnings: [] };
  }
  if (!settings) {
    return withoutTable(words, 'the configuration is not valid');
  }
  const reader = new TableReader(settings.database);
  try {
    const table = await reader.read();
    return 'rows' in table
      ? await fromTable(words, table.rows)
      : withoutTable(words, String(table.problem));
  } finally {
    await reader.close();
  }
}

async function fromTable(
  words: readonly string[],
  table: readonly ProcessRow[],
): Promise<Resolved> {
  const { rows, unknown } = await findProcesses(table, words);
  const nameless = rows.filter(({ name }) => name === undefined);
  return {
    names: rows.flatMap(({ name }) => name ?? []),
    problems: [...unknown.map(({ problem }) => problem), ...nameless.map(missingRow)],
    warnings: [],
  };
}

function withoutTable(words: readonly string[], reason: string): Resolved {
  const names = words.filter((word) => !isId(word));
  return {
    names,
    problems: words
      .filter(isId)
      .map((id) => `the name of ID ${id} is not known without the database: ${reason}`),
    warnings: names.length === 0 ? [] : [`names are not looked up in the database: ${reason}`],
  };
}
