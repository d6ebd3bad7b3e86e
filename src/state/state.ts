import type { Breaker } from '../breaker/breaker.ts';
import type { BreakerStore } from '../breaker/breakers.ts';
import type { Restarts } from '../breaker/restarts.ts';
import type { HealedAlarms } from '../monitor/healed_alarms.ts';
import type { Attempt, AttemptEnd, AttemptRecord, AttemptRecorder } from '../restart/attempts.ts';
import { ForgivingDatabase } from './forgiving_database.ts';
import type { Database } from './kept_database.ts';
import { attemptOf, type RecordedAttempt } from './recorded_attempt.ts';

/** An attempt that a service which is no longer there had begun. */
export interface InterruptedAttempt {
  readonly name: string;
  readonly command: string;
  /** The command's process, as it was handed to `running`; undefined where it had not begun. */
  readonly commandProcess: string | undefined;
}

export interface StateOptions {
  readonly bootId: string;
  /** This service's own process, in words that no other one ever has. */
  readonly service: string;
  readonly now: () => Date;
  /** Told of each read that fails, and of the first write that fails in a row of failures. */
  readonly onTrouble: (message: string) => void;
}

const MAX_ATTEMPTS = 10_000;
/** A restart has at most 100 attempts, and one of its pre_restart_command. */
const MAX_TOLD = 101;

/** What the service remembers over its own end: breakers, attempts, alarms it could not clear. */
export class State implements BreakerStore, AttemptRecorder, HealedAlarms {
  readonly #memory: ForgivingDatabase;
  readonly #options: StateOptions;

  constructor(database: Database, options: StateOptions) {
    this.#memory = new ForgivingDatabase(database, options.onTrouble);
    this.#options = options;
  }

