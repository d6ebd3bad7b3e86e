import type { Breakers, Forgotten } from '../breaker/breakers.ts';
import { quoted } from '../configuration/problem.ts';
import type { Settings } from '../configuration/settings.ts';
import type { ResetReport, StatusReport, Ticket } from '../control/reports.ts';
import { type Answering, Refused } from '../control/requests.ts';
import type { Log } from '../log/logger.ts';
import type { CheckResult, Monitor, Restarting } from '../monitor/monitor.ts';
import type { Overview } from '../monitor/overview.ts';
import { refusalOf } from '../monitor/process_name.ts';
import type { State } from '../state/state.ts';
import { hostClock } from '../system/clock.ts';
import { AskedWork } from './asked_work.ts';
import type { Examinations } from './examinations.ts';
import type { Reload } from './in_force.ts';
import { nothingKnown } from './nothing_known.ts';
import { knownNames, type Sources, statusReport } from './status_report.ts';

export interface OperatorParts {
  readonly log: Log;
  readonly breakers: Breakers;
  readonly monitor: Monitor;
  readonly overview: Overview;
  readonly state: State;
  readonly settings: () => Settings;
  readonly lastReload: () => Reload | undefined;
  readonly checkNow: () => Promise<CheckResult>;
  readonly restart: (name: string) => Restarting;
  readonly examinations: Examinations;
  /** Aborted: the service ends. */
  readonly stopping: AbortSignal;
}

/** A request that names more is a mistake, and an unknown name is compared with all that are known. */
const MAX_NAMES = 100;

/** What an operator may ask of the service while it runs. */
export class Operator implements Answering {
  readonly #parts: OperatorParts;
  readonly #work: AskedWork;
  readonly #startedAtMs = hostClock.nowMs();

  constructor(parts: OperatorParts) {
    this.#parts = parts;
    this.#work = new AskedWork({
      ...parts,
      check: parts.checkNow,
      restart: (name) => this.#restart(name),
    });
  }

  status(names?: readonly string[]): StatusReport {
    refuseMany(names ?? [], '');
    const sources = this.#sources();
    const known = namesWithSections(sources);
    const only = names && [...new Set(names)].filter((name) => known.has(name));
    const moment = {
      now: new Date(),
      nowMs: hostClock.nowMs(),
      startedAtMs: this.#startedAtMs,
      isStopping: this.#parts.stopping.aborted,
    };
    return statusReport(sources, moment, only);
  }

  checkNow(): void {
    this.#refuseWhenStopping();
    void this.#parts.checkNow();
  }

  check(): Ticket {
    this.#refuseWhenStopping();
    return this.#work.check();
  }

  restart(names: readonly string[]): Ticket {
    this.#refuseWhenStopping();
    return this.#work.restart(acceptable(names));
  }

  examine(names: readonly string[]): Ticket {
    this.#refuseWhenStopping();
    return this.#work.examine(acceptable(names));
  }

  report(ticket: string): object {
    return this.#work.report(ticket);
  }

  /** Resolves when nothing runs any more that only an operator waits for. */
  stop(): Promise<void> {
    return this.#work.stop();
  }

  resetBreakers(names: readonly string[] | 'all'): ResetReport {
    this.#refuseWhenStopping();
    const { breakers } = this.#parts;
    if (names === 'all') {
      return { ...this.#reset(breakers.resetAll()), unknown: [] };
    }
    refuseMany(names, ', or --all');
    const asked = [...new Set(names)];
    const known = namesWithSections(this.#sources());
    const resets = asked
      .filter((name) => known.has(name))
      .map((name): [string, Forgotten] => [name, breakers.reset(name)]);
    const unknown = asked
      .filter((name) => !known.has(name))
      .map((name) => nothingKnown(name, known));
    return { ...this.#reset(resets), unknown };
  }

  /** What they kept away is restarted by a check. */
  #reset(resets: readonly (readonly [string, Forgotten])[]): Omit<ResetReport, 'unknown'> {
    const report = this.#tell(resets);
    if (report.closed.length + report.forgotten.length > 0) {
      void this.#parts.checkNow();
    }
    return report;
  }

  #restart(name: string): Restarting {
    const { breakers, log, restart } = this.#parts;
    this.#tell([[name, breakers.reset(name)]]);
    log.info(`Restart requested for ${name}`, { event: 'restart_requested', process: name });
    return restart(name);
  }

  /** Logs what was reset, and sorts it by what that means. */
  #tell(resets: readonly (readonly [string, Forgotten])[]): Omit<ResetReport, 'unknown'> {
    const { log } = this.#parts;
    const report = { closed: [] as string[], forgotten: [] as string[], unchanged: [] as string[] };
    for (const [name, { breaker, restarts }] of resets) {
      if (breaker.state !== 'closed') {
        log.info(`Circuit breaker closed for ${name} (reset by hand)`, {
          event: 'breaker_closed',
          process: name,
        });
        report.closed.push(name);
      } else if (breaker.failures + restarts > 0) {
        log.info(`Failures and restarts forgotten for ${name} (reset by hand)`, {
          event: 'failures_forgotten',
          process: name,
        });
        report.forgotten.push(name);
      } else {
        report.unchanged.push(name);
      }
    }
    return report;
  }

  #refuseWhenStopping(): void {
    if (this.#parts.stopping.aborted) {
      throw new Refused('the service is stopping', 503);
    }
  }

  #sources(): Sources {
    const { breakers, monitor, overview, lastReload, state, settings } = this.#parts;
    const restarts = monitor.restarts();
    return { breakers, overview, restarts, lastReload: lastReload(), state, settings: settings() };
  }
}

function refuseMany(names: readonly string[], otherwise: string): void {
  if (names.length > MAX_NAMES) {
    throw new Refused(`at most ${MAX_NAMES} names at once${otherwise}`);
  }
}

/** Those that may be put into a command. @throws Refused */
function acceptable(names: readonly string[]): string[] {
  refuseMany(names, '');
  const asked = [...new Set(names)];
  for (const name of asked) {
    const reason = refusalOf(name);
    if (reason !== undefined) {
      throw new Refused(`${quoted(name)} is refused: ${reason}`);
    }
  }
  return asked;
}

/** Also those that have a section of their own, of which nothing else may be known. */
function namesWithSections(sources: Sources): ReadonlySet<string> {
  return new Set([...sources.settings.processes.keys(), ...knownNames(sources)]);
}
