import type { ProcessRow } from '../alarms/processes.ts';
import { type Settings, settingsOf } from '../configuration/settings.ts';
import type { Column } from './column_widths.ts';
import { NAME_WIDTH, nameCell } from './name_cell.ts';
import type { Screen } from './screen.ts';
import { type Cell, tableLines } from './table.ts';
import { ago } from './time_words.ts';

const COLUMNS: readonly Column[] = [
  { title: 'ID', align: 'right' },
  { title: 'NAME', enough: NAME_WIDTH },
  { title: 'ALARM' },
  { title: 'STRATEGY', leftOut: 1 },
  // The words that say what it is, and when it was restarted.
  { title: 'NOTES', enough: 35 },
];

/** The lines that show processes to people. */
export function processLines(
  rows: readonly ProcessRow[],
  settings: Settings,
  screen: Screen,
  now = new Date(),
): string[] {
  if (rows.length === 0) {
    return ['There is no process: STATUS_PROCESS has no row.'];
  }
  const cells = rows.map((row): Cell[] => [
    row.id,
    row.name === undefined ? { text: '(not in PROCESE)', colour: 'yellow' } : nameCell(row.name),
    row.isInAlarm ? { text: 'yes', colour: 'red' } : row.hasStatus ? 'no' : '-',
    strategyOf(row, settings) ?? '',
    row.hasStatus
      ? notesCell(row.notes, now)
      : { text: '(not in STATUS_PROCESS)', colour: 'yellow' },
  ]);
  return tableLines(COLUMNS, cells, screen);
}

const STAMP = /^(?:(.*) - )?Restarted at (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/s;

/** Of notes that are too long the restart at their end is what matters, and how long ago it was. */
function notesCell(text: string, now: Date): Cell {
  const [, head = '', date = '', time = ''] = STAMP.exec(text) ?? [];
  const at = new Date(`${date}T${time}`);
  return at <= now ? { text, whenCut: [head, `${head && ' '}Restarted ${ago(at, now)}`] } : text;
}

/** The strategy that is configured for a process; undefined where it has no name. */
export function strategyOf({ name }: ProcessRow, settings: Settings): string | undefined {
  return name === undefined ? undefined : settingsOf(settings, name).restart_strategy;
}
