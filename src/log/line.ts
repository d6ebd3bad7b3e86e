// What a message looks like as one line, in the file and in the journal.
import { localTime } from '../system/local_time.ts';
import { bounded, escapeJson, oneLine } from './escape.ts';
import type { About } from './events.ts';

export type Level = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';
export type Format = 'text' | 'json';

/** One message on its way to the sinks. */
export interface Entry extends About {
  readonly at: Date;
  readonly level: Level;
  readonly message: string;
}

/** Priorities of syslog(3): the lower, the graver. */
const PRIORITY: Readonly<Record<Level, number>> = { DEBUG: 7, INFO: 6, WARNING: 4, ERROR: 3 };

/** Whether a message of this level is logged where `threshold` is the lowest level wanted. */
export function isLogged(level: Level, threshold: Level): boolean {
  return PRIORITY[level] <= PRIORITY[threshold];
}

/** The line for the file, a terminal or a pipe, without its line break. */
export function fileLine(entry: Entry, format: Format): string {
  return format === 'json' ? jsonLine(entry) : textLine(entry);
}

/** The line for the journal, which keeps the time itself and reads the priority from `<N>`. */
export function journalLine({ level, message }: Entry): string {
  return `<${PRIORITY[level]}>${oneLine(message)}`;
}

function textLine({ at, level, message }: Entry): string {
  return `${localTime(at)} - ${level} - ${oneLine(message)}`;
}

function jsonLine({ at, level, event, process, message }: Entry): string {
  const about = process === undefined ? { event } : { event, process: bounded(process) };
  const fields = { time: at.toISOString(), level, ...about, message: bounded(message) };
  return escapeJson(JSON.stringify(fields));
}
