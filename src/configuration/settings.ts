import {
  type DatabaseSettings,
  type LoggingSettings,
  type MonitorSettings,
  PROCESS_KEYS,
  type ProcessSettings,
  SECTIONS,
} from './keys.ts';
import type { Keys, ValuesOf } from './value_kinds.ts';

/** The whole configuration, complete and checked. Nothing downstream meets a raw text. */
export interface Settings {
  readonly database: DatabaseSettings;
  readonly monitor: MonitorSettings;
  readonly logging: LoggingSettings;
  /** What counts for a process without a section of its own. */
  readonly processDefault: ProcessSettings;
  /** By the name in the database. */
  readonly processes: ReadonlyMap<string, ProcessSettings>;
}

/** The section of a process, as it is written in the file. */
export const PROCESS_SECTION = 'process.';
export const DEFAULT_NAME = 'default';

/** Values read from the file, by section and key; what is missing there takes the default. */
export type ReadValues = ReadonlyMap<string, ReadonlyMap<string, unknown>>;

/** Settles every key: the section's own value, for a process then [process.default]'s, then the built-in default. */
export function settle(values: ReadValues): Settings {
  const own = (section: string) => values.get(section) ?? new Map<string, unknown>();
  const processDefault = withDefaults(PROCESS_KEYS, own(PROCESS_SECTION + DEFAULT_NAME));
  const processes = [...values.keys()]
    .filter((section) => section.startsWith(PROCESS_SECTION))
    .map((section): [string, ProcessSettings] => [
      section.slice(PROCESS_SECTION.length),
      Object.freeze({ ...processDefault, ...Object.fromEntries(own(section)) }),
    ])
    .filter(([name]) => name !== DEFAULT_NAME);
  return Object.freeze({
    database: withDefaults(SECTIONS.database, own('database')),
    monitor: withDefaults(SECTIONS.monitor, own('monitor')),
    logging: withDefaults(SECTIONS.logging, own('logging')),
    processDefault,
    processes: new Map(processes),
  });
}

/** The settings of one process. Its system name is its own name where none is set. */
export function settingsOf(settings: Settings, name: string): ProcessSettings {
  const process = settings.processes.get(name) ?? settings.processDefault;
  return { ...process, system_name: process.system_name || name };
}

function withDefaults<K extends Keys>(keys: K, own: ReadonlyMap<string, unknown>): ValuesOf<K> {
  const pairs = Object.entries(keys).map(([name, key]) => [
    name,
    own.has(name) ? own.get(name) : key.fallback,
  ]);
  return Object.freeze(Object.fromEntries(pairs) as ValuesOf<K>);
}
