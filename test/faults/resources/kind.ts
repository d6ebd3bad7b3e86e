import { noDisk } from '../../support/disk.ts';
import type { Random } from '../../support/random.ts';
import type { Say } from '../trial.ts';

export interface Rounds {
  readonly times: number;
  readonly random: Random;
  readonly say: Say;
}

/** One resource that runs out, or fails. */
export interface Kind {
  /** What is done once in a round. */
  readonly what: string;
  /** How many rounds belong to `npm test`, and how many to the long run. */
  readonly quick: number;
  readonly long: number;
  /** Why it can't be tried here; undefined where it can. */
  lacks(): Promise<string | undefined>;
  /** Throws where something promised does not hold. */
  run(rounds: Rounds): Promise<void>;
}

export async function lacksNothing(): Promise<undefined> {}

export async function lacksRoot(): Promise<string | undefined> {
  return process.getuid?.() === 0 ? undefined : 'needs root';
}

export async function lacksDisk(): Promise<string | undefined> {
  return noDisk || undefined;
}
