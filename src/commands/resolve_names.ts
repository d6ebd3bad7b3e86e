import { openProcesses } from '../alarms/open_store.ts';
import { allProcesses } from '../alarms/processes.ts';
import type { Settings } from '../configuration/settings.ts';
import { StoreError } from '../monitor/alarm_store.ts';
import { findProcesses, isId } from './find_processes.ts';

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
  const processes = await openProcesses(settings.database);
  try {
    const { rows, unknown } = await findProcesses(allProcesses(processes), words);
    return {
      names: rows.flatMap(({ name }) => name ?? []),
      problems: [
        ...unknown.map(({ problem }) => problem),
        ...rows
          .filter(({ name }) => name === undefined)
          .map(({ id }) => `ID ${id} has no name in PROCESE`),
      ],
      warnings: [],
    };
  } catch (error) {
    if (error instanceof StoreError) {
      return withoutTable(words, error.message);
    }
    throw error;
  } finally {
    await processes.close();
  }
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
