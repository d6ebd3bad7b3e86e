import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { answer } from '../../service/control_client.ts';
import { HEALS_AT_ONCE, Stage } from '../../service/stage.ts';
import { runTool } from '../../support/child.ts';
import { processesNamed } from '../../support/processes.ts';
import type { Random } from '../../support/random.ts';
import type { Service, ServiceOptions } from '../../support/service.ts';
import { childrenOf, openFilesOf } from '../../support/vitals.ts';
import { waitFor } from '../../support/wait.ts';
import { type ConfigOptions, workspace } from '../../support/workspace.ts';
import { Ledger, recordedCommands } from './ledger.ts';

const HEALED_MS = 30_000;
/** By then it has written more than any of the small disks holds. */
const MOST_TURNS = 200;
/** Restarted by the strategy `process`: of what runs under its name there must never be two. */
const PROGRAM = 'program';
const WELL_FORMED = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d - (DEBUG|INFO|WARNING|ERROR) - /;

/** What the service holds of the host; without a systemd, what it started is its child and does not count. */
interface Holdings {
  descriptors: number;
  children: number;
}

/** A service that is to survive, and what tells how it does. */
export class Survivor {
  readonly stage: Stage;
  service!: Service;
  readonly #ledger: Ledger;
  readonly #program: string;
  #holdings: Holdings | undefined;
  #lastName = 0;

  private constructor(stage: Stage) {
    this.stage = stage;
    this.#program = stage.name('survivor');
    this.#ledger = new Ledger(stage.space);
  }

  /** Sets one up, has a trial made of it, and removes all of it. */
  static async with(trial: (survivor: Survivor) => Promise<void>): Promise<void> {
    const survivor = new Survivor(new Stage(await workspace()));
    try {
      await trial(survivor);
    } catch (cause) {
      const said = survivor.service && `${survivor.service.stdout()}\n${survivor.service.stderr()}`;
      throw new Error(`${(cause as Error).message}\n${said?.slice(-10_000)}`, { cause });
    } finally {
      survivor.#ledger.close();
      await survivor.stage.clear();
    }
  }

  /** Writes a configuration in which every restart and every health check that passes leaves a line. */
  configure({ monitor, logging, processes }: Omit<ConfigOptions, 'database'> = {}): void {
    const attempts = { restart_delay: 0, health_check_timeout: 1 };
    this.stage.configure({
      monitor: { max_restart_failures: 1000, ...monitor },
      logging: { ...logging },
      processes: {
        default: { ...HEALS_AT_ONCE, ...attempts, ...recordedCommands(this.stage.space) },
        [PROGRAM]: {
          ...attempts,
          restart_strategy: 'process',
          system_name: this.#program,
          health_check_command: 'pgrep %s',
        },
        ...processes,
      },
    });
  }

  /** Starts it, heals once, and remembers what it holds then. */
  async start(options?: ServiceOptions): Promise<void> {
    if (!existsSync(this.stage.space.path('bin'))) {
      await this.stage.startVictim(this.#program);
    }
    this.service = await this.stage.start(options);
    await this.heals(1);
    await waitFor('it to be idle', () => this.#held().children === 0);
    this.#holdings = this.#held();
  }

  /** Raises alarms of processes that never had one, and that of the program. */
  raise(count: number): void {
    const names = Array.from({ length: count }, () => `p${++this.#lastName}`);
    this.stage.inAlarm(...names);
    for (const name of names) {
      this.#ledger.raised(name);
    }
    this.raiseAgain(PROGRAM);
  }

  /** Raises the alarm of one process, which may have had some before. */
  raiseAgain(name: string): void {
    if (this.#ledger.raised(name) === 1) {
      this.stage.inAlarm(name);
    } else {
      this.stage.raise(name);
    }
  }

  notesOf(name: string): string {
    return this.#ledger.notesOf(name);
  }

  /** Every alarm is healed by now, or soon. */
  async healed(): Promise<void> {
    const left = () => this.stage.alarms();
    await waitFor('every alarm to be cleared', () => left().length === 0, HEALED_MS).catch(
      (cause) => assert.fail(`${cause.message}: ${left().join(' ')}`),
    );
  }

  async heals(count: number): Promise<void> {
    this.raise(count);
    await this.healed();
  }

  /** Heals up to so many at a time, again and again, until the service has said that of its trouble. */
  async healsUntil(said: () => boolean, random: Random, most: number): Promise<void> {
    for (let turn = 0; !said(); turn++) {
      assert.ok(turn < MOST_TURNS, `in ${turn} turns it did not say what its trouble is`);
      await this.heals(1 + random(most));
    }
  }

  /** The trial is over: nothing was lost by it, and nothing is left of it. */
  async unharmed({ answers = true } = {}): Promise<void> {
    assert.ok(existsSync(`/proc/${this.service.pid}`), 'the service has ended');
    this.#assertWellSaid();
    this.#ledger.assertClearedOnce(PROGRAM);
    assert.equal(processesNamed(this.#program).length, 1, 'the program runs once');
    await this.#tidy();
    if (answers) {
      assert.equal((await answer(this.stage))?.body.pid, this.service.pid, 'it answers');
    }
  }

  /** Stops it in order, and starts it again. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    assert.deepEqual(await this.service.stop(), { code: 0, signal: null });
  }

  /** A limit on the descriptors of the running service; `more` than it has open now. */
  async limitDescriptors(more: number): Promise<void> {
    const most = this.#held().descriptors + more;
    await runTool('prlimit', [`--nofile=${most}:`, '--pid', `${this.service.pid}`]);
  }

  #assertWellSaid(): void {
    assert.equal(this.service.stderr(), '');
    for (const line of this.service.stdout().split('\n').slice(0, -1)) {
      assert.match(line, WELL_FORMED);
      assert.doesNotMatch(line, /TypeError|ReferenceError|Unhandled|uncaught/);
    }
  }

  /** Fewer descriptors may be open than at first: where the state had to go into memory, say. */
  async #tidy(): Promise<void> {
    const { descriptors } = this.#holdings as Holdings;
    const isBack = () => this.#held().children === 0 && this.#held().descriptors <= descriptors;
    await waitFor('its descriptors and children to be what they were', isBack).catch(
      ({ message }) => assert.fail(`${message}: ${JSON.stringify([this.#holdings, this.#held()])}`),
    );
  }

  #held(): Holdings {
    const { pid } = this.service;
    const started = processesNamed(this.#program);
    const children = childrenOf(pid).filter((child) => !started.includes(child));
    return { descriptors: openFilesOf(pid).length, children: children.length };
  }
}
