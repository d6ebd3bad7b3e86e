import type { Log } from '../log/logger.ts';
import { type CommandResult, runProgram } from '../system/command.ts';
import { type Limits, programNameOf, systemctl, systemdRuns } from '../system/systemd.ts';
import { type KnownUnit, unitState } from '../system/unit_state.ts';
import { endingWords, failureOf } from './failure.ts';
import { warnOfHeldOutput } from './held_output.ts';
import type { Failure, RestartContext, Target } from './target.ts';
import { illnessOfUnit } from './unit_look.ts';
import { storyOf, type UnitStart } from './unit_story.ts';
import { type UnitVerb, verbFor } from './unit_verb.ts';
import { waitForJob } from './unit_wait.ts';

export interface UnitToRestart {
  readonly unit: string;
  /** As it is before the restart. Undefined: systemd does not run. */
  readonly state?: KnownUnit;
  /** systemd had not done with the start of the attempt before. */
  readonly isFollowUp?: boolean;
}

type Means = Pick<RestartContext, 'log' | 'clock' | 'ending'>;

/** Strategy `service`. Undefined: the restart command succeeded. */
export async function restartByService(
  target: Target,
  { unit, state, isFollowUp = false }: UnitToRestart,
  limits: Limits,
  means: Means,
): Promise<Failure | undefined> {
  if (state === undefined) {
    const args = [programNameOf(target.settings.system_name), 'restart'];
    const result = await runProgram('service', args, { ...limits, leftovers: 'keep' });
    warnOfHeldOutput(target.name, result, means.log);
    return failureOf(result);
  }
  const refusal = whyNot(unit, state.load);
  if (refusal !== undefined) {
    return { reason: refusal, output: [] };
  }
  const start = startOf(state);
  const result = await run(unit, state, isFollowUp, limits, means.log);
  if (result.ok) {
    return state.isConditional ? await failureOfSkipped(unit, start, limits) : undefined;
  }
  if (result.ending.kind === 'timed out') {
    return await afterTimeout(unit, state, start, result, limits, means);
  }
  return await failureOfUnit(unit, start, result, limits);
}

/** The start of a unit in this state that begins now. */
export function startOf({ invocation }: KnownUnit): UnitStart {
  return { atMs: Date.now(), previous: invocation };
}

/** How the restart is told to an operator. */
export function serviceCommand(
  target: Target,
  { unit, state, isFollowUp = false }: UnitToRestart,
): string {
  if (!systemdRuns()) {
    return `service ${programNameOf(target.settings.system_name)} restart`;
  }
  return `systemctl ${state ? verbFor(state, isFollowUp) : 'restart'} ${unit}`;
}

const START_LIMIT_HIT = 'start-limit-hit';

async function run(
  unit: string,
  state: KnownUnit,
  isFollowUp: boolean,
  limits: Limits,
  log: Log,
): Promise<CommandResult> {
  if (state.result === START_LIMIT_HIT) {
    await resetStartLimit(unit, limits, log);
  } else if (state.active === 'failed') {
    // Perhaps by its start limit: of a unit that had failed before, systemd keeps telling that first failure.
    await systemctl('reset-failed', unit, limits);
  }
  const verb: UnitVerb = verbFor(state, isFollowUp);
  const result = await systemctl(verb, unit, limits);
  if (result.ok || !(await hitStartLimit(unit, limits))) {
    return result;
  }
  // It ran, and this restart was one too many for the limit, which took it down.
  await resetStartLimit(unit, limits, log);
  return await systemctl(verb, unit, limits);
}

async function hitStartLimit(unit: string, limits: Limits): Promise<boolean> {
  const state = await unitState(unit, asking(limits));
  return state.kind === 'known' && state.result === START_LIMIT_HIT;
}

/** systemd counts restarts on demand too, and an administrator did not ask for fewer of these. */
async function resetStartLimit(unit: string, limits: Limits, log: Log): Promise<void> {
  log.info(`RESTART LOG: ${unit} was stopped by its start limit, resetting it`, {
    event: 'start_limit_reset',
  });
  await systemctl('reset-failed', unit, limits);
}

/** systemctl calls a start that did nothing, as a condition was not met, a success. */
async function failureOfSkipped(
  unit: string,
  start: UnitStart,
  limits: Limits,
): Promise<Failure | undefined> {
  const state = await unitState(unit, asking(limits));
  if (state.kind === 'unknown' || state.active !== 'inactive') {
    return undefined;
  }
  const { cause, isSkipped, output } = await storyOf(state, start, limits.signal);
  return isSkipped ? { reason: cause ?? '', output } : undefined;
}

/** systemctl's own words, or where it tells of no more than a job that failed, those of the unit. */
async function failureOfUnit(
  unit: string,
  start: UnitStart,
  result: CommandResult,
  limits: Limits,
): Promise<Failure> {
  const said = result.errorLines.filter((line) => !POINTER.test(line));
  const ending = endingWords(result.ending);
  const own = { reason: [ending, ...said.slice(0, 1)].join(': '), output: said };
  const isBadFile = said.some((line) => BAD_FILE.test(line));
  const isAboutJob = said.some((line) => JOB_FAILED.test(line));
  const state = isAboutJob || isBadFile ? await unitState(unit, asking(limits)) : undefined;
  if (state?.kind !== 'known') {
    return own;
  }
  const { cause, output } = await storyOf(state, isBadFile ? undefined : start, limits.signal);
  if (cause === undefined) {
    return own;
  }
  const reason = isBadFile ? `${own.reason} ${cause}` : `${ending}: ${cause}`;
  return { reason, output };
}

/** Tells where to look for what it could have told. */
const POINTER = /^See (?:"systemctl|'systemctl|system logs|user logs)/;
const JOB_FAILED = /^(?:Job for |A dependency job for |Assertion failed on job for )/;
const BAD_FILE = / has a bad unit file setting\.$/;

/** systemd goes on with a job that nobody waits for, so it is waited for: begun again, it would end what it got up. */
async function afterTimeout(
  unit: string,
  before: KnownUnit,
  start: UnitStart,
  result: CommandResult,
  limits: Limits,
  { log, clock, ending }: Means,
): Promise<Failure | undefined> {
  const ended = endingWords(result.ending);
  const look = () => unitState(unit, asking(limits));
  const onWait = (seconds: number) =>
    log.info(
      `RESTART LOG: systemctl ${ended}; waiting for systemd's job for ${unit}, at most ${seconds} seconds`,
      {
        event: 'job_awaited',
      },
    );
  const state = await waitForJob(before, look, onWait, clock, ending);
  if (state === undefined || ending.aborted) {
    return { reason: ended, output: [] };
  }
  if (state.hasJob) {
    const reason = `${ended}; systemd still works on ${unit}`;
    return { reason, output: [], isUnfinished: true };
  }
  if (illnessOfUnit(state) === undefined) {
    return undefined;
  }
  const { cause, output } = await storyOf(state, start, limits.signal);
  return { reason: cause === undefined ? ended : `${ended}: ${cause}`, output };
}

/** A question is no part of the restart, and needs no record. */
function asking({ onStart: _, ...limits }: Limits): Limits {
  return limits;
}

function whyNot(unit: string, load: string): string | undefined {
  switch (load) {
    case 'masked':
      return `${unit} is masked; systemctl unmask ${unit} allows it again`;
    case 'not-found':
      return `${unit} not found`;
    default:
      return undefined;
  }
}
