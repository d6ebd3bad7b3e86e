import { createHash, randomBytes } from 'node:crypto';
import { signalName } from './signal_name.ts';

/** Units of this name hold what the strategy `process` started; nobody else's do. */
const PREFIX = 'monitor_service-started-';

/** A service that PID 1 runs because this service asks, for as long as what it started runs. */
export interface TransientUnit {
  readonly unit: string;
  /** What to put before a command line. */
  readonly command: readonly string[];
}

/**
 * A unit to start something in for a process of the table, which the unit's name tells. The rest of it is random,
 * not a pid: that may come again while an older unit still runs.
 */
export function transientUnit(name: string, startedFor: string): TransientUnit {
  const unit = `${prefixFor(startedFor)}${randomBytes(6).toString('hex')}.service`;
  const options = [
    `--unit=${unit}`,
    `--description=${name}, started by monitor_service`,
    '--collect',
    // systemd-run hands on its standard input, output and error, and tells how the program ended.
    '--pipe',
    '--wait',
    // A daemon's first process ends once it is in the background; the others are to stay.
    '--property=KillMode=process',
    // A program decides that for itself.
    '--property=IgnoreSIGPIPE=no',
  ];
  return { unit, command: ['systemd-run', ...options, '--'] };
}

/** Is it a unit that this service, or an earlier run of it, had made? */
export function isTransientUnit(unit: string): boolean {
  return unit.startsWith(PREFIX);
}

/** Is it such a unit, made for this process of the table? */
export function isUnitFor(name: string, unit: string): boolean {
  return unit.startsWith(prefixFor(name));
}

/** A name may be longer than a unit's, and hold what a unit's can't or takes for something else, as `@`. */
function prefixFor(name: string): string {
  return `${PREFIX}${createHash('sha256').update(name).digest('hex').slice(0, 12)}-`;
}

/** What systemd-run printed among other lines. The words differ a little from version to version. */
export interface RunReport {
  /** systemd started the unit. */
  readonly hasBegun: boolean;
  /** What ended the program, `SIGKILL` say. */
  readonly signal: string | undefined;
  /** What others printed. */
  readonly others: readonly string[];
}

const BEGUN = /^Running as unit: /;
const ENDED = /^\s*Finished with result: /;
/** `code=killed/status=9`, `code=killed/status=KILL` or `code=killed, status=9/KILL`. */
const KILLED =
  /^\s*Main processes terminated with: code=(?:killed|dumped)\W+status=(?:\d+\/)?(\w+)/;

/** Tells systemd-run's own lines from those of what it ran. */
export function readReport(lines: readonly string[]): RunReport {
  const end = lines.findIndex((line) => ENDED.test(line));
  const before = end < 0 ? lines : lines.slice(0, end);
  const killed = lines.map((line) => KILLED.exec(line)).find((match) => match !== null);
  return {
    hasBegun: before.some((line) => BEGUN.test(line)),
    signal: killed?.[1] && signalOf(killed[1]),
    others: before.filter((line) => !BEGUN.test(line)),
  };
}

function signalOf(word: string): string {
  return signalName(Number(word)) ?? `SIG${word}`;
}
