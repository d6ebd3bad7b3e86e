import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../support/random.ts';
import { type Vitals, vitalsOf } from '../../support/vitals.ts';
import { Belongings } from '../belongings.ts';
import { figuresBelow, type Tell } from '../figures.ts';
import type { Row, Say } from '../trial.ts';
import { HEALING, LARGEST_LOG_KB, LOG_FILES, type Marathon } from './marathon.ts';
import { MISHAPS, type Mishap } from './mishaps.ts';

/** Between two mishaps, at most. */
const CALM_MS = 300;
/** With ten thousand attempts in it, and what SQLite keeps of changes before they go there. */
const LARGEST_STATE_KB = 4 * 1024;
const LARGEST_WAL_KB = 8 * 1024;

const COLUMNS = [
  ...['checks', 'resident MB', 'anonymous MB', 'descriptors', 'checks/s'],
  'ms of CPU per check',
];

type Memory = Pick<Vitals, 'residentKb' | 'anonymousKb'>;

/** What was done so far, and what the service took for it. */
export class Course {
  checks = 0;
  readonly #marathon: Marathon;
  readonly #say: Say;
  readonly #counts = new Map<Mishap, number>(MISHAPS.map((mishap) => [mishap, 0]));
  /** Since the last measuring, one after each mishap. */
  #samples: Memory[] = [];
  /** The mean of each tenth: garbage makes single looks go up and down by several megabytes. */
  readonly #means: Memory[] = [];
  #belongings: Belongings | undefined;
  #tellFigures: Tell = () => {};
  #before = 0;
  #last = { at: 0, checks: 0, processorMs: 0 };

  constructor(marathon: Marathon, say: Say) {
    this.#marathon = marathon;
    this.#say = say;
  }

  /** Notes what the service holds open while nothing has happened yet. */
  async begin(): Promise<void> {
    const { fleet, service } = this.#marathon;
    await this.#marathon.rest();
    this.#belongings = await Belongings.of(service.pid);
    this.#before = await fleet.checks();
    this.#last = { at: performance.now(), checks: 0, ...vitalsOf(service.pid) };
    this.#tellFigures = figuresBelow(COLUMNS, this.#say);
  }

  async undergo(mishap: Mishap, random: Random): Promise<void> {
    try {
      await mishap.happen(this.#marathon, random);
    } catch (cause) {
      const tail = this.#marathon.service.log().slice(-4000);
      throw new Error(`${mishap.what}: ${(cause as Error).message}\n${tail}`, { cause });
    }
    this.#counts.set(mishap, (this.#counts.get(mishap) ?? 0) + 1);
    await sleep(random(CALM_MS));
    this.#samples.push(vitalsOf(this.#marathon.service.pid));
    this.checks = (await this.#marathon.fleet.checks()) - this.#before;
  }

  hasMissing(): boolean {
    return [...this.#counts.values()].includes(0);
  }

  /** While nothing runs: what is open and who is there has to be as it was. */
  async measure(): Promise<void> {
    const at = performance.now();
    const { pid } = this.#marathon.service;
    await this.#marathon.rest();
    await this.#belongings?.tidy();
    this.#assertFilesBounded();
    const mean = meanOf(this.#samples);
    this.#samples = [];
    this.#means.push(mean);
    this.#tell(mean, vitalsOf(pid).processorMs, at);
  }

  assertNoGrowth(most: number): void {
    const [first, last] = [this.#means[0], this.#means.at(-1)] as [Memory, Memory];
    const growth = last.residentKb / first.residentKb - 1;
    const percent = `${(growth * 100).toFixed(1)} %`;
    this.#say(`memory in the last tenth, against the first: ${growth < 0 ? '' : '+'}${percent}`);
    assert.ok(growth < most, `resident memory grew by ${percent}`);
  }

  rows(): Row[] {
    const checks = { what: `checks of ${HEALING} processes, back to back`, times: this.checks };
    const mishaps = [...this.#counts].map(([{ what }, times]) => ({ what, times }));
    return [checks, ...mishaps].map((row) => ({ ...row, lost: 0 }));
  }

  #tell(memory: Memory, processorMs: number, at: number): void {
    const seconds = (at - this.#last.at) / 1000;
    const checks = this.checks - this.#last.checks;
    const perCheck = (processorMs - this.#last.processorMs) / checks;
    this.#tellFigures([
      ...[this.checks, megabytes(memory.residentKb), megabytes(memory.anonymousKb)],
      ...[this.#belongings?.count ?? 0, (checks / seconds).toFixed(0), perCheck.toFixed(2)],
    ]);
    this.#last = { at: performance.now(), checks: this.checks, processorMs };
  }

  #assertFilesBounded(): void {
    const { logs, state, wal } = this.#marathon.files();
    assert.ok(logs.length <= LOG_FILES, `${logs.length} files of log`);
    assert.ok(Math.max(...logs) <= LARGEST_LOG_KB, `a log of ${Math.max(...logs)} KB`);
    assert.ok(state <= LARGEST_STATE_KB, `a state.db of ${state} KB`);
    assert.ok(wal <= LARGEST_WAL_KB, `a state.db-wal of ${wal} KB`);
  }
}

function megabytes(kilobytes: number): string {
  return (kilobytes / 1024).toFixed(1);
}

function meanOf(samples: readonly Memory[]): Memory {
  const mean = (key: keyof Memory) =>
    samples.reduce((sum, sample) => sum + sample[key], 0) / samples.length;
  return { residentKb: mean('residentKb'), anonymousKb: mean('anonymousKb') };
}
