import { readdirSync, readFileSync } from 'node:fs';
import { waitFor } from '../support/wait.ts';

/** Ends what still runs with a text in its command line, a test's own folder say. */
export async function endThoseWith(text: string): Promise<void> {
  await waitFor('every process of the test to end', () => {
    const left = processesWith(text);
    for (const pid of left) {
      process.kill(pid, 'SIGKILL');
    }
    return left.length === 0;
  });
}

/** The processes that have a text in their command line, zombies not among them. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && entry !== String(process.pid))
    .filter((entry) => commandLineOf(entry).includes(text))
    .map(Number);
}

function commandLineOf(entry: string): string {
  try {
    return readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // It ended in the meantime.
  }
}
