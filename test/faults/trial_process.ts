/** One trial of the long run, in a process of its own: `trial_process.ts NAME SEED ROUNDS`. Reports to its parent. */
import type { Row } from './trial.ts';
import { TRIALS } from './trials.ts';

export interface Report {
  readonly rows: readonly Row[];
  /** Why the trial did not come to a good end, where it did not. */
  readonly failure?: string | undefined;
}

const [name, seed, rounds] = process.argv.slice(2);
process.send?.(await report());
process.disconnect?.();

async function report(): Promise<Report> {
  try {
    const trial = TRIALS.find((one) => one.name === name);
    if (!trial) {
      throw new Error(`no such trial: ${name}`);
    }
    const options = { seed: Number(seed), rounds: rounds ? Number(rounds) : undefined };
    return { rows: await trial.run({ ...options, say: (line) => console.log(line) }) };
  } catch (error) {
    return { rows: [], failure: `${(error as Error).stack}\n` };
  }
}
