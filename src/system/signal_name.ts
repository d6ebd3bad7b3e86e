import { constants } from 'node:os';

/** `SIGKILL` of 9; undefined where this host has no signal of that number. */
export function signalName(number: number): string | undefined {
  return Object.entries(constants.signals).find(([, known]) => known === number)?.[0];
}
