import assert from 'node:assert/strict';
import type { Tally } from '../property.ts';
import type { Ending, Limits, Row, Witness } from './monitor_world.ts';

/** The built-in default. */
const MAX_ATTEMPTS = 2;

/** Failures since the last good sign, and since when the process is held back. */
export interface Known {
  failures: number;
  heldSinceMs: number | undefined;
}

interface Task {
  readonly name: string;
  readonly rows: readonly { readonly row: Row; readonly version: number }[];
  /** The one restart of a process that was held back. */
  isTrial: boolean;
  readonly mayLookFirst: boolean;
}

/** What the world is like at the moment. */
export interface Circumstances {
  readonly rows: ReadonlyMap<string, Row>;
  readonly running: readonly { readonly name: string }[];
  readonly limits: Limits;
  readonly nowMs: number;
  readonly database: string;
}

/** Where the database has no process for the row, or one that must not be restarted, nothing is done. */
export function isEligible({ name }: Row): boolean {
  return name !== undefined && name !== 'poweroff';
}

/** What an operator is promised: told of what happens, it knows what may follow, and objects to the rest. */
export class Expectations implements Witness {
  readonly known = new Map<string, Known>();
  /** By name: what runs or waits. */
  readonly tasks = new Map<string, Task>();
  readonly sick = new Set<string>();
  readonly #world: () => Circumstances;
  readonly #tally: Tally;
  /** Row id and version that were verified, and could not be cleared. */
  readonly #healed = new Map<string, number>();
  readonly #mayClear = new Set<string>();

  constructor(world: () => Circumstances, tally: Tally) {
    this.#world = world;
    this.#tally = tally;
  }

  /** A check begins. */
  checks(): void {
    const { database, rows, limits, nowMs } = this.#world();
    if (database === 'down') {
      return;
    }
    for (const [id, version] of this.#healed) {
      const row = rows.get(id);
      if (!row?.isInAlarm || row.version !== version) {
        this.#healed.delete(id);
      }
    }
    const inAlarm = [...rows.values()].filter((row) => row.isInAlarm && isEligible(row));
    for (const name of new Set(inAlarm.map((row) => String(row.name)))) {
      const { heldSinceMs } = this.of(name);
      const isHeld = heldSinceMs !== undefined;
      if (this.tasks.has(name)) {
        this.#tally('busy');
      } else if (isHeld && heldSinceMs + 1000 * limits.circuit_reset_time > nowMs) {
        this.#tally('held back');
      } else {
        const own = inAlarm.filter((row) => row.name === name);
        this.#plan(name, own, isHeld);
      }
    }
  }

  /** A running restart is about to end. */
  ends(name: string, ending: Ending): void {
    const { running } = this.#world();
    const task = this.tasks.get(name);
    assert.ok(task, `${name} was restarted for nothing`);
    if (this.tasks.size > running.length) {
      this.#tally('waited for its turn');
    }
    this.#tally(`ended: ${ending}`);
    this.tasks.delete(name);
    if (ending === 'verified') {
      this.known.delete(name);
      this.#verified(task);
    } else if (ending === 'failed') {
      this.#fail(task);
    }
  }

  /** An operator resets the breaker. */
  forgets(name: string): void {
    this.known.delete(name);
    const task = this.tasks.get(name);
    if (task) {
      task.isTrial = false;
    }
  }

  /** The time a process was held back in another boot is unknown: it begins anew with this one. */
  reboots(): void {
    this.tasks.clear();
    for (const known of this.known.values()) {
      known.heldSinceMs = known.heldSinceMs === undefined ? undefined : 0;
    }
  }

  restarts(name: string, attempts: number): void {
    const { running, limits, rows } = this.#world();
    const task = this.tasks.get(name);
    assert.ok(task, `${name} was restarted, and should not have been`);
    assert.ok(!running.some((each) => each.name === name), `two restarts of ${name} at a time`);
    assert.ok(running.length < limits.max_parallel_restarts, 'more restarts than allowed');
    assert.ok(attempts === 1 || (attempts === MAX_ATTEMPTS && !task.isTrial), 'a trial is one');
    assert.ok(!task.mayLookFirst || this.sick.has(name), `${name} is healthy`);
    this.#tally(task.isTrial ? 'trial' : 'restart');
    // What was verified before counts no more.
    for (const row of [...rows.values()].filter((each) => each.name === name)) {
      this.#mayClear.delete(versionOf(row));
    }
  }

  looksAt(name: string): boolean {
    const task = this.tasks.get(name);
    assert.ok(task?.mayLookFirst, `${name} was not verified for these alarms`);
    if (this.sick.has(name)) {
      return false;
    }
    this.#tally('healthy still, not restarted again');
    this.tasks.delete(name);
    this.#verified(task);
    return true;
  }

  clears(row: Row): void {
    assert.ok(this.#mayClear.delete(versionOf(row)), `${row.name} was not verified`);
    this.#tally('cleared');
  }

  of(name: string): Known {
    return this.known.get(name) ?? { failures: 0, heldSinceMs: undefined };
  }

  #plan(name: string, own: readonly Row[], isTrial: boolean): void {
    const rows = own.map((row) => ({ row, version: row.version }));
    const mayLookFirst = own.every(({ id, version }) => this.#healed.get(id) === version);
    this.tasks.set(name, { name, rows, isTrial, mayLookFirst });
  }

  #fail({ name, isTrial }: Task): void {
    const { limits, nowMs } = this.#world();
    const failures = this.of(name).failures + 1;
    const opens = isTrial || failures >= limits.max_restart_failures;
    this.#tally(opens ? 'opened' : 'failure counted');
    this.known.set(name, { failures, heldSinceMs: opens ? nowMs : undefined });
  }

  /** Its alarms may be cleared now; where the database does not let that happen, it is remembered. */
  #verified(task: Task): void {
    for (const { row, version } of task.rows) {
      this.#mayClear.add(versionOf({ ...row, version }));
      if (this.#world().database !== 'up') {
        this.#healed.set(row.id, version);
        this.#tally('healed, not cleared');
      } else if (row.isInAlarm && row.version === version) {
        this.#healed.delete(row.id);
      } else {
        this.#tally('changed meanwhile');
      }
    }
  }
}

function versionOf({ id, version }: Row): string {
  return `${id} ${version}`;
}
