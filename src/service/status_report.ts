import type { Breakers } from '../breaker/breakers.ts';
import type { Settings } from '../configuration/settings.ts';
import type { DatabaseReport, StatusReport } from '../control/reports.ts';
import { breakerLimits } from '../monitor/healing.ts';
import type { Overview } from '../monitor/overview.ts';
import type { State } from '../state/state.ts';
import type { Reload } from './in_force.ts';
import { cut, type ProcessFacts, processReport, STATES, stateOf } from './process_report.ts';
import { VERSION } from './version.ts';

/** Where the service's knowledge is. */
export interface Sources {
  readonly breakers: Pick<Breakers, 'names' | 'of' | 'reasonOf'>;
  readonly overview: Overview;
  /** The processes whose restart runs, and those whose restart waits. */
  readonly restarts: {
    readonly running: ReadonlySet<string>;
    readonly waiting: ReadonlySet<string>;
  };
  readonly state: Pick<State, 'attemptedNames' | 'lastAttempt'>;
  /** Undefined: there was none yet. */
  readonly lastReload: Reload | undefined;
  /** In force now. */
  readonly settings: Settings;
}

export interface Moment {
  readonly now: Date;
  /** The same, in milliseconds since the boot. */
  readonly nowMs: number;
  readonly startedAtMs: number;
  readonly isStopping: boolean;
}

/** So many processes are told in one answer; the others are counted. */
export const MAX_PROCESSES = 1000;

const MAX_IDS = 10;

/** What the service says of itself and of every process that something is known of, or of these. */
export function statusReport(
  sources: Sources,
  moment: Moment,
  only?: readonly string[],
): StatusReport {
  const { overview, restarts, settings } = sources;
  const { nowMs, startedAtMs } = moment;
  const timeOf = (ms: number) => new Date(moment.now.getTime() + ms - nowMs).toISOString();
  const names = only ?? byUrgency(sources);
  const { resetMs } = breakerLimits(settings);
  return {
    version: VERSION,
    pid: process.pid,
    state: moment.isStopping ? 'stopping' : 'running',
    started_at: timeOf(startedAtMs),
    uptime_seconds: Math.floor((nowMs - startedAtMs) / 1000),
    database: databaseReport(overview, timeOf),
    last_reload: reloadReport(sources.lastReload, timeOf),
    checks: checksReport(overview, settings.monitor.check_interval, moment, timeOf),
    alarms: overview.alarms ?? null,
    without_process: {
      alarms: overview.withoutProcess.length,
      ids: overview.withoutProcess.slice(0, MAX_IDS).map(Number),
    },
    restarts: { running: restarts.running.size, waiting: restarts.waiting.size },
    processes: names
      .slice(0, MAX_PROCESSES)
      .map((name) => processReport(factsOf(name, sources), resetMs, timeOf)),
    processes_omitted: Math.max(0, names.length - MAX_PROCESSES),
  };
}

/** Everything that something is known of, what was restarted last in front. */
export function knownNames({ breakers, overview, restarts, state }: Sources): string[] {
  const { running, waiting } = restarts;
  const names = [
    state.attemptedNames(),
    running,
    waiting,
    overview.inAlarm.keys(),
    breakers.names(),
  ];
  return [...new Set(names.flatMap((some) => [...some]))];
}

/** What needs a person first comes first. */
function byUrgency(sources: Sources): string[] {
  const ranked = knownNames(sources).map((name) => ({
    name,
    rank: STATES.indexOf(stateOf(withoutAttempt(name, sources))),
  }));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ name }) => name);
}

function factsOf(name: string, sources: Sources): ProcessFacts {
  return { ...withoutAttempt(name, sources), lastAttempt: sources.state.lastAttempt(name) };
}

function withoutAttempt(name: string, { breakers, overview, restarts }: Sources) {
  const waits = restarts.waiting.has(name) ? 'waiting' : undefined;
  return {
    name,
    sighting: overview.inAlarm.get(name),
    restart: restarts.running.has(name) ? ('running' as const) : waits,
    breaker: breakers.of(name),
    reason: breakers.reasonOf(name),
  } as const;
}

function databaseReport({ database }: Overview, timeOf: (ms: number) => string): DatabaseReport {
  return {
    state: database.state,
    since: database.state === 'unknown' ? null : timeOf(database.sinceMs),
    reason: database.state === 'down' ? cut(database.reason) : null,
  };
}

function reloadReport(
  reload: Reload | undefined,
  timeOf: (ms: number) => string,
): StatusReport['last_reload'] {
  return (
    (reload && {
      at: timeOf(reload.atMs),
      refused: reload.refusal !== undefined,
      reason: reload.refusal === undefined ? null : cut(reload.refusal),
    }) ??
    null
  );
}

function checksReport(
  { isChecking, lastCheckMs }: Overview,
  interval: number,
  { nowMs, isStopping }: Moment,
  timeOf: (ms: number) => string,
): StatusReport['checks'] {
  const isDue = lastCheckMs !== undefined && !isChecking && !isStopping;
  return {
    interval_seconds: interval,
    running: isChecking,
    last_at: lastCheckMs === undefined ? null : timeOf(lastCheckMs),
    next_at: isDue ? timeOf(Math.max(nowMs, lastCheckMs + interval * 1000)) : null,
  };
}
