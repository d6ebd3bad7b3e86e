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
  readonly #context: RestartContext;

  constructor({ name }: Target, context: RestartContext) {
    this.#name = name;
    this.#context = context;
  }

  beginning(strategy: string): void {
    this.#info(`Beginning restart procedure for ${this.#name} (strategy: ${strategy})`);
  }

  attempt(attempt: number, attempts: number): void {
    this.#info(`Attempt ${attempt} of ${attempts} for ${this.#name}`);
  }

  /** What `auto` became. */
  choice(strategy: Strategy): void {
    const choice = strategy.kind === 'service' ? `service (${strategy.unit})` : strategy.kind;
    this.#info(`Strategy for ${this.#name}: ${choice}`);
  }

  preRestartFailed(failure: Failure): void {
    this.#failed(`Pre-restart command failed for ${this.#name}`, failure);
  }

  restartFailed({ kind }: Strategy, failure: Failure): void {
    this.#failed(`${NOUNS[kind]} restart command failed for: ${this.#name}`, failure);
  }

  unhealthy({ kind }: Strategy, failure: Failure): void {
    const noun = NOUNS[kind];
    this.#error(`${noun} restart command succeeded but health check failed for: ${this.#name}`);
    this.#info(`Health check for ${this.#name}: ${masked(failure.reason, this.#context)}`);
    this.#output(failure.output);
  }

  verified({ kind }: Strategy): void {
    const what = kind === 'service' ? 'service' : 'process';
    this.#info(`Successfully restarted and verified ${what}: ${this.#name}`);
  }

  allFailed(): void {
    this.#error(`All restart attempts failed for ${this.#name}`);
  }

  #failed(what: string, { reason, output }: Failure): void {
    this.#error(`${what}: ${masked(reason, this.#context)}`);
    this.#output(output);
  }

  #output(lines: readonly string[]): void {
    // A single line is in the reason already.
    for (const line of lines.length > 1 ? lines.slice(-LOGGED_LINES) : []) {
      this.#info(`Output for ${this.#name}: ${masked(line, this.#context)}`);
    }
  }

  #info(message: string): void {
    this.#context.log.info(`RESTART LOG: ${message}`);
  }

  #error(message: string): void {
    this.#context.log.error(`RESTART LOG: ${message}`);
  }
}
