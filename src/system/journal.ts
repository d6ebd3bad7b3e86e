import type { Limits } from './systemd.ts';
import { wholeOutputOf } from './whole_output.ts';

/** A line of the journal about a unit. */
export interface JournalLine {
  readonly text: string;
  /** systemd itself says so, not one of the unit's programs. */
  readonly isManagers: boolean;
  /** As syslog(3) has it: 3 and less is an error. */
  readonly priority: number;
  /** The start of the unit that it belongs to; empty where it belongs to none. */
  readonly invocation: string;
}

const MAX_LINES = 100;
/** Of each field journalctl shows 4 KB. */
const MAX_BYTES = MAX_LINES * 8 * 1024;
const MAX_LENGTH = 1000;
const USUAL_PRIORITY = 6;
const FIELDS = [
  ...['MESSAGE', 'PRIORITY', '_PID', 'UNIT', 'INVOCATION_ID', '_SYSTEMD_INVOCATION_ID'],
];

/**
 * The last lines about a unit since a time of day in milliseconds. None where the journal can't be
 * read in time.
 */
export async function journalOf(
  unit: string,
  sinceMs: number | undefined,
  limits: Limits,
): Promise<JournalLine[]> {
  // What was printed a moment ago may be on its way. Without the right to ask for it, what is there must do.
  await wholeOutputOf(['journalctl', '--sync'], MAX_BYTES, limits);
  const since = sinceMs === undefined ? [] : [`--since=@${(sinceMs / 1000).toFixed(3)}`];
  const shown = ['--output=json', `--output-fields=${FIELDS.join(',')}`, `--lines=${MAX_LINES}`];
  const command = ['journalctl', '--quiet', '--no-pager', ...shown, `--unit=${unit}`, ...since];
  const { text = '' } = await wholeOutputOf(command, MAX_BYTES, limits);
  return text.split('\n').flatMap(parseEntry);
}

/** The lines of an entry, as `--output=json` prints it; none where it has no text. */
export function parseEntry(json: string): JournalLine[] {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(json);
  } catch {
    return [];
  }
  const field = (name: string) => {
    const value = entry[name];
    // Bytes that are no UTF-8 come as numbers, and a field that was given several times as a list.
    return Array.isArray(value) ? Buffer.from(value.flat()).toString() : String(value ?? '');
  };
  const about = {
    isManagers: field('_PID') === '1' || field('UNIT') !== '',
    priority: Number(field('PRIORITY') || USUAL_PRIORITY),
    invocation: field('INVOCATION_ID') || field('_SYSTEMD_INVOCATION_ID'),
  };
  return field('MESSAGE')
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '')
    .map((line) => ({ text: line.slice(0, MAX_LENGTH), ...about }));
}
