import type { BreakerLimits } from '../breaker/breaker.ts';
import type { Breakers } from '../breaker/breakers.ts';
import { type Settings, settingsOf } from '../configuration/settings.ts';
import type { Log } from '../log/logger.ts';
import type { Outcome } from '../restart/restart.ts';
import type { Target } from '../restart/target.ts';
import { AlarmMemory } from './alarm_memory.ts';
import type { Alarm, AlarmStore } from './alarm_store.ts';
import type { HealedAlarms } from './healed_alarms.ts';
import { type Plan, planCheck, type Task } from './plan.ts';
import { RestartPool } from './restart_pool.ts';

/** How the monitor acts on a process. */
export interface Healer {
  /** `rehearsed`: nothing was done, as nothing was to be done. */
  restart(target: Target, attempts: number): Promise<Outcome | 'rehearsed'>;
  isHealthy(target: Target): Promise<boolean>;
}

export interface MonitorParts {
  readonly log: Log;
  readonly breakers: Breakers;
  readonly healed: HealedAlarms;
  readonly healer: Healer;
  /** Asked for anew each time, as a reload may change them. */
  readonly settings: () => Settings;
  readonly store: () => AlarmStore;
  readonly now: () => Date;
}

export interface CheckResult {
  /** False: the database could not be read. */
  readonly isRead: boolean;
  /** Alarms that no restart is made for. */
  readonly leftAlone: number;
  /** Each tells, when it has ended, whether all its alarms were cleared. */
  readonly restarts: readonly Promise<boolean>[];
}

/** Finds the processes in alarm, has them restarted, and clears the alarms of the verified ones. */
export class Monitor {
  readonly #parts: MonitorParts;
  readonly #pool: RestartPool;
  readonly #memory: AlarmMemory;
  readonly #running = new Set<Target>();
  #isDatabaseDown = false;

  constructor(parts: MonitorParts) {
    this.#parts = parts;
    this.#pool = new RestartPool(() => parts.settings().monitor.max_parallel_restarts);
    this.#memory = new AlarmMemory(parts.healed);
  }

