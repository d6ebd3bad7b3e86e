import { isError, logLineOf, type Problem } from '../configuration/problem.ts';
import { readConfiguration } from '../configuration/read.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Logger } from '../log/logger.ts';
import type { AlarmStore } from '../monitor/alarm_store.ts';
import { logSettings } from './log_settings.ts';
import { openLoggedStore } from './open_logged_store.ts';

/** A reload, at that time since the boot. */
export interface Reload {
  readonly atMs: number;
  /** The first thing that is wrong with the file; undefined: it is in force. */
  readonly refusal: string | undefined;
}

export interface InForceOptions {
  readonly file: string;
  readonly log: Logger;
  readonly isDryRun: boolean;
  readonly nowMs: () => number;
}

/** The settings in force and the store that they lead to. A reload replaces both, or neither. */
export class InForce {
  readonly #options: InForceOptions;
  /** Some settings count from the start of the service to its end. */
  readonly #first: Settings;
  #settings: Settings;
  #store: AlarmStore;
  #lastReload: Reload | undefined;

  private constructor(options: InForceOptions, settings: Settings, store: AlarmStore) {
    this.#options = options;
    this.#first = settings;
    this.#settings = settings;
    this.#store = store;
  }

  /** The settings that the service starts with. */
  static async from(settings: Settings, options: InForceOptions): Promise<InForce> {
    return new InForce(options, settings, await openLoggedStore(settings.database, options));
  }

  get settings(): Settings {
    return this.#settings;
  }

  get store(): AlarmStore {
    return this.#store;
  }

  /** Undefined before the first. */
  get lastReload(): Reload | undefined {
    return this.#lastReload;
  }

  /** Reads the file again. False: it is refused, and all stays as it was. */
  async reload(): Promise<boolean> {
    const { file, log, nowMs } = this.#options;
    const { settings, problems } = readConfiguration(file, 'thorough');
    logProblems(file, problems, log);
    const first = settings ? undefined : problems.find(isError);
    this.#lastReload = { atMs: nowMs(), refusal: first && logLineOf(file, first) };
    if (!settings) {
      const about = { event: 'config_refused' } as const;
      log.error('Configuration not reloaded, the running settings stay', about);
      return false;
    }
    await this.#take(settings);
    return true;
  }

  async #take(settings: Settings): Promise<void> {
    const { log, isDryRun } = this.#options;
    const before = this.#settings;
    this.#settings = settings;
    log.configure(logSettings(settings.logging, isDryRun));
    if (JSON.stringify(settings.database) !== JSON.stringify(before.database)) {
      const next = await openLoggedStore(settings.database, this.#options);
      void this.#store.close();
      this.#store = next;
    }
    for (const key of ['state_directory', 'control_socket'] as const) {
      if (settings.monitor[key] !== this.#first.monitor[key]) {
        log.warning(`[monitor] ${key} takes effect when the service is restarted`, {
          event: 'config_needs_restart',
        });
      }
    }
  }
}

/** Logs what is wrong with the configuration. */
export function logProblems(file: string, problems: readonly Problem[], log: Logger): void {
  for (const problem of problems) {
    const line = logLineOf(file, problem);
    const about = { event: 'config_problem' } as const;
    isError(problem) ? log.error(line, about) : log.warning(line, about);
  }
}
