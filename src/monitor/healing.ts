import type { BreakerLimits } from '../breaker/breaker.ts';
import type { Breakers } from '../breaker/breakers.ts';
import type { RestartLimits } from '../breaker/restarts.ts';
import type { ProcessSettings } from '../configuration/keys.ts';
import { type Settings, settingsOf } from '../configuration/settings.ts';
import type { Log } from '../log/logger.ts';
import type { Occasion } from '../restart/restart.ts';
import type { Outcome, Target } from '../restart/target.ts';
import { counted } from '../system/counted.ts';
import type { AlarmMemory } from './alarm_memory.ts';
import type { Alarm, AlarmStore } from './alarm_store.ts';
import type { Overview } from './overview.ts';
import type { Task } from './plan.ts';

/** How the monitor acts on a process. */
export interface Healer {
  /** `rehearsed`: nothing was done, as nothing was to be done. */
  restart(target: Target, attempts: number, occasion: Occasion): Promise<Outcome | 'rehearsed'>;
  isHealthy(target: Target): Promise<boolean>;
}

export interface HealingParts {
  readonly log: Log;
  readonly breakers: Breakers;
  readonly healer: Healer;
  /** Told of every check, and of what became of it. */
  readonly overview: Overview;
  /** Asked for anew each time, as a reload may change them. */
  readonly settings: () => Settings;
  readonly store: () => AlarmStore;
  readonly now: () => Date;
  /** Milliseconds of the clock that restarts are made by. */
  readonly nowMs: () => number;
  /** Aborted: the service ends. */
  readonly stopping: AbortSignal;
}

/** What came of one restart. */
export interface Ended {
  /** `not begun`: the service is stopping. `held off`: it would have been one restart too many. */
  readonly outcome: Outcome | 'rehearsed' | 'not begun' | 'held off';
  /** How many alarms of the process were cleared. */
  readonly cleared: number;
  /** How many of them stay; undefined: the database could not be read. */
  readonly left: number | undefined;
}

/** How long a restart that a person asked for waits for the database, which may be what is to be restarted. */
const LOOK_LIMIT_MS = 3000;

/** When open breakers open and how long they stay so, as it is set now. */
export function breakerLimits({ monitor }: Settings): BreakerLimits {
  return { maxFailures: monitor.max_restart_failures, resetMs: monitor.circuit_reset_time * 1000 };
}

/** How many restarts of a process within which time are too many, as it is set now. */
export function restartLimits({ max_restarts, restart_window }: ProcessSettings): RestartLimits {
  return { maxRestarts: max_restarts, windowMs: restart_window * 1000 };
}

/** Carries out a task: has the process restarted, tells its breaker, clears its alarms once it is verified. */
export class Healing {
  readonly #parts: HealingParts;
  readonly #memory: AlarmMemory;
  readonly #running = new Set<Target>();

  constructor(parts: HealingParts, memory: AlarmMemory) {
    this.#parts = parts;
    this.#memory = memory;
  }

