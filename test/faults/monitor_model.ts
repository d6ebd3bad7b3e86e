/** The monitor and its memory, against what an operator is promised of them. */
import assert from 'node:assert/strict';
import { NAMES, randomLimits, randomStep, type Step } from './monitor_steps.ts';
import { type Ending, type Limits, MonitorWorld, type Row } from './monitor_world.ts';
import type { Property, Tally } from './property.ts';

const FIRST_LIMITS: Limits = {
  max_restart_failures: 2,
  circuit_reset_time: 60,
  max_parallel_restarts: 2,
};
/** The built-in default. */
const MAX_ATTEMPTS = 2;

export const monitorFollowsTheModel: Property<Step> = {
  title: 'the monitor restarts and clears what it may, once at a time, and loses no alarm',
  quick: 3000,
  long: 100_000,
  expected: [
    ...['held back', 'trial', 'waited for its turn', 'opened', 'cleared', 'healed, not cleared'],
    ...['cleared later without a restart', 'changed meanwhile', 'raise', 'check', 'reboot'],
    ...['kill the service', 'stop the service', 'reload', 'set the time of day', 'reset'],
  ],
  generate: (random) => [
    { do: 'reload', limits: randomLimits(random) },
    ...Array.from({ length: 1 + random(50) }, () => randomStep(random)),
  ],
  async check(steps, tally) {
    const model = new Model(tally);
    for (const step of steps) {
      tally(step.do);
      await model.take(step);
      model.compare();
    }
    await model.calmDown();
  },
};

interface Known {
  failures: number;
  heldSinceMs: number | undefined;
}

interface Task {
  readonly name: string;
  readonly rows: readonly { readonly row: Row; readonly version: number }[];
  /** As it was when it was planned; an operator's reset makes it an ordinary one. */
  isTrial: boolean;
  readonly mayLookFirst: boolean;
}

class Model {
  readonly #tally: Tally;
  readonly #known = new Map<string, Known>();
  /** By name: what runs or waits. */
  readonly #tasks = new Map<string, Task>();
  /** Row and version: what was verified for it and not cleared. */
  readonly #healed = new Map<string, number>();
  readonly #mayClear = new Set<string>();
  readonly #sick = new Set<string>();
  readonly #world: MonitorWorld;
  #isStopping = false;

