/** Years of checks, one after the other without a pause, and what happens in years. */
import { type Random, randomFrom } from '../../support/random.ts';
import type { Row, Say, Trial } from '../trial.ts';
import { Course } from './course.ts';
import { Marathon } from './marathon.ts';
import { MISHAPS, type Mishap } from './mishaps.ts';

const CHECKS = 200_000;
/** Of resident memory, between the first tenth and the end. */
const MOST_GROWTH = 0.05;
const TENTHS = 10;
/** How often each mishap happens before anything is measured: what V8 compiles and keeps for each is there then. */
const WARM_DECKS = 8;

export const endurance: Trial = {
  name: 'endurance',
  title: 'memory, descriptors and children stay as they are, whatever happens',
  async run({ seed, rounds = CHECKS, say }) {
    return await endure({
      checks: rounds,
      warmDecks: WARM_DECKS,
      mostGrowth: MOST_GROWTH,
      seed,
      say,
    });
  },
};

export interface Race {
  readonly checks: number;
  /** Mishaps beforehand, in whole decks. */
  readonly warmDecks: number;
  /** The share by which resident memory may grow after the first tenth. */
  readonly mostGrowth: number;
  readonly seed: number;
  readonly say: Say;
}

/** So many checks, and each mishap once at least. Throws where anything has grown. */
export async function endure({ checks, warmDecks, mostGrowth, seed, say }: Race): Promise<Row[]> {
  const marathon = await Marathon.open();
  try {
    const random = randomFrom(seed);
    const course = new Course(marathon, say);
    marathon.go();
    for (const mishap of Array.from({ length: warmDecks }, () => shuffled(random)).flat()) {
      await mishap.happen(marathon, random);
    }
    await course.begin();
    let deck: Mishap[] = [];
    for (let tenth = 1; tenth <= TENTHS; tenth++) {
      const isLast = tenth === TENTHS;
      const aim = (checks / TENTHS) * tenth;
      marathon.go();
      do {
        deck = deck.length > 0 ? deck : shuffled(random);
        await course.undergo(deck.pop() as Mishap, random);
      } while (course.checks < aim || (isLast && course.hasMissing()));
      await course.measure();
    }
    course.assertNoGrowth(mostGrowth);
    return course.rows();
  } finally {
    await marathon.close();
  }
}

function shuffled(random: Random): Mishap[] {
  const deck = MISHAPS.flatMap((mishap) => Array<Mishap>(mishap.share).fill(mishap));
  return deck
    .map((mishap) => ({ mishap, place: random(1_000_000) }))
    .sort((a, b) => a.place - b.place)
    .map(({ mishap }) => mishap);
}
