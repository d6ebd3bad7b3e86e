import { inspect } from 'node:util';
import { type Random, randomFrom } from '../support/random.ts';
import { shrunk } from './shrink.ts';
import type { Say } from './trial.ts';

/** Counts what happened in a case, by its name. */
export type Tally = (what: string) => void;

/** Something that holds for every case; a case is a list of parts, so that it can be made smaller. */
export interface Property<Part> {
  readonly title: string;
  /** How many cases belong to `npm test`, and how many to the long run. */
  readonly quick: number;
  readonly long: number;
  /** What has to happen at least once in a run, as otherwise it would have proved nothing. */
  readonly expected: readonly string[];
  generate(random: Random): readonly Part[];
  /** Throws where the property does not hold. */
  check(parts: readonly Part[], tally: Tally): void | Promise<void>;
  /** The parts in smaller ones, for the end of the shrinking. */
  finer?(parts: readonly Part[]): readonly Part[];
}

/** How often what happened in a run. */
export type Tallies = ReadonlyMap<string, number>;

export function tellTallies(tallies: Tallies, say: Say): void {
  for (const [what, count] of [...tallies].sort()) {
    say(`${String(count).padStart(12)}  ${what}`);
  }
}

/** Tries so many cases, one per seed from the first one on. Throws at the first that fails, made small. */
export async function holds<Part>(
  property: Property<Part>,
  cases: number,
  firstSeed: number,
): Promise<Tallies> {
  const tallies = new Map<string, number>();
  const tally: Tally = (what) => tallies.set(what, (tallies.get(what) ?? 0) + 1);
  for (let seed = firstSeed; seed < firstSeed + cases; seed++) {
    const parts = property.generate(randomFrom(seed));
    const error = await errorOf(property, parts, tally);
    if (error !== undefined) {
      throw await complaint(property, seed, parts);
    }
  }
  const missing = property.expected.filter((what) => !tallies.has(what));
  if (cases >= property.quick && missing.length > 0) {
    throw new Error(`${property.title}: in ${cases} cases there was never: ${missing.join(', ')}`);
  }
  return tallies;
}

async function errorOf<Part>(
  property: Property<Part>,
  parts: readonly Part[],
  tally: Tally = () => {},
): Promise<Error | undefined> {
  try {
    await property.check(parts, tally);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

async function complaint<Part>(
  property: Property<Part>,
  seed: number,
  parts: readonly Part[],
): Promise<Error> {
  const fails = async (fewer: readonly Part[]) => (await errorOf(property, fewer)) !== undefined;
  const few = await shrunk(parts, fails);
  const small = property.finer ? await shrunk(property.finer(few), fails) : few;
  const error = await errorOf(property, small);
  const lines = small.map((part) => `  ${inspect(part, { breakLength: Infinity })}`);
  return new Error(
    `${property.title}: does not hold with seed ${seed}\n${lines.join('\n')}\n${error?.message}`,
    { cause: error },
  );
}
