import { Breakers } from '../breaker/breakers.ts';
import type { Problem } from '../configuration/problem.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Claim } from '../control/host_claim.ts';
import { openConsole } from '../log/console.ts';
import { Logger } from '../log/logger.ts';
import { CheckLoop } from '../monitor/check_loop.ts';
import { type CheckResult, Monitor } from '../monitor/monitor.ts';
import { Overview } from '../monitor/overview.ts';
import { RecipeBook } from '../restart/recipe_book.ts';
import { SharedRestarts } from '../restart/shared_restarts.ts';
import type { RestartContext } from '../restart/target.ts';
import type { State } from '../state/state.ts';
import { dateOf, hostClock } from '../system/clock.ts';
import { counted } from '../system/counted.ts';
import { Examinations } from './examinations.ts';
import { makeHealer, makeRehearser } from './healers.ts';
import { InForce, logProblems } from './in_force.ts';
import { logSettings } from './log_settings.ts';
import { openControl } from './open_control.ts';
import { Operator } from './operator.ts';
import { OwnUnit } from './own_unit.ts';
import { endInterrupted, openState } from './remembering.ts';
import { situationOf } from './status_line.ts';

export interface ServiceOptions {
  readonly file: string;
  readonly settings: Settings;
  /** What the file was warned of when they were read. */
  readonly problems: readonly Problem[];
  readonly isDryRun: boolean;
  /** To the control socket; undefined: operators can't ask this one. */
  readonly claim?: Claim | undefined;
}

/** The parts put together, and what may happen to them while they run: reload, check now, stop. */
export class Service {
  readonly #options: ServiceOptions;
  readonly #log: Logger;
  readonly #state: State;
  readonly #monitor: Monitor;
  readonly #loop: CheckLoop;
  readonly #unit: OwnUnit;
  readonly #operator: Operator;
  readonly #inForce: InForce;
  readonly #stopping = new AbortController();
  readonly #ending = new AbortController();
  #nextCheck = Promise.withResolvers<CheckResult>();

  private constructor(options: ServiceOptions, log: Logger, inForce: InForce) {
    this.#options = options;
    this.#log = log;
    this.#inForce = inForce;
    const { isDryRun } = options;
    this.#state = openState(options.settings.monitor.state_directory, log, isDryRun);
    const context = this.#restartContext();
    const breakers = new Breakers(this.#state, hostClock.nowMs);
    const overview = new Overview(hostClock.nowMs);
    const settings = () => inForce.settings;
    this.#monitor = new Monitor({
      log,
      breakers,
      overview,
      healed: this.#state,
      healer: isDryRun ? makeRehearser(context) : makeHealer(context),
      settings,
      store: () => inForce.store,
      now: () => new Date(),
      nowMs: hostClock.nowMs,
      stopping: this.#stopping.signal,
    });
    const intervalMs = () => this.#inForce.settings.monitor.check_interval * 1000;
    const lastReload = () => inForce.lastReload;
    this.#unit = new OwnUnit(log, () =>
      situationOf(overview, this.#monitor.restarting(), lastReload(), dateOf),
    );
    this.#loop = new CheckLoop(() => this.#check(), intervalMs, hostClock, this.#unit.pulse);
    this.#operator = new Operator({
      log,
      breakers,
      overview,
      lastReload,
      settings,
      monitor: this.#monitor,
      state: this.#state,
      checkNow: () => this.checkNow(),
      restart: (name) => this.#unit.restarting(this.#monitor.restartNow(name)),
      examinations: new Examinations(settings, { ...context, ending: this.#stopping.signal }),
      stopping: this.#stopping.signal,
    });
  }

  static async create(options: ServiceOptions): Promise<Service> {
    const { file, settings, isDryRun } = options;
    // The output of a dry run is what somebody asked for: nothing of it is for the journal.
    const console = openConsole(isDryRun ? {} : process.env);
    const log = new Logger(logSettings(settings.logging, isDryRun), console, () => new Date());
    log.info('Starting Process Monitor Service', { event: 'service_starting' });
    logProblems(file, options.problems, log);
    return new Service(
      options,
      log,
      await InForce.from(settings, { file, log, isDryRun, nowMs: hostClock.nowMs }),
    );
  }

  /** Checks on schedule until stopped; what runs then may finish. */
  async run(): Promise<void> {
    const { claim, settings } = this.#options;
    const path = settings.monitor.control_socket;
    const control = claim && (await openControl(path, claim, this.#operator, this.#log));
    await endInterrupted(this.#state, this.#log);
    this.#unit.use(this.#inForce.settings.database);
    await this.#loop.run();
    await Promise.all([this.#monitor.idle(), this.#operator.stop()]);
    control?.close();
    await this.#finish();
  }

  /** One check with all its restarts. Resolves to whether no alarm was left. */
  async runOnce(): Promise<boolean> {
    await endInterrupted(this.#state, this.#log);
    const { isRead, leftAlone, restarts } = await this.#monitor.check('');
    const endings = await Promise.all(restarts.map(({ ended }) => ended));
    await this.#finish();
    return isRead && leftAlone === 0 && endings.every(({ left }) => left === 0);
  }

  /** A signal, which is obeyed next. */
  received(signal: NodeJS.Signals): void {
    this.#log.debug(() => `Received ${signal}`, { event: 'signal_received' });
  }

  /** Resolves with the result of a check that begins after this call. */
  checkNow(): Promise<CheckResult> {
    this.#loop.checkNow();
    return this.#nextCheck.promise;
  }

  /** Reads the configuration again, and opens the log anew. An invalid one changes nothing. */
  async reload(): Promise<void> {
    this.#log.reopen();
    if (await this.#inForce.reload()) {
      this.#unit.use(this.#inForce.settings.database);
      this.#monitor.reconfigured();
      this.#loop.reschedule();
      this.#log.info('Configuration reloaded', { event: 'config_reloaded' });
    }
    this.#unit.tellSituation();
  }

  /** Lets nothing new begin. What runs may finish, for as long as its restart_timeout. */
  stop(): void {
    this.#log.info('Stopping Process Monitor Service', { event: 'service_stopping' });
    const limitMs = this.#monitor.longestRestartTimeout() * 1000;
    setTimeout(() => this.#ending.abort(), limitMs).unref();
    this.#unit.stopping(limitMs, this.#inForce.settings.database);
    this.#stopping.abort();
    this.#monitor.stop();
    this.#loop.stop();
  }

  async #check(): Promise<void> {
    const { resolve } = this.#nextCheck;
    this.#nextCheck = Promise.withResolvers();
    const seconds = this.#inForce.settings.monitor.check_interval;
    const result = await this.#monitor.check(` (next try in ${counted(seconds, 'second')})`);
    this.#unit.checked(result);
    resolve(result);
  }

  async #finish(): Promise<void> {
    await this.#monitor.idle();
    await this.#inForce.store.close();
    this.#state.close();
    await this.#unit.idle();
    this.#log.close();
  }

  #restartContext(): RestartContext {
    return {
      log: this.#log,
      recorder: this.#state,
      clock: hostClock,
      recipes: new RecipeBook(),
      shared: new SharedRestarts(),
      stopping: this.#stopping.signal,
      ending: this.#ending.signal,
      secrets: () => [this.#inForce.settings.database.password],
    };
  }
}