  /** Of the processes whose restart runs. */
  runningNames(): string[] {
    return [...this.#running].map(({ name }) => name);
  }

  /** The longest that one of the running restarts may take, in seconds; 0 where none runs. */
  longestRestartTimeout(): number {
    return Math.max(0, ...[...this.#running].map(({ settings }) => settings.restart_timeout));
  }

  /** `sinceMs`: when the restart was first wanted. Never rejects. */
  async carryOut(task: Task, sinceMs: number): Promise<Ended> {
    const { breakers, log, settings } = this.#parts;
    const target = { name: task.name, settings: settingsOf(settings(), task.name) };
    this.#running.add(target);
    try {
      const seen = task.alarms ?? (await this.#alarmsOf(task.name));
      const outcome = await this.#heal(task, target, sinceMs);
      if (outcome !== 'verified') {
        return { outcome, cleared: 0, left: seen?.length };
      }
      // Not seen before: what restarted may be the database, which answers now.
      const alarms = seen ?? (await this.#alarmsOf(task.name));
      return { outcome, ...(await this.#clear(task.name, alarms)) };
    } catch (error) {
      breakers.abandon(task.name);
      log.error(`Restart of ${task.name} failed: ${(error as Error).message}`, {
        event: 'restart_error',
        process: task.name,
      });
      return { outcome: 'failed', cleared: 0, left: task.alarms?.length };
    } finally {
      this.#running.delete(target);
    }
  }

  async #heal(task: Task, target: Target, sinceMs: number): Promise<Ended['outcome']> {
    const { breakers, healer, log } = this.#parts;
    if (task.isHealed && (await healer.isHealthy(target))) {
      return 'verified';
    }
    const limits = restartLimits(target.settings);
    const isAsked = task.alarms === undefined;
    if (!isAsked && this.#isOneTooMany(task.name, limits)) {
      return 'held off';
    }
    const isTrial = task.breaker.state === 'half-open';
    if (isTrial) {
      log.info(`Circuit breaker half-open for ${task.name}, trying one restart`, {
        event: 'breaker_half_open',
        process: task.name,
      });
    }
    breakers.begin(task.name, task.breaker);
    const attempts = isTrial ? 1 : target.settings.max_attempts;
    const onRestart = () => {
      if (!isAsked) {
        breakers.restarted(task.name, limits); // what a person wants is no sign of a crash loop
      }
    };
    const outcome = await healer.restart(target, attempts, { sinceMs, onRestart });
    this.#tellBreaker(task.name, outcome);
    return outcome;
  }

  /** Restarts that are verified and do not last would go on for ever. */
  #isOneTooMany(name: string, limits: RestartLimits): boolean {
    const { breakers, log } = this.#parts;
    const restarts = breakers.limit(name, limits);
    if (restarts === 0) {
      return false;
    }
    const many = counted(restarts, 'restart');
    const seconds = counted(limits.windowMs / 1000, 'second');
    log.warning(`Circuit breaker opened for ${name} after ${many} within ${seconds}`, {
      event: 'breaker_opened',
      process: name,
    });
    return true;
  }

  #tellBreaker(name: string, outcome: Outcome | 'rehearsed'): void {
    const { breakers, log, settings } = this.#parts;
    switch (outcome) {
      case 'verified':
        if (breakers.succeeded(name) === 'closed') {
          log.info(`Circuit breaker closed for ${name}`, {
            event: 'breaker_closed',
            process: name,
          });
        }
        return;
      case 'failed':
        if (breakers.failed(name, breakerLimits(settings())) === 'opened') {
          const { failures } = breakers.of(name);
          const many = counted(failures, 'failure');
          log.warning(`Circuit breaker opened for ${name} after ${many}`, {
            event: 'breaker_opened',
            process: name,
          });
        }
        return;
      default:
        breakers.abandon(name);
    }
  }

  /** The alarms of a process that stand now; undefined: the database does not answer in time. */
  async #alarmsOf(name: string): Promise<readonly Alarm[] | undefined> {
    const { store, stopping } = this.#parts;
    const limit = AbortSignal.any([stopping, AbortSignal.timeout(LOOK_LIMIT_MS)]);
    try {
      const alarms = await store().findAlarms(limit);
      return alarms.filter((alarm) => alarm.name === name);
    } catch {
      return undefined; // the next check logs why
    }
  }

  async #clear(
    name: string,
    alarms: readonly Alarm[] | undefined,
  ): Promise<Pick<Ended, 'cleared' | 'left'>> {
    let cleared = 0;
    for (const alarm of alarms ?? []) {
      cleared += (await this.#clearOne(name, alarm)) ? 1 : 0;
    }
    return { cleared, left: alarms && alarms.length - cleared };
  }

  async #clearOne(name: string, alarm: Alarm): Promise<boolean> {
    const { log, overview, store, now } = this.#parts;
    const which = `${name} (ID: ${alarm.id})`;
    try {
      if (await store().clearAlarm(alarm, now())) {
        this.#memory.forgetHealed(alarm);
        log.info(`Alarm cleared for ${which}`, { event: 'alarm_cleared', process: name });
        return true;
      }
      log.warning(`Alarm for ${which} was changed meanwhile, the next check handles it`, {
        event: 'alarm_changed',
        process: name,
      });
    } catch (error) {
      const reason = (error as Error).message;
      overview.notCleared(name, reason);
      if (this.#memory.rememberHealed(alarm)) {
        log.error(`Alarm for ${which} could not be cleared: ${reason}`, {
          event: 'alarm_not_cleared',
          process: name,
        });
      }
    }
    return false;
  }
}
