import type { LineOf } from './problem.ts';
import { DEFAULT_NAME, PROCESS_SECTION, type ReadValues } from './settings.ts';

/** Where a setting of a process comes from. */
export interface Origin {
  /** Undefined: it is the built-in default. */
  readonly section: string | undefined;
  readonly line: number | undefined;
}

/** Tells the origin of a key of [process.NAME]. */
export type OriginOf = (name: string, key: string) => Origin;

export function originIn(values: ReadValues, lineOf: LineOf): OriginOf {
  return (name, key) => {
    const sections = [PROCESS_SECTION + name, PROCESS_SECTION + DEFAULT_NAME];
    const section = sections.find((one) => values.get(one)?.has(key));
    return { section, line: section === undefined ? undefined : lineOf(section, key) };
  };
}
