/** What the tests of commands have in common. */
import { existsSync, readFileSync } from 'node:fs';
import type { CommandOptions, CommandResult } from '../../src/system/command.ts';
import { isAlive } from '../support/processes.ts';
import { waitFor } from '../support/wait.ts';

export const END: CommandOptions = { timeoutMs: 10_000, leftovers: 'end' };
export const KEEP: CommandOptions = { timeoutMs: 10_000, leftovers: 'keep' };

/** What a command gave, and how long it took. */
export async function timed(command: Promise<CommandResult>) {
  const started = performance.now();
  return { ...(await command), durationMs: performance.now() - started };
}

/** The pid that a command wrote into a file. */
export async function pidFrom(file: string): Promise<number> {
  const text = () => (existsSync(file) ? readFileSync(file, 'utf8').trim() : '');
  return Number(await waitFor(`a pid in ${file}`, text));
}

export function isGone(pid: number): Promise<boolean> {
  return waitFor(`${pid} to end`, () => !isAlive(pid), 5000);
}
