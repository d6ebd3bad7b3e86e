import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { own } from './reaper.ts';

/**
 * A directory that all tests of a run share. It is filled once, by the first process that asks, which tells
 * those that it starts through an environment variable, and removes it in the end.
 */
export function sharedDirectory(
  variable: string,
  fill: (directory: string) => Promise<unknown>,
): () => Promise<string> {
  let directory: Promise<string> | undefined;
  const make = async () => {
    const given = process.env[variable];
    if (given) {
      return given;
    }
    const made = await mkdtemp(join(tmpdir(), 'monitor-test-shared-'));
    own(() => rmSync(made, { recursive: true, force: true }));
    await fill(made);
    process.env[variable] = made;
    return made;
  };
  return () => {
    directory ??= make();
    return directory;
  };
}