  /** One check. Waits for no restart. `retry` completes the message about a database that can't be read. */
  async check(retry: string): Promise<CheckResult> {
    const alarms = await this.#findAlarms(retry);
    if (!alarms) {
      return { isRead: false, leftAlone: 0, restarts: [] };
    }
    this.#memory.keepOnly(alarms);
    const plan = planCheck(alarms, {
      isBusy: (name) => this.#pool.has(name),
      admit: (name) => this.#parts.breakers.admit(name, this.#breakerLimits()),
      isHealed: (alarm) => this.#memory.isHealed(alarm),
    });
    this.#tell(plan);
    const { withoutProcess, refused, heldOff } = plan;
    return {
      isRead: true,
      leftAlone: withoutProcess.length + refused.length + heldOff.length,
      restarts: plan.tasks.map((task) => this.#handle(task)),
    };
  }

  /** Lets no new restart begin. */
  stop(): void {
    this.#pool.close();
  }

  /** The longest that one of the running restarts may take, in seconds; 0 where none runs. */
  longestRestartTimeout(): number {
    return Math.max(0, ...[...this.#running].map(({ settings }) => settings.restart_timeout));
  }

  async #findAlarms(retry: string): Promise<readonly Alarm[] | undefined> {
    const { log, store } = this.#parts;
    try {
      const alarms = await store().findAlarms();
      if (this.#isDatabaseDown) {
        log.info('Database connection restored');
      }
      this.#isDatabaseDown = false;
      return alarms;
    } catch (error) {
      this.#isDatabaseDown = true;
      log.error(`Database check failed: ${(error as Error).message}${retry}`);
      return undefined;
    }
  }

  #tell(plan: Plan): void {
    const { log } = this.#parts;
    for (const { id } of this.#memory.onlyNew(plan.withoutProcess)) {
      log.warning(`Alarm without a process: ID ${id} is in STATUS_PROCESS but not in PROCESE`);
    }
    const refusedAlarms = plan.refused.map(({ alarm }) => alarm);
    const newlyRefused = new Set(this.#memory.onlyNew(refusedAlarms));
    for (const { alarm, name, reason } of plan.refused.filter((row) =>
      newlyRefused.has(row.alarm),
    )) {
      const shown = name.length > 120 ? `${name.slice(0, 120)}…` : name;
      log.error(`Process name refused: "${shown}" (ID: ${alarm.id}): ${reason}`);
    }
    for (const { name, alarms, leftMs } of plan.heldOff) {
      this.#tellFound(name, alarms);
      const left = Math.ceil(leftMs / 1000);
      log.warning(`Circuit breaker open for ${name}, skipping restart (${left} seconds left)`);
    }
    for (const { name, id } of plan.busy) {
      log.debug(`Restart of ${name} (ID: ${id}) is under way`);
    }
    for (const { name, alarms } of plan.tasks) {
      this.#tellFound(name, alarms);
    }
  }

  #tellFound(name: string, alarms: readonly Alarm[]): void {
    for (const { id } of alarms) {
      this.#parts.log.info(`Found process in alarm: ${name} (ID: ${id})`);
    }
  }

  /** Resolves to whether all alarms of the task were cleared. Never rejects. */
  async #handle(task: Task): Promise<boolean> {
    const cleared = await this.#pool.run(task.name, async () => {
      const target = { name: task.name, settings: settingsOf(this.#parts.settings(), task.name) };
      this.#running.add(target);
      try {
        return (await this.#heal(task, target)) && (await this.#clear(task));
      } catch (error) {
        this.#parts.breakers.abandon(task.name);
        this.#parts.log.error(`Restart of ${task.name} failed: ${(error as Error).message}`);
        return false;
      } finally {
        this.#running.delete(target);
      }
    });
    return cleared === true;
  }

  /** Resolves to whether the process is verified. */
  async #heal(task: Task, target: Target): Promise<boolean> {
    const { breakers, healer, log } = this.#parts;
    if (task.isHealed && (await healer.isHealthy(target))) {
      return true;
    }
    const isTrial = task.breaker.state === 'half-open';
    if (isTrial) {
      log.info(`Circuit breaker half-open for ${task.name}, trying one restart`);
    }
    breakers.begin(task.name, task.breaker);
    const outcome = await healer.restart(target, isTrial ? 1 : target.settings.max_attempts);
    this.#tellBreaker(task.name, outcome);
    return outcome === 'verified';
  }

  #tellBreaker(name: string, outcome: Outcome | 'rehearsed'): void {
    const { breakers, log } = this.#parts;
    if (outcome === 'verified') {
      if (breakers.succeeded(name) === 'closed') {
        log.info(`Circuit breaker closed for ${name}`);
      }
    } else if (outcome === 'failed') {
      if (breakers.failed(name, this.#breakerLimits()) === 'opened') {
        const { failures } = breakers.of(name);
        log.warning(`Circuit breaker opened for ${name} after ${failures} failures`);
      }
    } else {
      breakers.abandon(name);
    }
  }

  async #clear(task: Task): Promise<boolean> {
    const results: boolean[] = [];
    for (const alarm of task.alarms) {
      results.push(await this.#clearOne(task.name, alarm));
    }
    return results.every((isCleared) => isCleared);
  }

  async #clearOne(name: string, alarm: Alarm): Promise<boolean> {
    const { log, store, now } = this.#parts;
    try {
      if (await store().clearAlarm(alarm, now())) {
        this.#memory.forgetHealed(alarm);
        log.info(`Alarm cleared for ${name} (ID: ${alarm.id})`);
        return true;
      }
      log.warning(
        `Alarm for ${name} (ID: ${alarm.id}) was changed meanwhile, the next check handles it`,
      );
    } catch (error) {
      if (this.#memory.rememberHealed(alarm)) {
        log.error(
          `Alarm for ${name} (ID: ${alarm.id}) could not be cleared: ${(error as Error).message}`,
        );
      }
    }
    return false;
  }

  #breakerLimits(): BreakerLimits {
    const { max_restart_failures, circuit_reset_time } = this.#parts.settings().monitor;
    return { maxFailures: max_restart_failures, resetMs: circuit_reset_time * 1000 };
  }
}
