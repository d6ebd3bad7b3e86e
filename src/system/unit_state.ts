import type { CommandResult } from './command.ts';
import type { Value } from './dbus_message.ts';
import { unitProperties } from './manager_bus.ts';
import type { Limits } from './systemd.ts';
import { wholeOutputOf } from './whole_output.ts';

/** What systemd reports of a unit. */
export type UnitState = KnownUnit | Unanswered;

export interface KnownUnit {
  readonly kind: 'known';
  /** Its canonical name; the name it was asked by may be an alias. */
  readonly id: string;
  /** All its names, the canonical one too. */
  readonly names: readonly string[];
  /** `loaded`, `not-found`, `masked`, … */
  readonly load: string;
  /** `simple`, `oneshot`, …; empty for a unit that is not loaded. */
  readonly type: string;
  /** How it last ended: `success`, `exit-code`, `start-limit-hit`, … */
  readonly result: string;
  /** `active`, `failed`, … */
  readonly active: string;
  /** The same more exactly: `running`, `auto-restart`, … */
  readonly sub: string;
  /** 0 where it has none. */
  readonly mainPid: number;
  /** How its last main process ended; undefined where there was none, or it runs. */
  readonly mainEnd:
    | { readonly kind: 'exited'; readonly status: number }
    | { readonly kind: 'killed'; readonly signal: number }
    | undefined;
  /** Its `Condition…=`, and `Assert…=`, apart from those that were met; empty where systemd does not say. */
  readonly conditions: readonly string[];
  readonly asserts: readonly string[];
  /** A start may do nothing at all, as a condition is not met. */
  readonly isConditional: boolean;
  /** The units without which it does not start. */
  readonly requires: readonly string[];
  /** What kept its last start from doing anything. */
  readonly unmet: 'condition' | 'assertion' | undefined;
  readonly refusesManualStop: boolean;
  /** One for each start; empty where systemd remembers none. */
  readonly invocation: string;
  /** systemd starts, stops or restarts it, or will. */
  readonly hasJob: boolean;
  /** How long systemd lets one start and one stop take; Infinity where there is no limit. */
  readonly startLimitMs: number;
  readonly stopLimitMs: number;
  /** How long it lets the unit run; Infinity where there is no limit. */
  readonly runLimitMs: number;
  readonly times: UnitTimes;
}

/** When things happened to a unit last, in microseconds since the boot; 0: never. */
export interface UnitTimes {
  /** It began to start. */
  readonly inactiveExit: number;
  /** It was up. */
  readonly activeEnter: number;
  /** It went down, or was told to. */
  readonly activeExit: number;
  readonly mainStart: number;
  /** Its main process ended. */
  readonly mainExit: number;
}

/** systemd did not answer. */
export interface Unanswered {
  readonly kind: 'unknown';
  readonly result: CommandResult;
}

/**
 * Asks systemd about a unit: itself where it answers this user, else by systemctl. One that it does not know is
 * `not-found`; `unknown` is that it did not answer.
 */
export async function unitState(unit: string, limits: Limits): Promise<UnitState> {
  const properties = await unitProperties(unit, Math.min(BUS_MS, limits.timeoutMs), limits.signal);
  if (properties) {
    return knownUnit((name) => textOf(name, properties.get(name)));
  }
  const command = ['systemctl', 'show', `--property=${PROPERTIES.join(',')}`, '--', unit];
  const { result, text } = await wholeOutputOf(command, MAX_BYTES, limits);
  return result.ok && text !== undefined ? parseUnitState(text) : { kind: 'unknown', result };
}

/** It answers within a few milliseconds, or hangs. */
const BUS_MS = 1000;
/** A unit may have any number of names. */
const MAX_BYTES = 64 * 1024;
/** Those that systemd 239 knows too. */
const PROPERTIES = [
  ...['Id', 'Names', 'LoadState', 'Type', 'ActiveState', 'SubState', 'Result', 'MainPID'],
  ...['ExecMainCode', 'ExecMainStatus', 'RefuseManualStop', 'InvocationID', 'Job'],
  ...['ConditionResult', 'ConditionTimestampMonotonic'],
  ...['Conditions', 'Asserts', 'ExecCondition', 'Requires', 'BindsTo', 'Requisite'],
  ...['AssertResult', 'AssertTimestampMonotonic', 'TimeoutStartUSec', 'TimeoutStopUSec'],
  ...['RuntimeMaxUSec', 'InactiveExitTimestampMonotonic'],
  ...['ActiveEnterTimestampMonotonic', 'ActiveExitTimestampMonotonic'],
  ...['ExecMainStartTimestampMonotonic', 'ExecMainExitTimestampMonotonic'],
];

