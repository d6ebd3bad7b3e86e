/** What `status` is made of; times in milliseconds since the boot become times of day. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Breaker, CLOSED } from '../../src/breaker/breaker.ts';
import { Overview } from '../../src/monitor/overview.ts';
import { type Sources, statusReport } from '../../src/service/status_report.ts';
import type { RecordedAttempt } from '../../src/state/recorded_attempt.ts';
import { settingsWith } from '../monitor/fakes.ts';

const NOW = new Date('2026-11-23T03:12:00.000Z');
const MOMENT = { now: NOW, nowMs: 100_000, startedAtMs: 40_000, isStopping: false };

test('a time is told by the clock of now, whatever the clock said then', () => {
  const { started_at, uptime_seconds } = statusReport(sources(), MOMENT);
  assert.deepEqual([started_at, uptime_seconds], ['2026-11-23T03:11:00.000Z', 60]);
});

test('the next check is due an interval after the last one began, and never in the past', () => {
  for (const [beganMs, next] of [
    [90_000, '2026-11-23T03:16:50.000Z'],
    [-500_000, '2026-11-23T03:12:00.000Z'],
  ] as const) {
    const overview = new Overview(() => beganMs);
    overview.checkBegins();
    assert.equal(statusReport(sources({ overview }), MOMENT).checks.next_at, null);
    overview.databaseFails('gone');
    assert.equal(statusReport(sources({ overview }), MOMENT).checks.next_at, next);
    const stopping = { ...MOMENT, isStopping: true };
    assert.equal(statusReport(sources({ overview }), stopping).checks.next_at, null);
  }
});

test('an open breaker is tried again when its reset time is over', () => {
  const web: Breaker = { state: 'open', failures: 3, openedAtMs: 70_000 };
  const { processes } = statusReport(sources({ breakers: { web } }), MOMENT);
  assert.deepEqual(processes[0]?.breaker, {
    state: 'open',
    since: '2026-11-23T03:11:30.000Z',
    reason: 'failures',
    retry_at: '2026-11-23T03:41:30.000Z',
  });
  assert.deepEqual([processes[0]?.state, processes[0]?.failures], ['no_alarm', 3]);
});

test('of what a command says so much is told as a person reads', () => {
  const last: RecordedAttempt = {
    ...ATTEMPT,
    command: 'c'.repeat(10_000),
    reason: 'r'.repeat(10_000),
    output: Array.from({ length: 50 }, (_, index) => `${index} ${'o'.repeat(10_000)}`),
  };
  const { processes } = statusReport(sources({ attempts: { web: last } }), MOMENT);
  const told = processes[0]?.last_attempt;
  assert.deepEqual([told?.command.length, told?.reason.length, told?.output.length], [501, 501, 5]);
  assert.ok(told?.output.every((line) => line.length === 501));
  assert.ok(told?.output[4]?.startsWith('49 '));
});

test('each process is told once, those without trouble by their last restart', () => {
  const open: Breaker = { state: 'open', failures: 3, openedAtMs: 0 };
  const { processes } = statusReport(
    sources({
      breakers: { b: open },
      attempts: { newest: ATTEMPT, b: ATTEMPT, oldest: ATTEMPT },
      running: ['b'],
    }),
    MOMENT,
  );
  assert.deepEqual(
    processes.map(({ name }) => name),
    ['b', 'newest', 'oldest'],
  );
});

const ATTEMPT: RecordedAttempt = {
  at: NOW,
  name: 'web',
  strategy: 'service',
  attempt: 1,
  command: 'true',
  outcome: 'verified',
  reason: '',
  durationMs: 12.6,
  output: [],
};

function sources({
  breakers = {},
  attempts = {},
  running = [],
  overview = new Overview(() => 0),
}: {
  breakers?: Record<string, Breaker>;
  attempts?: Record<string, RecordedAttempt>;
  running?: string[];
  overview?: Overview;
} = {}): Sources {
  return {
    breakers: {
      names: () => Object.keys(breakers),
      of: (name) => breakers[name] ?? CLOSED,
      reasonOf: (name) => (breakers[name]?.state === 'open' ? 'failures' : undefined),
    },
    overview,
    lastReload: undefined,
    restarts: { running: new Set(running), waiting: new Set() },
    state: {
      attemptedNames: () => Object.keys(attempts),
      lastAttempt: (name) => attempts[name],
    },
    settings: settingsWith({}),
  };
}
