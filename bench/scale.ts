/** How much a run does of what it measures. */
export interface Scale {
  readonly repetitions: number;
  /** Units that are put in alarm at once. */
  readonly units: number;
  /** How long after its restart a slow unit is healthy. */
  readonly slowSeconds: number;
  /** Processes of a table of usual size, and of a large one, and how many of the latter are in alarm. */
  readonly processes: number;
  readonly manyProcesses: number;
  readonly alarms: number;
  /** Checks over which the processor's time is taken, the service's and the shell's. */
  readonly checks: number;
  readonly shellChecks: number;
  /** Checks after which the service's memory is looked at. */
  readonly idleChecks: number;
  /** How long a process is left alone before that. */
  readonly idleMs: number;
  /** How many processes are in alarm at a time where the rate of restarts is measured. */
  readonly crowds: readonly [fewest: number, ...more: number[]];
}

export const FULL: Scale = {
  repetitions: 10,
  units: 20,
  slowSeconds: 3,
  processes: 1_000,
  manyProcesses: 100_000,
  alarms: 100,
  checks: 400,
  shellChecks: 40,
  idleChecks: 1_000,
  idleMs: 12_000,
  crowds: [250, 1_000, 2_000],
};

/** Each thing once and little of it: enough to see that it can be measured. */
export const SMOKE: Scale = {
  repetitions: 1,
  units: 2,
  slowSeconds: 1,
  processes: 20,
  manyProcesses: 2_000,
  alarms: 5,
  checks: 20,
  shellChecks: 3,
  idleChecks: 20,
  idleMs: 0,
  crowds: [4, 8],
};