  /**
   * A breaker opened in an earlier boot counts its time from this boot on: no clock that was not moved
   * tells how long the host was off.
   */
  loadBreakers(): [string, Breaker][] {
    return this.#memory.rows('SELECT * FROM breaker ORDER BY rowid').map((row) => {
      const failures = Number(row.failures);
      const openedAtMs = row.boot_id === this.#options.bootId ? Number(row.opened_at_ms) : 0;
      const breaker: Breaker =
        row.opened_at_ms === null
          ? { state: 'closed', failures }
          : { state: 'open', failures, openedAtMs };
      return [String(row.name), breaker];
    });
  }

  saveBreaker(name: string, breaker: Breaker | undefined): void {
    if (!breaker) {
      this.#memory.write('DELETE FROM breaker WHERE name = ?', name);
      return;
    }
    const openedAtMs = breaker.state === 'closed' ? null : breaker.openedAtMs;
    this.#memory.write(
      'INSERT OR REPLACE INTO breaker (name, failures, opened_at_ms, boot_id) VALUES (?, ?, ?, ?)',
      name,
      breaker.failures,
      openedAtMs,
      this.#options.bootId,
    );
  }

  /** Those of an earlier boot count as made when this one began: a host that reboots over and over forgets none. */
  loadRestarts(): [string, Restarts][] {
    return this.#memory.rows('SELECT * FROM restarts ORDER BY rowid').map((row) => {
      const isOfThisBoot = row.boot_id === this.#options.bootId;
      const timesMs = timesIn(String(row.times_ms)).map((timeMs) => (isOfThisBoot ? timeMs : 0));
      return [String(row.name), { timesMs, isFlapping: row.is_flapping === 1 }];
    });
  }

  saveRestarts(name: string, restarts: Restarts | undefined): void {
    if (!restarts) {
      this.#memory.write('DELETE FROM restarts WHERE name = ?', name);
      return;
    }
    this.#memory.write(
      'INSERT OR REPLACE INTO restarts (name, times_ms, is_flapping, boot_id) VALUES (?, ?, ?, ?)',
      name,
      JSON.stringify(restarts.timesMs),
      Number(restarts.isFlapping),
      this.#options.bootId,
    );
  }

  forgetBreakers(): void {
    this.#memory.write('DELETE FROM breaker');
    this.#memory.write('DELETE FROM restarts');
  }

  begin({ name, strategy, attempt, command }: Attempt): AttemptRecord {
    const { now, service } = this.#options;
    const id = this.#memory.write(
      `INSERT INTO attempt (at_ms, name, strategy, attempt, command, outcome, reason, output, service)
       VALUES (?, ?, ?, ?, ?, 'running', '', '', ?)`,
      now().getTime(),
      name,
      strategy,
      attempt,
      command,
      service,
    );
    this.#memory.write(`DELETE FROM attempt WHERE id <= ? - ${MAX_ATTEMPTS}`, id);
    return {
      running: (process) =>
        this.#memory.write('UPDATE attempt SET command_process = ? WHERE id = ?', process, id),
      end: (end) => this.#end(id, end),
    };
  }

  /** Attempts that were running when their service ended; told once, and recorded as interrupted. */
  takeInterrupted(isAlive: (service: string) => boolean): InterruptedAttempt[] {
    const running = this.#memory.rows(
      "SELECT * FROM attempt WHERE outcome = 'running' ORDER BY id",
    );
    const interrupted = running.filter((row) => !isAlive(String(row.service)));
    for (const row of interrupted) {
      const reason = 'the service ended while it ran';
      this.#memory.write(
        "UPDATE attempt SET outcome = 'interrupted', reason = ? WHERE id = ?",
        reason,
        Number(row.id),
      );
    }
    return interrupted.map((row) => ({
      name: String(row.name),
      command: String(row.command),
      commandProcess: row.command_process === null ? undefined : String(row.command_process),
    }));
  }

  /** The processes with an attempt on record, the newest first. */
  attemptedNames(): string[] {
    const rows = this.#memory.rows('SELECT name FROM attempt GROUP BY name ORDER BY max(id) DESC');
    return rows.map((row) => String(row.name));
  }

  lastAttempt(name: string): RecordedAttempt | undefined {
    const sql = 'SELECT * FROM attempt WHERE name = ? ORDER BY id DESC LIMIT 1';
    const [row] = this.#memory.rows(sql, name);
    return row && attemptOf(row);
  }

  /** The number of the last attempt that has ended; 0: none. */
  lastEndedAttempt(name: string): number {
    const sql = "SELECT max(id) AS id FROM attempt WHERE name = ? AND outcome <> 'running'";
    return Number(this.#memory.rows(sql, name)[0]?.id ?? 0);
  }

  /** Those with a higher number, oldest first. */
  attemptsAfter(name: string, number: number): RecordedAttempt[] {
    const sql = `SELECT * FROM attempt WHERE name = ? AND id > ? ORDER BY id LIMIT ${MAX_TOLD}`;
    return this.#memory.rows(sql, name, number).map(attemptOf);
  }

  loadHealed(): [string, string][] {
    return this.#memory
      .rows('SELECT alarm_id, seen FROM healed')
      .map((row) => [String(row.alarm_id), String(row.seen)]);
  }

  rememberHealed(alarmId: string, seen: string): void {
    this.#memory.write(
      'INSERT OR REPLACE INTO healed (alarm_id, seen) VALUES (?, ?)',
      alarmId,
      seen,
    );
  }

  forgetHealed(alarmId: string): void {
    this.#memory.write('DELETE FROM healed WHERE alarm_id = ?', alarmId);
  }

  close(): void {
    this.#memory.close();
  }

  #end(id: number, end: AttemptEnd): void {
    const { reason, output } = 'reason' in end ? end : { reason: '', output: '' };
    this.#memory.write(
      'UPDATE attempt SET outcome = ?, reason = ?, duration_ms = ?, output = ? WHERE id = ?',
      end.outcome,
      reason,
      end.durationMs,
      output,
      id,
    );
  }
}

/** None where it is no list of numbers, as in a damaged file. */
function timesIn(text: string): number[] {
  try {
    const content: unknown = JSON.parse(text);
    return Array.isArray(content) ? content.filter(Number.isFinite) : [];
  } catch {
    return [];
  }
}
