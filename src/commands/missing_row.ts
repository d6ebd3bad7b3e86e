import type { ProcessRow } from '../alarms/processes.ts';

/** The table that lacks this row; null: none. */
export function missingIn({ name, hasStatus }: ProcessRow): 'PROCESE' | 'STATUS_PROCESS' | null {
  if (name === undefined) {
    return 'PROCESE';
  }
  return hasStatus ? null : 'STATUS_PROCESS';
}

/** What a row of one table alone lacks, and what adds it. Not escaped yet. */
export function missingRow(row: ProcessRow): string {
  const { id, name } = row;
  return name === undefined
    ? `ID ${id} is in STATUS_PROCESS but not in PROCESE; ${insertFor(row)}`
    : `${name} (ID: ${id}) is in PROCESE but not in STATUS_PROCESS; ${insertFor(row)}`;
}

/** The statement that completes a row of one table alone. */
export function insertFor({ id, name }: ProcessRow): string {
  return name === undefined
    ? `add it: INSERT INTO PROCESE (process_id, process_name) VALUES (${id}, 'NAME')`
    : `add it: INSERT INTO STATUS_PROCESS (process_id, alarma, sound) VALUES (${id}, 0, 0)`;
}