  constructor(tally: Tally) {
    this.#tally = tally;
    this.#world = new MonitorWorld(FIRST_LIMITS, {
      restarts: (name, attempts) => this.#restarts(name, attempts),
      looksAt: (name) => this.#looksAt(name),
      clears: (row) => this.#clears(row),
    });
    NAMES.forEach((name, index) => {
      const id = String(index);
      this.#world.rows.set(id, { id, name, version: 0, isInAlarm: false });
    });
  }

  async take(step: Step): Promise<void> {
    const world = this.#world;
    switch (step.do) {
      case 'raise': {
        const row = this.#row(step.row);
        row.isInAlarm = true;
        row.version++;
        break;
      }
      case 'clear by hand':
        this.#row(step.row).isInAlarm = false;
        break;
      case 'check':
        await this.#check();
        break;
      case 'end a restart':
        await this.#end(step.which, step.ending);
        break;
      case 'database':
        world.database = step.is;
        break;
      case 'health': {
        const name = String(NAMES[step.row]);
        step.isHealthy ? this.#sick.delete(name) : this.#sick.add(name);
        break;
      }
      case 'wait':
        world.nowMs += step.ms;
        world.wallMs += step.ms;
        break;
      case 'set the time of day':
        world.wallMs += step.byMs;
        break;
      case 'reload':
        world.limits = step.limits;
        break;
      case 'reset':
        this.#reset(String(NAMES[step.row]));
        break;
      case 'reset all':
        world.breakers.resetAll();
        for (const name of [...this.#known.keys(), ...this.#tasks.keys()]) {
          this.#forget(name);
        }
        break;
      case 'stop the service':
        await this.#stop();
        world.restartService();
        break;
      case 'kill the service':
        this.#tasks.clear();
        world.restartService();
        break;
      case 'reboot':
        this.#tasks.clear();
        for (const known of this.#known.values()) {
          known.heldSinceMs = known.heldSinceMs === undefined ? undefined : 0;
        }
        world.reboot(step.upMs);
    }
  }

  compare(): void {
    const { monitor, breakers, running } = this.#world;
    assert.deepEqual([...monitor.restarting()].sort(), [...this.#tasks.keys()].sort());
    assert.deepEqual(breakers.names().sort(), [...this.#known.keys()].sort());
    for (const [name, { failures, heldSinceMs }] of this.#known) {
      const isTried = this.#tasks.get(name)?.isTrial && running.some((each) => each.name === name);
      const breaker = breakers.of(name);
      assert.equal(breaker.failures, failures, name);
      const held = isTried ? 'half-open' : 'open';
      assert.equal(breaker.state, heldSinceMs === undefined ? 'closed' : held, name);
    }
  }

  /** Nothing fails any more: every alarm that may be healed is healed and cleared, and no other one. */
  async calmDown(): Promise<void> {
    const world = this.#world;
    world.database = 'up';
    const untouched = [...world.rows.values()].filter(
      (row) => row.isInAlarm && !this.#isEligible(row),
    );
    for (let round = 0; round < 3; round++) {
      while (world.running.length > 0) {
        await this.#end(0, 'verified');
        this.compare();
      }
      world.nowMs += 1000 * world.limits.circuit_reset_time;
      await this.#check();
      this.compare();
    }
    const left = [...world.rows.values()].filter(({ isInAlarm }) => isInAlarm);
    assert.deepEqual(left, untouched, 'alarms that were not healed, or healed without right');
  }

  async #check(): Promise<void> {
    const { database, rows, limits, nowMs } = this.#world;
    if (database !== 'down') {
      for (const [id, version] of this.#healed) {
        const row = rows.get(id);
        if (!row?.isInAlarm || row.version !== version) {
          this.#healed.delete(id);
        }
      }
      const inAlarm = [...rows.values()].filter((row) => row.isInAlarm && this.#isEligible(row));
      for (const name of new Set(inAlarm.map((row) => String(row.name)))) {
        const { heldSinceMs } = this.#of(name);
        const isHeld = heldSinceMs !== undefined;
        if (this.#tasks.has(name)) {
          this.#tally('busy');
        } else if (isHeld && heldSinceMs + 1000 * limits.circuit_reset_time > nowMs) {
          this.#tally('held back');
        } else {
          const own = inAlarm.filter((row) => row.name === name);
          this.#tasks.set(name, {
            name,
            rows: own.map((row) => ({ row, version: row.version })),
            isTrial: isHeld,
            mayLookFirst: own.every(({ id, version }) => this.#healed.get(id) === version),
          });
        }
      }
    }
    await this.#world.check();
  }

  #restarts(name: string, attempts: number): void {
    const { running, limits } = this.#world;
    const task = this.#tasks.get(name);
    assert.ok(task, `${name} was restarted, and should not have been`);
    assert.ok(!this.#isStopping, `${name} was restarted while the service stops`);
    assert.ok(!running.some((each) => each.name === name), `two restarts of ${name} at a time`);
    assert.ok(running.length < limits.max_parallel_restarts, 'more restarts than allowed');
    assert.ok(attempts === 1 || (attempts === MAX_ATTEMPTS && !task.isTrial), 'a trial is one');
    assert.ok(!task.mayLookFirst || this.#sick.has(name), `${name} is healthy`);
    this.#tally(task.isTrial ? 'trial' : 'restart');
    this.#retract(name);
  }

  #looksAt(name: string): boolean {
    const task = this.#tasks.get(name);
    assert.ok(task?.mayLookFirst, `${name} was not verified for these alarms`);
    if (this.#sick.has(name)) {
      return false;
    }
    this.#tally('cleared later without a restart');
    this.#verified(task);
    return true;
  }

  #clears(row: Row): void {
    assert.ok(this.#mayClear.delete(`${row.id} ${row.version}`), `${row.name} was not verified`);
    this.#tally('cleared');
  }

  async #end(which: number, ending: Ending): Promise<void> {
    const world = this.#world;
    const restart = world.running[which % Math.max(1, world.running.length)];
    if (!restart) {
      return;
    }
    const waiting = this.#tasks.size - world.running.length;
    const task = this.#tasks.get(restart.name);
    assert.ok(task);
    if (ending === 'verified') {
      this.#known.delete(task.name);
      this.#verified(task);
    } else if (ending === 'failed') {
      this.#fail(task);
    }
    waiting > 0 && this.#tally('waited for its turn');
    this.#tally(`ended: ${ending}`);
    // It is gone before the next one is let in.
    this.#tasks.delete(task.name);
    await world.end(restart, ending);
    const most = Math.min(world.limits.max_parallel_restarts, this.#tasks.size);
    assert.ok(world.running.length >= most, 'a restart waits, though it need not');
  }

  #fail({ name, isTrial }: Task): void {
    const failures = this.#of(name).failures + 1;
    const opens = isTrial || failures >= this.#world.limits.max_restart_failures;
    opens && this.#tally('opened');
    this.#known.set(name, { failures, heldSinceMs: opens ? this.#world.nowMs : undefined });
  }

  /** Its alarms may be cleared now; where the database does not let that happen, it is remembered. */
  #verified(task: Task): void {
    const { database } = this.#world;
    for (const { row, version } of task.rows) {
      if (database !== 'up') {
        this.#healed.set(row.id, version);
        this.#tally('healed, not cleared');
      } else if (row.isInAlarm && row.version === version) {
        this.#healed.delete(row.id);
      } else {
        this.#tally('changed meanwhile');
      }
      this.#mayClear.add(`${row.id} ${version}`);
    }
    if (task.mayLookFirst && !this.#world.running.some(({ name }) => name === task.name)) {
      this.#tasks.delete(task.name); // nothing of it runs
    }
  }

  /** A new restart: what was verified before counts no more. */
  #retract(name: string): void {
    for (const { id, version } of this.#world.rows.values()) {
      NAMES[Number(id)] === name && this.#mayClear.delete(`${id} ${version}`);
    }
  }

  async #stop(): Promise<void> {
    const { monitor, running } = this.#world;
    this.#isStopping = true;
    monitor.stop();
    for (const restart of [...running]) {
      await this.#world.end(restart, 'interrupted');
    }
    await monitor.idle();
    this.#tasks.clear();
    this.#isStopping = false;
  }

  #reset(name: string): void {
    const before = this.#world.breakers.reset(name);
    assert.equal(before.failures, this.#of(name).failures);
    this.#forget(name);
  }

  #forget(name: string): void {
    this.#known.delete(name);
    const task = this.#tasks.get(name);
    if (task) {
      task.isTrial = false;
    }
  }

  #isEligible({ name }: Row): boolean {
    return name !== undefined && name !== 'poweroff';
  }

  #of(name: string): Known {
    return this.#known.get(name) ?? { failures: 0, heldSinceMs: undefined };
  }

  #row(number: number): Row {
    return this.#world.rows.get(String(number)) as Row;
  }
}
