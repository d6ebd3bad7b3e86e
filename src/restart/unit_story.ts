import { journalOf } from '../system/journal.ts';
import type { Limits } from '../system/systemd.ts';
import { type KnownUnit, unitState } from '../system/unit_state.ts';
import type { Failure } from './target.ts';
import { causeIn, isForDependency, isTelling, skippedBy } from './unit_cause.ts';
import { stateWords } from './unit_failure.ts';

/** A start of a unit that this service has asked for. */
export interface UnitStart {
  /** The time of day before it, in milliseconds. */
  readonly atMs: number;
  /** The start before, whose last lines come later than that time. */
  readonly previous: string;
}

/** What a unit's journal has of one start. */
export interface Story {
  /** Why it failed, as far as that is told. */
  readonly cause: string | undefined;
  /** It did nothing, as a condition was not met. */
  readonly isSkipped: boolean;
  readonly output: readonly string[];
}

const ASKING_MS = 3000;
const SHOWN_LINES = 20;
/** Of a unit that needs others that need others. */
const MAX_DEPTH = 3;
const MAX_REQUIRED = 20;

/** Looks up why a start of a unit failed, or did nothing. */
export async function storyOf(
  unit: KnownUnit,
  start: UnitStart | undefined,
  signal: AbortSignal | undefined,
  depth = 0,
): Promise<Story> {
  const limits: Limits = { timeoutMs: ASKING_MS, ...(signal && { signal }) };
  const all = await journalOf(unit.id, start?.atMs, limits);
  const lines = all.filter(({ invocation }) => invocation === '' || invocation !== start?.previous);
  const needs = isForDependency(lines) && depth < MAX_DEPTH;
  const skipped = needs ? undefined : skippedBy(unit, lines);
  const required = needs ? await failedRequirement(unit, start, limits, depth) : undefined;
  // Which of them came first can't be told: they reach the journal by different ways.
  const byTeller = Map.groupBy(lines.filter(isTelling), ({ isManagers }) => isManagers);
  const texts = [true, false].flatMap((isManagers) => byTeller.get(isManagers) ?? []);
  return {
    cause: skipped ?? required?.cause ?? causeIn(unit, lines),
    isSkipped: skipped !== undefined,
    output: [...texts.map(({ text }) => text), ...(required?.output ?? [])].slice(-SHOWN_LINES),
  };
}

/** The unit that is needed and is not there. */
async function failedRequirement(
  { requires }: KnownUnit,
  start: UnitStart | undefined,
  limits: Limits,
  depth: number,
): Promise<Story | undefined> {
  const states: KnownUnit[] = [];
  for (const name of requires.slice(0, MAX_REQUIRED)) {
    const state = await unitState(name, limits);
    if (state.kind === 'known') {
      states.push(state);
    }
  }
  const isIn = (active: string) => states.find((state) => state.active === active);
  const failed = isIn('failed') ?? isIn('inactive');
  if (failed === undefined) {
    return undefined;
  }
  const began = start && { ...start, previous: '' };
  const story = await storyOf(failed, began, limits.signal, depth + 1);
  const why = story.cause === undefined ? '' : `: ${story.cause}`;
  return { ...story, cause: `it needs ${failed.id}, which is ${stateWords(failed)}${why}` };
}

/** What a health check found of a unit, with the cause that its journal tells, or where to look for it. */
export async function withCause(
  failure: Failure,
  unit: KnownUnit,
  start: UnitStart | undefined,
  signal: AbortSignal,
): Promise<Failure> {
  const { cause, output } = await storyOf(unit, start, signal);
  const reason =
    cause === undefined
      ? `${failure.reason}; journalctl -u ${unit.id} has what it printed`
      : `${failure.reason}: ${cause}`;
  return { reason, output };
}
