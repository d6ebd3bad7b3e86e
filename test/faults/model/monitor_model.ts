/** The monitor and its memory, against what an operator is promised of them. */
import assert from 'node:assert/strict';
import type { Property, Tally } from '../property.ts';
import { Expectations, isEligible } from './expectations.ts';
import { NAMES, randomLimits, randomStep, type Step } from './monitor_steps.ts';
import { type Ending, type Limits, MonitorWorld, type Row } from './monitor_world.ts';

const FIRST_LIMITS: Limits = {
  max_restart_failures: 2,
  circuit_reset_time: 60,
  max_parallel_restarts: 2,
};

export const monitorFollowsTheModel: Property<Step> = {
  title: 'the monitor restarts and clears what it may, once at a time, and loses no alarm',
  quick: 3000,
  long: 100_000,
  expected: [
    ...['held back', 'trial', 'waited for its turn', 'opened', 'cleared', 'healed, not cleared'],
    ...['healthy still, not restarted again', 'changed meanwhile', 'reboot', 'kill the service'],
    ...['stop the service', 'reload', 'set the time of day', 'reset', 'reset all'],
  ],
  generate: (random) => [
    { do: 'reload', limits: randomLimits(random) },
    ...Array.from({ length: 1 + random(50) }, () => randomStep(random)),
  ],
  async check(steps, tally) {
    const life = new Life(tally);
    for (const step of steps) {
      tally(step.do);
      await life.take(step);
      life.compare();
    }
    await life.calmDown();
  },
};

/** A monitor that lives through steps, beside what is expected of it. */
class Life {
  readonly #expected: Expectations;
  readonly #world: MonitorWorld;

  constructor(tally: Tally) {
    this.#expected = new Expectations(() => this.#world, tally);
    this.#world = new MonitorWorld(FIRST_LIMITS, this.#expected);
    for (const [index, name] of NAMES.entries()) {
      const id = String(index);
      this.#world.rows.set(id, { id, name, version: 0, isInAlarm: false });
    }
  }

  async take(step: Step): Promise<void> {
    const world = this.#world;
    switch (step.do) {
      case 'raise':
        this.#row(step.row).isInAlarm = true;
        this.#row(step.row).version++;
        break;
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
      case 'health':
        this.#expected.sick[step.isHealthy ? 'delete' : 'add'](String(NAMES[step.row]));
        break;
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
      default:
        await this.#interfere(step);
    }
  }

  compare(): void {
    const { monitor, breakers, running } = this.#world;
    const { known, tasks } = this.#expected;
    assert.deepEqual([...monitor.restarting()].sort(), [...tasks.keys()].sort());
    assert.deepEqual(breakers.names().sort(), [...known.keys()].sort());
    for (const [name, { failures, heldSinceMs }] of known) {
      const isTried = tasks.get(name)?.isTrial && running.some((each) => each.name === name);
      const held = isTried ? 'half-open' : 'open';
      const { state, failures: counted } = breakers.of(name);
      assert.deepEqual([state, counted], [heldSinceMs === undefined ? 'closed' : held, failures]);
    }
  }

  /** Nothing fails any more: every alarm that may be healed is healed and cleared, and no other one. */
  async calmDown(): Promise<void> {
    const world = this.#world;
    const inAlarm = () => [...world.rows.values()].filter((row) => row.isInAlarm);
    const notOurs = inAlarm().filter((row) => !isEligible(row));
    world.database = 'up';
    // Clears what runs, has what was held back tried, and clears what was changed or raised meanwhile.
    for (let round = 0; round < 3; round++) {
      while (world.running.length > 0) {
        await this.#end(0, 'verified');
        this.compare();
      }
      world.nowMs += 1000 * world.limits.circuit_reset_time;
      await this.#check();
      this.compare();
    }
    assert.deepEqual(inAlarm(), notOurs, 'alarms that were lost, or cleared without right');
  }

  async #interfere(step: Extract<Step, { do: `re${string}` | `${string} the service` }>) {
    const world = this.#world;
    const expected = this.#expected;
    switch (step.do) {
      case 'reset': {
        const name = String(NAMES[step.row]);
        assert.equal(world.breakers.reset(name).breaker.failures, expected.of(name).failures);
        expected.forgets(name);
        break;
      }
      case 'reset all':
        world.breakers.resetAll();
        for (const name of NAMES) {
          expected.forgets(String(name));
        }
        break;
      case 'stop the service':
        expected.tasks.clear(); // nothing new may begin
        await world.stopService();
        break;
      case 'kill the service':
        expected.tasks.clear();
        world.restartService();
        break;
      case 'reboot':
        expected.reboots();
        world.reboot(step.upMs);
    }
  }

  async #check(): Promise<void> {
    this.#expected.checks();
    await this.#world.check();
  }

  async #end(which: number, ending: Ending): Promise<void> {
    const world = this.#world;
    const restart = world.running[which % Math.max(1, world.running.length)];
    if (restart) {
      this.#expected.ends(restart.name, ending);
      await world.end(restart, ending);
      const wanted = Math.min(world.limits.max_parallel_restarts, this.#expected.tasks.size);
      assert.ok(world.running.length >= wanted, 'a restart waits, though it need not');
    }
  }

  #row(number: number): Row {
    return this.#world.rows.get(String(number)) as Row;
  }
}
