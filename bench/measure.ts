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

/** Measures a row. One that can't be measured is told, and does not end the run. */
export async function measureRow(row: Row, stage: Stage, repetitions: number): Promise<Result> {
  const begin = performance.now();
  const record = new Map<string, Series & { samples: number[] }>();
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
async function takeInTurn(
  takes: readonly Take[],
  times: number,
  record: Map<string, Series & { samples: number[] }>,
): Promise<void> {
  for (let round = 0; round < times; round++) {
    for (const take of takes) {
      const isDone = round > 0 && (take.isExact || take.measureMany);
      if (!isDone) {
        for (const figures of take.measureMany
          ? await take.measureMany(times)
          : [await take.measure()]) {
          note(record, take.contender, figures);
        }
      }
    }
  }
}

function note(
  record: Map<string, Series & { samples: number[] }>,
  contender: Contender,
  figures: Figures,
): void {
  for (const [figure, value] of Object.entries(figures)) {
    const key = `${contender} ${figure}`;
    const series = record.get(key) ?? { contender, figure, samples: [] };
    series.samples.push(value);
    record.set(key, series);
  }
}
