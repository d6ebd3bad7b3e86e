import { counted } from '../system/counted.ts';
import { AlarmMemory } from './alarm_memory.ts';
import { type Alarm, MAX_ALARMS } from './alarm_store.ts';
import type { HealedAlarms } from './healed_alarms.ts';
import { breakerLimits, type Ended, Healing, type HealingParts } from './healing.ts';
import { SHOWN_NAME_LENGTH } from './overview.ts';
import { type Plan, planCheck, type Task } from './plan.ts';
import { RestartPool } from './restart_pool.ts';

export interface MonitorParts extends HealingParts {
  readonly healed: HealedAlarms;
}

export interface CheckResult {
  /** False: the database could not be read. */
  readonly isRead: boolean;
  /** Alarms that no restart is made for. */
  readonly leftAlone: number;
  readonly restarts: readonly Restarting[];
  /** Those of processes in alarm that were under way already. */
  readonly joined: readonly Restarting[];
}

/** A restart that is under way. */
export interface Restarting {
  readonly name: string;
  readonly ended: Promise<Ended>;
}

/** Finds the processes in alarm, has them restarted, and clears the alarms of the verified ones. */
export class Monitor {
  readonly #parts: MonitorParts;
  readonly #pool: RestartPool;
  readonly #memory: AlarmMemory;
  readonly #healing: Healing;
  readonly #underWay = new Map<string, Promise<Ended>>();

  constructor(parts: MonitorParts) {
    this.#parts = parts;
    this.#pool = new RestartPool(() => parts.settings().monitor.max_parallel_restarts);
    this.#memory = new AlarmMemory(parts.healed);
    this.#healing = new Healing(parts, this.#memory);
  }

  /** One check. Waits for no restart. `retry` completes the message about a database that can't be read. */
  async check(retry: string): Promise<CheckResult> {
    const alarms = await this.#findAlarms(retry);
    if (!alarms) {
      return { isRead: false, leftAlone: 0, restarts: [], joined: [] };
    }
    const { breakers, settings, overview } = this.#parts;
    this.#memory.keepOnly(alarms);
    this.#tellNumber(alarms.length);
    const plan = planCheck(alarms, {
      isBusy: (name) => this.#pool.has(name),
      admit: (name) => breakers.admit(name, breakerLimits(settings())),
      isHealed: (alarm) => this.#memory.isHealed(alarm),
    });
    overview.found(plan);
    this.#tell(plan);
    const { withoutProcess, refused, heldOff } = plan;
    return {
      isRead: true,
      leftAlone: withoutProcess.length + refused.length + heldOff.length,
      joined: this.#underWayFor(plan.busy),
      restarts: plan.tasks.map((task) => this.#handle(task)),
    };
  }

  /** Restarts a process because a person asks for it, or joins its restart that is under way. */
  restartNow(name: string): Restarting {
    const ended = this.#underWay.get(name);
    if (ended) {
      return { name, ended };
    }
    const breaker = this.#parts.breakers.of(name);
    return this.#handle({ name, alarms: undefined, breaker, isHealed: false });
  }

  /** The processes whose restart runs, and those whose restart waits for its turn. */
  restarts(): { readonly running: ReadonlySet<string>; readonly waiting: ReadonlySet<string> } {
    const running = new Set(this.#healing.runningNames());
    const waiting = this.#pool.names().filter((name) => !running.has(name));
    return { running, waiting: new Set(waiting) };
  }

  /** Resolves when no restart runs any more. */
  idle(): Promise<void> {
    return this.#pool.idle();
  }

  /** The settings are others: more restarts may be allowed at a time. */
  reconfigured(): void {
    this.#pool.resized();
  }

  /** Lets no new restart begin. */
  stop(): void {
    this.#pool.close();
  }

  /** The processes whose restart runs or waits for its turn. */
  restarting(): readonly string[] {
    return this.#pool.names();
  }

  /** The longest that one of the running restarts may take, in seconds; 0 where none runs. */
  longestRestartTimeout(): number {
    return this.#healing.longestRestartTimeout();
  }

  async #findAlarms(retry: string): Promise<readonly Alarm[] | undefined> {
    const { log, overview, store, stopping } = this.#parts;
    overview.checkBegins();
    try {
      const alarms = await store().findAlarms(stopping);
      if (overview.database.state === 'down') {
        log.info('Database connection restored', { event: 'database_restored' });
      }
      overview.databaseAnswers();
      return alarms;
    } catch (error) {
      if (stopping.aborted) {
        return undefined; // the service ends: nobody waits for the answer any more
      }
      const reason = (error as Error).message;
      overview.databaseFails(reason);
      log.error(`Database check failed: ${reason}${retry}`, { event: 'database_failed' });
      return undefined;
    }
  }

  #tellNumber(alarms: number): void {
    const { log } = this.#parts;
    if (alarms === 0) {
      log.info('Database check: no process in alarm', { event: 'no_alarm' });
    } else if (alarms >= MAX_ALARMS) {
      log.warning(`${MAX_ALARMS} alarms or more: only those with the lowest IDs are handled`, {
        event: 'too_many_alarms',
      });
    }
  }

  #tell(plan: Plan): void {
    const { log } = this.#parts;
    for (const { id } of plan.withoutProcess.filter((alarm) => this.#memory.isNew(alarm))) {
      log.warning(`Alarm without a process: ID ${id} is in STATUS_PROCESS but not in PROCESE`, {
        event: 'alarm_without_process',
      });
    }
    for (const { alarm, name, reason } of plan.refused.filter((row) =>
      this.#memory.isNew(row.alarm),
    )) {
      const cut = name.slice(0, SHOWN_NAME_LENGTH);
      const shown = cut === name ? name : `${cut}…`;
      log.error(`Process name refused: "${shown}" (ID: ${alarm.id}): ${reason}`, {
        event: 'name_refused',
        process: shown,
      });
    }
    for (const { name, alarms, leftMs } of plan.heldOff) {
      this.#tellFound(name, alarms);
      const left = Math.ceil(leftMs / 1000);
      log.warning(
        `Circuit breaker open for ${name}, skipping restart (${counted(left, 'second')} left)`,
        {
          event: 'breaker_holds',
          process: name,
        },
      );
    }
    for (const { name, id } of plan.busy) {
      log.debug(() => `Restart of ${name} (ID: ${id}) is under way`, {
        event: 'restart_under_way',
        process: name,
      });
    }
    for (const { name, alarms } of plan.tasks) {
      this.#tellFound(name, alarms);
    }
  }

  #underWayFor(alarms: readonly Alarm[]): Restarting[] {
    const names = new Set(alarms.map(({ name }) => name));
    return [...this.#underWay]
      .filter(([name]) => names.has(name))
      .map(([name, ended]) => ({ name, ended }));
  }

  #handle(task: Task): Restarting {
    const { name } = task;
    const ended = this.#carryOut(task).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, ended);
    return { name, ended };
  }

  async #carryOut(task: Task): Promise<Ended> {
    const sinceMs = this.#parts.nowMs();
    const work = () => this.#healing.carryOut(task, sinceMs);
    const ended = (await this.#pool.run(task.name, work)) ?? {
      outcome: 'not begun',
      cleared: 0,
      left: task.alarms?.length,
    };
    if (ended.left === 0) {
      this.#parts.overview.cleared(task.name);
    }
    return ended;
  }

  #tellFound(name: string, alarms: readonly Alarm[]): void {
    for (const { id } of alarms) {
      this.#parts.log.info(`Found process in alarm: ${name} (ID: ${id})`, {
        event: 'alarm_found',
        process: name,
      });
    }
  }
}
