import type {
  CheckReport,
  ExaminationReport,
  ExaminationsReport,
  RestartReport,
  RestartsReport,
  Ticket,
} from '../control/reports.ts';
import type { Ended } from '../monitor/healing.ts';
import type { CheckResult, Monitor, Restarting } from '../monitor/monitor.ts';
import type { State } from '../state/state.ts';
import { attemptReport } from './attempt_report.ts';
import type { Examinations } from './examinations.ts';
import { shortened } from './process_report.ts';
import { MAX_PROCESSES } from './status_report.ts';
import { Tickets } from './tickets.ts';

export interface WorkParts {
  readonly monitor: Pick<Monitor, 'restarts'>;
  readonly state: Pick<State, 'attemptsAfter' | 'lastEndedAttempt'>;
  /** Restarts a process, whether it is in alarm or not. */
  readonly restart: (name: string) => Restarting;
  readonly examinations: Examinations;
  /** Resolves with a check that begins after this call. */
  readonly check: () => Promise<CheckResult>;
}

/** What operators ask for and wait for: restarts, health checks, checks of the table. */
export class AskedWork {
  readonly #parts: WorkParts;
  readonly #tickets = new Tickets();

  constructor(parts: WorkParts) {
    this.#parts = parts;
  }

  /** @throws Refused */
  restart(names: readonly string[]): Ticket {
    this.#tickets.reserve();
    const begun = names.map((name) => {
      // An attempt that runs already is one of the restart that is joined.
      const after = this.#parts.state.lastEndedAttempt(name);
      return { after, ...followed(this.#parts.restart(name)) };
    });
    return this.#tickets.issue((): RestartsReport => {
      const running = this.#parts.monitor.restarts().running;
      return {
        done: begun.every(({ ended }) => ended() !== undefined),
        restarts: begun.map(({ name, after, ended }) => ({
          ...restartReport(name, ended(), running.has(name)),
          attempts: this.#parts.state
            .attemptsAfter(name, after)
            .map((attempt) => shortened(attemptReport(attempt))),
        })),
      };
    });
  }

  /** @throws Refused */
  examine(names: readonly string[]): Ticket {
    this.#tickets.reserve();
    const checks: ExaminationReport[] = [];
    for (const name of names) {
      void this.#parts.examinations.run(name).then((report) => report && checks.push(report));
    }
    return this.#tickets.issue(
      (): ExaminationsReport => ({ done: checks.length === names.length, checks }),
    );
  }

  /** @throws Refused */
  check(): Ticket {
    this.#tickets.reserve();
    let result: CheckResult | undefined;
    let restarts: ReturnType<typeof followed>[] = [];
    void this.#parts.check().then((ended) => {
      result = ended;
      restarts = [...ended.restarts, ...ended.joined].map(followed);
    });
    return this.#tickets.issue((): CheckReport => {
      const done = result !== undefined && restarts.every(({ ended }) => ended() !== undefined);
      const told = done ? restarts.slice(0, MAX_PROCESSES) : [];
      return {
        done,
        read: result?.isRead ?? null,
        restarts: told.map(({ name, ended }) => ({
          ...restartReport(name, ended(), false),
          attempts: [],
        })),
      };
    });
  }

  /** @throws Refused */
  report(ticket: string): object {
    return this.#tickets.report(ticket);
  }

  /** Lets no further health check begin; resolves when none runs any more. */
  stop(): Promise<void> {
    return this.#parts.examinations.stop();
  }
}

/** A restart whose end can be asked for. */
function followed({ name, ended }: Restarting) {
  let end: Ended | undefined;
  void ended.then((value) => {
    end = value;
  });
  return { name, ended: () => end };
}

function restartReport(
  name: string,
  ended: Ended | undefined,
  isRunning: boolean,
): Omit<RestartReport, 'attempts'> {
  return {
    name,
    state: ended ? 'done' : isRunning ? 'running' : 'waiting',
    outcome: ended?.outcome ?? null,
    cleared: ended?.cleared ?? 0,
    left: ended?.left ?? null,
  };
}
