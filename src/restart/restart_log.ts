import type { LogEvent } from '../log/events.ts';
import type { Strategy } from './strategy.ts';
import { type Failure, masked, type RestartContext, type Target } from './target.ts';

const NOUNS = {
  service: 'Service',
  process: 'Process',
  custom: 'Custom',
  unknown: 'Service', // it was systemd that could not be asked
} as const;
const LOGGED_LINES = 5;

/** The lines of the log about one process's restart. */
export class RestartLog {
  readonly #name: string;
  readonly #isNamed: boolean;
  readonly #context: RestartContext;

  constructor({ name, settings }: Target, context: RestartContext) {
    this.#name = name;
    this.#isNamed = settings.restart_strategy !== 'auto';
    this.#context = context;
  }

  beginning(strategy: string): void {
    this.#info(
      `Beginning restart procedure for ${this.#name} (strategy: ${strategy})`,
      'restart_begun',
    );
  }

  attempt(attempt: number, attempts: number): void {
    this.#info(`Attempt ${attempt} of ${attempts} for ${this.#name}`, 'attempt_begun');
  }

  /** What `auto` became; every other strategy was named before. */
  choice(strategy: Strategy): void {
    if (this.#isNamed) {
      return;
    }
    const reasons = [
      ...(strategy.kind === 'service' ? [strategy.unit] : []),
      ...('why' in strategy && strategy.why ? [strategy.why] : []),
    ];
    const why = reasons.length > 0 ? ` (${reasons.join(': ')})` : '';
    this.#info(`Strategy for ${this.#name}: ${strategy.kind}${why}`, 'strategy_chosen');
  }

  /** Another name leads to the same unit or program, which is not restarted twice. */
  shared(name: string): void {
    this.#info(`${this.#name} shares the restart of ${name}`, 'restart_shared');
  }

  preRestartFailed(failure: Failure): void {
    this.#failed(`Pre-restart command failed for ${this.#name}`, 'pre_restart_failed', failure);
  }

  restartFailed({ kind }: Strategy, failure: Failure): void {
    this.#failed(
      `${NOUNS[kind]} restart command failed for: ${this.#name}`,
      'restart_failed',
      failure,
    );
  }

  unhealthy({ kind }: Strategy, failure: Failure): void {
    const noun = NOUNS[kind];
    const event = 'health_check_failed';
    this.#error(
      `${noun} restart command succeeded but health check failed for: ${this.#name}`,
      event,
    );
    this.#error(`Health check for ${this.#name}: ${masked(failure.reason, this.#context)}`, event);
    this.#output(failure.output);
  }

  verified({ kind }: Strategy): void {
    const what = kind === 'service' ? 'service' : 'process';
    this.#info(`Successfully restarted and verified ${what}: ${this.#name}`, 'restart_verified');
  }

  /** An operator's stop is not undone. */
  stopped(unit: string): void {
    const message = `RESTART LOG: ${unit} was stopped while its restart was verified, ${this.#name} is left as it is`;
    this.#context.log.warning(message, { event: 'restart_interrupted', process: this.#name });
  }

  allFailed(): void {
    this.#error(`All restart attempts failed for ${this.#name}`, 'restart_gave_up');
  }

  #failed(what: string, event: LogEvent, { reason, output }: Failure): void {
    this.#error(`${what}: ${masked(reason, this.#context)}`, event);
    this.#output(output);
  }

  #output(lines: readonly string[]): void {
    // A single line is in the reason already.
    for (const line of lines.length > 1 ? lines.slice(-LOGGED_LINES) : []) {
      this.#error(`Output for ${this.#name}: ${masked(line, this.#context)}`, 'command_output');
    }
  }

  #info(message: string, event: LogEvent): void {
    this.#context.log.info(`RESTART LOG: ${message}`, { event, process: this.#name });
  }

  #error(message: string, event: LogEvent): void {
    this.#context.log.error(`RESTART LOG: ${message}`, { event, process: this.#name });
  }
}
