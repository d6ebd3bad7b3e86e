import type { ProcessRow } from '../alarms/processes.ts';
import { type Settings, settingsOf } from '../configuration/settings.ts';
import type { Screen } from './screen.ts';
import { type Cell, type Column, tableLines } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'ID', align: 'right' },
  { title: 'NAME' },
  { title: 'ALARM' },
  { title: 'STRATEGY' },
  { title: 'NOTES' },
];

/** The lines that show processes to people. */
export function processLines(
  rows: readonly ProcessRow[],
  settings: Settings,
  screen: Screen,
): string[] {
  if (rows.length === 0) {
    return ['There is no process: STATUS_PROCESS has no row.'];
  }
  const cells = rows.map((row): Cell[] => [
    row.id,
    row.name ?? { text: '(not in PROCESE)', colour: 'yellow' },
    row.isInAlarm ? { text: 'yes', colour: 'red' } : row.hasStatus ? 'no' : '-',
    strategyOf(row, settings) ?? '',
    row.hasStatus ? row.notes : { text: '(not in STATUS_PROCESS)', colour: 'yellow' },
  ]);
  return tableLines(COLUMNS, cells, screen);
}

/** The strategy that is configured for a process; undefined where it has no name. */
export function strategyOf({ name }: ProcessRow, settings: Settings): string | undefined {
  return name === undefined ? undefined : settingsOf(settings, name).restart_strategy;
}
