/** Carries out rows: every take in its turn, again and again. */
import type { Contender, Figures, Row, Take } from './row.ts';
import type { Stage } from './stage.ts';

/** One figure of one contender, all the times that it was taken. */
export interface Series {
  readonly contender: Contender;
  readonly figure: string;
  readonly samples: readonly number[];
}

/** What became of a row. */
export interface Result {
  readonly row: Row;
  readonly series: readonly Series[];
  readonly notes: readonly string[];
  readonly seconds: number;
  /** Why it was not measured to its end, where it was not. */
  readonly failure?: string | undefined;
}

/** By contender and figure, while it grows. */
type Taken = Map<string, Series & { samples: number[] }>;

/** Measures a row. One that can't be measured is told, and does not end the run. */
export async function measureRow(row: Row, stage: Stage, repetitions: number): Promise<Result> {
  const begin = performance.now();
  const record: Taken = new Map();
  let notes: readonly string[] = [];
  let failure: string | undefined;
  try {
    const course = await row.open(stage);
    try {
      const times = repetitions === 1 ? 1 : repetitions * (row.eagerness ?? 1);
      await takeInTurn(course.takes, times, record);
      notes = (await course.notes?.()) ?? [];
    } finally {
      await course.close();
    }
  } catch (error) {
    failure = String((error as Error).stack);
  }
  const seconds = (performance.now() - begin) / 1000;
  return { row, series: [...record.values()], notes, seconds, failure };
}

/** Each contender once, then each once more: what disturbs the machine for a while disturbs them all. */
async function takeInTurn(takes: readonly Take[], times: number, record: Taken): Promise<void> {
  const besides = Promise.allSettled(
    takes.map(async (take) => {
      for (const figures of (await take.measureMany?.(times)) ?? []) {
        note(record, take.contender, figures);
      }
    }),
  );
  try {
    for (let round = 0; round < times; round++) {
      for (const { contender, measure, isExact } of takes) {
        if (measure && !(isExact && round > 0)) {
          note(record, contender, await measure());
        }
      }
    }
  } finally {
    await besides; // nothing of it is to go on while the stage is cleared
  }
  for (const outcome of await besides) {
    if (outcome.status === 'rejected') {
      throw outcome.reason;
    }
  }
}

function note(record: Taken, contender: Contender, figures: Figures): void {
  for (const [figure, value] of Object.entries(figures)) {
    const key = `${contender} ${figure}`;
    const series = record.get(key) ?? { contender, figure, samples: [] };
    series.samples.push(value);
    record.set(key, series);
  }
}
