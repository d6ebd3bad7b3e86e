import { commandFor } from '../configuration/command_for.ts';
import type { ProcessSettings } from '../configuration/keys.ts';
import { maskSecrets } from '../configuration/mask.ts';
import type { Log } from '../log/logger.ts';
import type { Clock } from '../system/clock.ts';
import type { KnownUnit } from '../system/unit_state.ts';
import type { AttemptRecorder } from './attempts.ts';
import type { RecipeBook } from './recipe_book.ts';
import type { SharedRestarts } from './shared_restarts.ts';

/** A process to restart: its name in the database, and its settings, system name filled in. */
export interface Target {
  readonly name: string;
  readonly settings: ProcessSettings;
}

/**
 * How a restart ended. Interrupted, by the end of the service, and stopped, by somebody who stopped the unit while it
 * was verified, say nothing about the process.
 */
export type Outcome = 'verified' | 'failed' | 'interrupted' | 'stopped';

/** What restarts are made with. */
export interface RestartContext {
  readonly log: Log;
  readonly recorder: AttemptRecorder;
  readonly clock: Clock;
  readonly recipes: RecipeBook;
  readonly shared: SharedRestarts<Outcome>;
  /** Aborted: no new attempt begins. */
  readonly stopping: AbortSignal;
  /** Aborted: what runs is ended. */
  readonly ending: AbortSignal;
  /** What must not be shown, wherever it turns up. */
  readonly secrets: () => readonly string[];
}

/** Why a step failed, and what its command printed last. */
export interface Failure {
  readonly reason: string;
  readonly output: readonly string[];
  /** The unit that is not healthy, whose journal may tell why. */
  readonly unit?: KnownUnit;
  /** systemd still works on it. */
  readonly isUnfinished?: boolean;
}

/** How long a process may take to be healthy: also how long it is waited for where others start it. */
export function patienceMs({ settings }: Target): number {
  return settings.health_check_timeout * 1000;
}

/** Tells of a step of the restart, in words behind the process's name. */
export function sayer({ name }: Target, log: Log): (words: string) => void {
  return (words) =>
    log.info(`RESTART LOG: ${name} ${words}`, { event: 'restart_step', process: name });
}

/** A command as it is run. The system name was checked: nothing in it but a backslash means anything to a shell. */
export function fillIn(command: string, { settings }: Target): string {
  return commandFor(command, settings.system_name);
}

export function masked(text: string, context: Pick<RestartContext, 'secrets'>): string {
  return maskSecrets(text, ...context.secrets());
}
