import type { JournalLine } from '../system/journal.ts';
import type { KnownUnit } from '../system/unit_state.ts';

/** systemd could not even run the program. */
const NOT_RUN = /: Failed at step \w+ spawning /;
/** A start that did nothing, in the words of several versions. */
const SKIPPED =
  /was skipped because|^Condition check resulted in|: Skipped due to 'exec-condition'|: Starting requested but asserts failed/;
const DEPENDENCY = /^Dependency failed for /;
/** What every start and stop says, and what goes before a failure without being its cause. */
const ROUTINE = new RegExp(
  [
    '^(?:Starting|Started|Stopping|Stopped|Finished|Reloading|Reloaded|Failed to start|Closed) ',
    ': Deactivated successfully|: Succeeded|: Scheduled restart job|: Service RestartSec=',
    ': Consumed |: Found left-over process |This usually indicates unclean termination',
    ': Unit process \\d+ .* remains running|: Job .* failed with result',
    ': Start request repeated too quickly',
  ].join('|'),
);
/** Says that it failed, and not why. */
const VAGUE = / process exited, code=|: Failed with result |: Unit entered failed state/;
const SIGKILL = 9;
const ERROR = 3;

/** What kept a unit's start from doing anything, as far as its journal or systemd tell; undefined: nothing did. */
export function skippedBy(
  { unmet, conditions, asserts }: Pick<KnownUnit, 'unmet' | 'conditions' | 'asserts'>,
  lines: readonly JournalLine[],
): string | undefined {
  const said = lines
    .filter(({ text, isManagers }) => isManagers && SKIPPED.test(text))
    .map(({ text }) => text);
  if (said.length === 0 && unmet === undefined) {
    return undefined;
  }
  const told = said.map((text) => /\((\w+=.*)\)\.?$/.exec(text)?.[1]).find(Boolean);
  const isCommand = said.some((text) => text.includes("'exec-condition'"));
  const isAssertion = unmet === 'assertion' || said.some((text) => / asserts? failed/.test(text));
  const known = (isAssertion ? asserts : conditions).join(', ');
  const what = told ?? (isCommand ? 'ExecCondition= ended with a failure' : known);
  return `${isAssertion ? 'assertion' : 'condition'} not met${what && `: ${what}`}`;
}

/** Did another unit that this one needs fail? */
export function isForDependency(lines: readonly JournalLine[]): boolean {
  return lines.some(({ text, isManagers }) => isManagers && DEPENDENCY.test(text));
}

/** Not what each start and stop says. */
export function isTelling({ text, isManagers }: JournalLine): boolean {
  return !isManagers || !ROUTINE.test(text);
}

/** The line of a failed start's journal that tells most of why; undefined where none tells anything. */
export function causeIn(
  { load, result, mainEnd }: Pick<KnownUnit, 'load' | 'result' | 'mainEnd'>,
  lines: readonly JournalLine[],
): string | undefined {
  const telling = lines
    .filter((line) => line.isManagers && isTelling(line))
    .map(({ text }) => text);
  const programs = lines.filter(({ isManagers }) => !isManagers);
  const own = (programs.findLast(({ priority }) => priority <= ERROR) ?? programs.at(-1))?.text;
  if (load !== 'loaded') {
    return telling.at(-1); // what its file lacks
  }
  const wasKilled = mainEnd?.kind === 'killed' && mainEnd.signal === SIGKILL;
  const isOwnEnd = ['success', 'exit-code', 'signal', 'core-dump'].includes(result) && !wasKilled;
  return (
    telling.findLast((text) => NOT_RUN.test(text)) ??
    (isOwnEnd ? own : undefined) ??
    telling.find((text) => !VAGUE.test(text)) ??
    telling[0] ??
    own
  );
}
