/** One try to restart a process, as it begins. */
export interface Attempt {
  readonly name: string;
  readonly strategy: string;
  /** From 1; 0 is the pre_restart_command. */
  readonly attempt: number;
  /** What is run, secrets masked. */
  readonly command: string;
}

/** How it ended, after so many milliseconds. */
export type AttemptEnd = { readonly durationMs: number } & (
  | { readonly outcome: 'passed' | 'verified' }
  | {
      readonly outcome: 'failed' | 'interrupted';
      readonly reason: string;
      /** The last lines of output. */
      readonly output: string;
    }
);

export interface AttemptRecord {
  /** Its command runs, as this process. */
  running(process: string): void;
  end(end: AttemptEnd): void;
}

/** Where attempts are recorded: from before they do anything, so that a crash leaves a trace. */
export interface AttemptRecorder {
  begin(attempt: Attempt): AttemptRecord;
}
