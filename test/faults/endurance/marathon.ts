import { existsSync, readdirSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { KeptDatabase } from '../../../src/state/kept_database.ts';
import { State } from '../../../src/state/state.ts';
import { HEALS_AT_ONCE } from '../../service/stage.ts';
import { type FaultyProxy, startProxy } from '../../support/proxy.ts';
import type { Service } from '../../support/service.ts';
import { waitFor } from '../../support/wait.ts';
import { Fleet } from '../fleet.ts';

/** Those that heal; their ids count from 1. */
export const HEALING = 10_000;
/** The id and the name of one that nothing heals. */
export const BROKEN = { id: HEALING + 1, name: 'broken' };
/** The largest that a reload sets, in KB, and how many such files there may be at a time. */
export const LARGEST_LOG_KB = 256;
export const LOG_FILES = 3;
/** As many attempts as a service keeps. */
const MOST_ATTEMPTS = 10_000;

/** As often as a timer of Node's goes off. */
const PACE_MS = 1;

/** A service that checks again as soon as it has checked, for as long as one likes. */
export class Marathon {
  readonly fleet: Fleet;
  readonly proxy: FaultyProxy;
  #service: Service | undefined;
  #run: Promise<void> | undefined;
  #isPaused = false;
  #interval = 10_000;

  private constructor(fleet: Fleet, proxy: FaultyProxy) {
    this.fleet = fleet;
    this.proxy = proxy;
  }

  static async open(): Promise<Marathon> {
    const names = Array.from({ length: HEALING }, (_, index) => `shop@${index + 1}`);
    const fleet = await Fleet.open([...names, BROKEN.name]);
    const { host, port } = fleet.server;
    const marathon = new Marathon(fleet, await startProxy({ host, port }));
    marathon.configure(LARGEST_LOG_KB);
    fillHistory(fleet.scene.space.path('state'));
    marathon.#service = await fleet.scene.start();
    await waitFor('the service to answer', () => fleet.status().catch(() => undefined));
    return marathon;
  }

  get service(): Service {
    return this.#service as Service;
  }

  /** Writes a configuration that no one before was equal to; its interval is returned, by which it is known. */
  configure(logKb: number, more: Record<string, string | number> = {}): number {
    this.#interval += 1;
    this.fleet.scene.configure({
      address: { ...this.fleet.account, port: this.proxy.port },
      database: { query_timeout: 5, connect_timeout: 5, ...more },
      monitor: { check_interval: this.#interval, max_restart_failures: 2 },
      logging: { max_log_size: logKb, log_files_to_keep: LOG_FILES - 1 },
      processes: {
        default: { ...HEALS_AT_ONCE, max_attempts: 1 },
        [BROKEN.name]: { restart_command: 'false' },
      },
    });
    return this.#interval;
  }

  /** Has the service check without a pause, from now on. */
  go(): void {
    this.#isPaused = false;
    this.#run ??= this.#keepGoing();
  }

  /** Once it is connected and nothing is under way any more. */
  async rest(): Promise<void> {
    this.#isPaused = true;
    await this.#run;
    this.#run = undefined;
    await this.checkOnce();
    await waitFor('the service to rest', async () => {
      const { checks, database, alarms, restarts } = await this.fleet.status();
      const isIdle = !checks.running && restarts.running + restarts.waiting === 0;
      const { length } = await this.fleet.scene.connections();
      return isIdle && alarms === 0 && database.state === 'connected' && length === 1;
    });
  }

  /** A check that began after this was asked, and ended. */
  async checkOnce(): Promise<void> {
    const before = await this.fleet.checks();
    await waitFor('one more check', async () => {
      this.service.signal('SIGUSR1');
      return (await this.fleet.checks()) > before + 1;
    });
  }

  /** The sizes of the log and of what was rotated, and of state.db and its log, in KB. */
  files(): { readonly logs: readonly number[]; readonly state: number; readonly wal: number } {
    const { space } = this.fleet.scene;
    const logs = readdirSync(space.path()).filter((name) => name.startsWith('monitor_service.log'));
    return {
      logs: logs.map((name) => sizeOf(space.path(name))),
      state: sizeOf(space.path('state/state.db')),
      wal: sizeOf(space.path('state/state.db-wal')),
    };
  }

  async close(): Promise<void> {
    this.#isPaused = true;
    await this.#run;
    await this.fleet.close();
    await this.proxy.close();
  }

  async #keepGoing(): Promise<void> {
    while (!this.#isPaused) {
      this.service.signal('SIGUSR1');
      await sleep(PACE_MS);
    }
  }
}

/** With all the attempts that a service keeps, so that each further one has an old one dropped. */
function fillHistory(directory: string): void {
  const onTrouble = (message: string) => {
    throw new Error(message);
  };
  const kept = new KeptDatabase(directory, onTrouble);
  kept.use((database) => database.exec('PRAGMA synchronous = OFF; BEGIN'));
  const state = new State(kept, {
    bootId: 'another',
    service: 'one before',
    now: () => new Date(),
    onTrouble,
  });
  for (let number = 1; number <= MOST_ATTEMPTS; number++) {
    const attempt = { name: `shop@${number}`, strategy: 'custom', attempt: 1, command: 'true' };
    state.begin(attempt).end({ outcome: 'verified', durationMs: 1 });
  }
  kept.use((database) => database.exec('COMMIT'));
  state.close();
}

function sizeOf(file: string): number {
  return existsSync(file) ? Math.ceil(statSync(file).size / 1024) : 0;
}
