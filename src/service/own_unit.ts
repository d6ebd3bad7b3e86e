import { lockLimits } from '../alarms/lock_limits.ts';
import type { DatabaseSettings } from '../configuration/keys.ts';
import type { Log } from '../log/logger.ts';
import type { Pulse } from '../monitor/check_loop.ts';
import type { CheckResult, Restarting } from '../monitor/monitor.ts';
import { hostClock } from '../system/clock.ts';
import { ServiceManager } from '../system/service_manager.ts';
import { lineFor, type Situation } from './status_line.ts';

/** From the end of the last restart to the end of the service, at most. */
const TIDY_UP_MS = 10_000;

/** What systemd hears of the service that it runs. */
export class OwnUnit {
  readonly #manager: ServiceManager;
  readonly #situation: () => Situation;

  constructor(log: Log, situation: () => Situation) {
    this.#manager = new ServiceManager(process.env, hostClock, (reason) =>
      log.warning(`systemd could not be told: ${reason}`, { event: 'systemd_not_told' }),
    );
    this.#situation = situation;
  }

  /** Feeds the watchdog. */
  get pulse(): Pulse {
    return this.#manager;
  }

  /** With these settings a check may take its time. */
  use(database: DatabaseSettings): void {
    this.#manager.allowBusy(longestCheckMs(database));
  }

  /** A check is over: the service is ready, if it was not before. */
  checked({ restarts }: CheckResult): void {
    this.tellSituation();
    this.#manager.ready();
    for (const { ended } of restarts) {
      void ended.then(() => this.tellSituation());
    }
  }

  /** A person asked for a restart. */
  restarting(restart: Restarting): Restarting {
    this.tellSituation();
    void restart.ended.then(() => this.tellSituation());
    return restart;
  }

  /** Something changed in what the one line for `systemctl status` is made of. */
  tellSituation(): void {
    this.#manager.status(lineFor(this.#situation()));
  }

  /** The service ends, once its restarts have, which may take them as long as this. */
  stopping(restartsMs: number, database: DatabaseSettings): void {
    this.#manager.stopping(restartsMs + longestCheckMs(database) + TIDY_UP_MS);
  }

  /** Resolves when all is told. */
  idle(): Promise<void> {
    return this.#manager.idle();
  }
}

/** A check waits for one statement of somebody else, connects anew, and makes its own. */
function longestCheckMs({ connect_timeout, query_timeout }: DatabaseSettings): number {
  const { writeSeconds } = lockLimits(query_timeout);
  return (2 * connect_timeout + 5 * query_timeout + writeSeconds) * 1000;
}
