import { Breakers } from '../../../src/breaker/breakers.ts';
import type { Alarm, AlarmStore } from '../../../src/monitor/alarm_store.ts';
import type { Healer } from '../../../src/monitor/healing.ts';
import { Monitor } from '../../../src/monitor/monitor.ts';
import { Overview } from '../../../src/monitor/overview.ts';
import type { Outcome } from '../../../src/restart/target.ts';
import { settingsWith } from '../../monitor/fakes.ts';
import { settled } from '../../system/fake_clock.ts';
import { emptyState } from './remembered.ts';

/** How a restart ends; an error is one that nobody expected. */
export type Ending = Outcome | 'rehearsed' | 'error';

export interface Limits {
  readonly max_restart_failures: number;
  readonly circuit_reset_time: number;
  readonly max_parallel_restarts: number;
}

/** A row of the table of alarms. */
export interface Row {
  readonly id: string;
  readonly name: string | undefined;
  version: number;
  isInAlarm: boolean;
}

/** A restart that runs, until it is told how it ends. */
interface Restart {
  readonly name: string;
  readonly attempts: number;
  readonly end: (ending: Ending) => void;
}

/** What the monitor did that the table or a process notices. */
export interface Witness {
  restarts(name: string, attempts: number): void;
  looksAt(name: string): boolean;
  clears(row: Row): void;
}

/** More than there are processes. */
const MOST_TURNS = 20;

/** A monitor with a real memory, and around it a table and processes that do as they are told. */
export class MonitorWorld {
  readonly rows = new Map<string, Row>();
  running: Restart[] = [];
  limits: Limits;
  nowMs = 1_000_000;
  /** The time of day, which nothing may depend on. */
  wallMs = 1_750_000_000_000;
  database: 'up' | 'down' | 'read-only' = 'up';
  monitor: Monitor;
  breakers: Breakers;
  readonly #witness: Witness;
  readonly #remembered = emptyState();
  /** The monitor survives whatever is thrown at it, an objection of the witness too. */
  readonly #objections: unknown[] = [];

  constructor(limits: Limits, witness: Witness) {
    this.limits = limits;
    this.#witness = witness;
    [this.monitor, this.breakers] = this.#start();
  }

  /** One check, and all that follows from it without anybody's doing. */
  async check(): Promise<void> {
    const { restarts } = await this.monitor.check('');
    for (const { ended } of restarts) {
      ended.catch((error) => this.#objections.push(error)); // it promises never to reject
    }
    await this.#settle();
  }

  async end(restart: Restart, ending: Ending): Promise<void> {
    this.running = this.running.filter((each) => each !== restart);
    restart.end(ending);
    await this.#settle();
  }

  /** The service is killed and starts again; what it was doing never ends for it. */
  restartService(): void {
    this.monitor.stop(); // of the old one nothing begins any more, as it is dead
    this.running = [];
    [this.monitor, this.breakers] = this.#start();
  }

  /** The service is told to end, which lets nothing new begin, and starts again. */
  async stopService(): Promise<void> {
    this.monitor.stop();
    for (const restart of [...this.running]) {
      await this.end(restart, 'interrupted');
    }
    await this.monitor.idle();
    await this.#settle();
    this.restartService();
  }

  reboot(upMs: number): void {
    this.#remembered.reboot();
    this.nowMs = upMs;
    this.restartService();
  }

  /** Restarts begin one by one, each in a turn of its own. */
  async #settle(): Promise<void> {
    for (let turn = 0; turn === 0 || (turn < MOST_TURNS && this.#isOneToBegin()); turn++) {
      await settled();
    }
    if (this.#objections.length > 0) {
      throw this.#objections[0];
    }
  }

  #isOneToBegin(): boolean {
    const { running, waiting } = this.monitor.restarts();
    return waiting.size > 0 && running.size < this.limits.max_parallel_restarts;
  }

  #witnessed<T>(what: (witness: Witness) => T): T {
    try {
      return what(this.#witness);
    } catch (error) {
      this.#objections.push(error);
      throw error;
    }
  }

  #start(): [Monitor, Breakers] {
    const state = this.#remembered.open();
    const breakers = new Breakers(state, () => this.nowMs);
    const monitor = new Monitor({
      breakers,
      log: { debug() {}, info() {}, warning() {}, error() {} },
      overview: new Overview(() => this.nowMs),
      healed: state,
      healer: this.#healer(),
      settings: () => settingsWith({ ...this.limits }),
      store: () => this.#store(),
      now: () => new Date(this.wallMs),
      nowMs: () => this.nowMs,
      stopping: new AbortController().signal,
    });
    return [monitor, breakers];
  }

  #healer(): Healer {
    return {
      restart: ({ name }, attempts) => {
        this.#witnessed((witness) => witness.restarts(name, attempts));
        return new Promise((resolve, reject) => {
          const end = (ending: Ending) =>
            ending === 'error' ? reject(new Error('unexpected')) : resolve(ending);
          this.running.push({ name, attempts, end });
        });
      },
      isHealthy: async ({ name }) => this.#witnessed((witness) => witness.looksAt(name)),
    };
  }

  #store(): AlarmStore {
    return {
      findAlarms: async () => {
        this.#demand('down');
        return [...this.rows.values()].filter(({ isInAlarm }) => isInAlarm).map(alarmOf);
      },
      clearAlarm: async (alarm) => {
        this.#demand('down', 'read-only');
        const row = this.rows.get(alarm.id);
        if (!row?.isInAlarm || alarmOf(row).seen !== alarm.seen) {
          return false;
        }
        row.isInAlarm = false;
        this.#witnessed((witness) => witness.clears(row));
        return true;
      },
      close: async () => {},
    };
  }

  #demand(...troubles: string[]): void {
    if (troubles.includes(this.database)) {
      throw new Error(`the database is ${this.database}`);
    }
  }
}

function alarmOf({ id, name, version }: Row): Alarm {
  return { id, name, notes: '', seen: `${id} version ${version}` };
}
