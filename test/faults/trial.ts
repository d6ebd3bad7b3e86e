/** What the long run tries, and what it says of it. */

/** So often was this done, and so often was something lost by it. */
export interface Row {
  readonly what: string;
  readonly times: number;
  readonly lost: number;
}

/** A line for whoever watches: a figure, or what is being done. */
export type Say = (line: string) => void;

export interface TrialOptions {
  /** Whatever is random comes from this number. */
  readonly seed: number;
  /** How often, where the trial's own number is not wanted. */
  readonly rounds?: number | undefined;
  readonly say: Say;
}

/** One undertaking of the long run. */
export interface Trial {
  /** Its word on the command line. */
  readonly name: string;
  readonly title: string;
  /** Makes what it needs and what takes long, before any trial begins. */
  prepare?(): Promise<unknown>;
  /** Throws where it could not be made to its end, or what was lost takes words. */
  run(options: TrialOptions): Promise<readonly Row[]>;
}
