import { openProcesses, openStore } from '../alarms/open_store.ts';
import { allProcesses } from '../alarms/processes.ts';
import { isError, type Problem } from '../configuration/problem.ts';
import type { Settings } from '../configuration/settings.ts';
import { tableProblems } from './table_problems.ts';

/** The database that the configuration leads to. */
export interface DatabaseFindings {
  /** What answers there; undefined: nothing. */
  readonly server: string | undefined;
  readonly problems: readonly Problem[];
}

/** Connects, and checks tables, privileges, and what is in the tables. */
export async function databaseProblems(settings: Settings): Promise<DatabaseFindings> {
  const store = await openStore(settings.database);
  let server: string | undefined;
  try {
    server = await store.describe();
    const problems = await store.inspect();
    const isUsable = server !== undefined && !problems.some(isError);
    return { server, problems: isUsable ? [...problems, ...(await inTables(settings))] : problems };
  } catch (error) {
    return { server, problems: [{ severity: 'error', message: (error as Error).message }] };
  } finally {
    await store.close();
  }
}

async function inTables(settings: Settings): Promise<readonly Problem[]> {
  const processes = await openProcesses(settings.database);
  try {
    return await tableProblems(allProcesses(processes), settings);
  } finally {
    await processes.close();
  }
}