/** What `systemctl show` printed of one unit. */
export function parseUnitState(text: string): KnownUnit {
  const lines = text.split('\n');
  return knownUnit(
    (name) => lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? '',
  );
}

/** A property as systemctl shows it, but for times, whose unit is simply `us`. */
function textOf(name: string, value: Value | undefined): string {
  if (typeof value === 'boolean') {
    return value ? 'yes' : 'no';
  }
  if (typeof value === 'bigint' && name.endsWith('USec')) {
    return value === NO_LIMIT ? 'infinity' : `${value}us`;
  }
  if (!Array.isArray(value)) {
    return String(value ?? '');
  }
  switch (name) {
    case 'InvocationID':
      return Buffer.from(value as number[]).toString('hex');
    case 'Job': // its number, and its path
      return String(value[0]);
    case 'Conditions':
    case 'Asserts':
      return checksOf(value as Check[]).join('\n');
    default:
      return value.join(' ');
  }
}

/** A condition: its name, whether one of several is enough, whether it is reversed, its value, and how it came out. */
type Check = [name: string, isTrigger: boolean, isReversed: boolean, value: string, met: number];

function checksOf(checks: readonly Check[]): string[] {
  const unmet = checks.filter(([, , , , met]) => met < 0);
  return (unmet.length > 0 ? unmet : checks).map(
    ([name, isTrigger, isReversed, value]) =>
      `${name}=${isTrigger ? '|' : ''}${isReversed ? '!' : ''}${value}`,
  );
}

const wordsOf = (text: string) => text.split(' ').filter((word) => word !== '');
/** systemctl can't show conditions. */
const listOf = (text: string) =>
  text.split('\n').filter((line) => line !== '' && line !== '[unprintable]');
const NO_LIMIT = 2n ** 64n - 1n;

/** `field`: a property as systemctl shows it; empty where there is none. */
function knownUnit(field: (name: string) => string): KnownUnit {
  // Before the first start the result of a condition is `no` too.
  const isUnmet = (what: string) =>
    field(`${what}Result`) === 'no' && Number(field(`${what}TimestampMonotonic`)) > 0;
  const timeOf = (what: string) => Number(field(`${what}TimestampMonotonic`));
  const unmet = (isUnmet('Condition') && 'condition') || (isUnmet('Assert') && 'assertion');
  return {
    kind: 'known',
    id: field('Id'),
    names: wordsOf(field('Names')),
    load: field('LoadState'),
    type: field('Type'),
    result: field('Result'),
    active: field('ActiveState'),
    sub: field('SubState'),
    mainPid: Number(field('MainPID')),
    mainEnd: mainEndOf(Number(field('ExecMainCode')), Number(field('ExecMainStatus'))),
    conditions: listOf(field('Conditions')),
    asserts: listOf(field('Asserts')),
    isConditional: field('Conditions') !== '' || field('ExecCondition') !== '',
    requires: ['Requires', 'BindsTo', 'Requisite'].flatMap((name) => wordsOf(field(name))),
    unmet: unmet || undefined,
    refusesManualStop: field('RefuseManualStop') === 'yes',
    invocation: field('InvocationID'),
    hasJob: Number(field('Job')) > 0,
    startLimitMs: spanMs(field('TimeoutStartUSec')),
    stopLimitMs: spanMs(field('TimeoutStopUSec')),
    runLimitMs: spanMs(field('RuntimeMaxUSec')),
    times: {
      inactiveExit: timeOf('InactiveExit'),
      activeEnter: timeOf('ActiveEnter'),
      activeExit: timeOf('ActiveExit'),
      mainStart: timeOf('ExecMainStart'),
      mainExit: timeOf('ExecMainExit'),
    },
  };
}

/** The codes are those of waitid(2). */
function mainEndOf(code: number, status: number): KnownUnit['mainEnd'] {
  switch (code) {
    case 1: // CLD_EXITED
      return { kind: 'exited', status };
    case 2: // CLD_KILLED
    case 3: // CLD_DUMPED
      return { kind: 'killed', signal: status };
    default:
      return undefined;
  }
}

const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;
/** As systemd.time(7) has them. */
const SPANS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: SECOND,
  min: 60 * SECOND,
  h: 3600 * SECOND,
  d: DAY,
  w: 7 * DAY,
  month: 30.4375 * DAY,
  y: 365.25 * DAY,
};

/** `1min 30s` in milliseconds; Infinity for `infinity`. */
function spanMs(text: string): number {
  if (text === 'infinity') {
    return Number.POSITIVE_INFINITY;
  }
  return [...text.matchAll(/([\d.]+)([a-z]+)/g)].reduce(
    (sum, [, number, unit = '']) => sum + Number(number) * (SPANS[unit] ?? 0),
    0,
  );
}
