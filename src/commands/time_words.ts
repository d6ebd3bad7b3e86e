import { counted } from '../system/counted.ts';
import { localTime } from '../system/local_time.ts';

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A time span in its largest unit, rounded: `7 minutes`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? (['second', 1] as const);
  const count = Math.round(seconds / size);
  return counted(count, unit);
}

/** How long ago, as short as a table needs it: `2 min ago`. */
export function ago(at: Date, now: Date): string {
  const [count = '', unit = ''] = span(now.getTime() - at.getTime()).split(' ');
  return `${count} ${SHORT[unit.replace(/s$/, '')] ?? unit} ago`;
}

const SHORT: Readonly<Record<string, string>> = { hour: 'h', minute: 'min', second: 's' };

/** How long something took: `41 ms`, `1.1 s`. */
export function duration(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** A time of the past, in local time: `2026-11-23 03:40:18 (7 minutes ago)`. */
export function past(iso: string, now: Date): string {
  const at = new Date(iso);
  return `${localTime(at)} (${span(now.getTime() - at.getTime())} ago)`;
}

/** A time to come: `2026-11-23 04:10:18 (in 23 minutes)`. */
export function future(iso: string, now: Date): string {
  const at = new Date(iso);
  return `${localTime(at)} (in ${span(at.getTime() - now.getTime())})`;
}
