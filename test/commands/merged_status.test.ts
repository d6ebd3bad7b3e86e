/** What the service says and what the tables have, made one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProcessRow } from '../../src/alarms/processes.ts';
import { mergeNamed, mergeTable } from '../../src/commands/merged_status.ts';
import type { ProcessReport, StatusReport } from '../../src/control/reports.ts';

const TIME = '2026-11-23T03:12:00.000Z';
const OPEN = { state: 'open', since: TIME, reason: 'failures', retry_at: TIME } as const;
const HEAD: Omit<StatusReport, 'processes'> = {
  version: '1.1.0',
  pid: 1,
  state: 'running',
  started_at: TIME,
  uptime_seconds: 0,
  database: { state: 'connected', since: TIME, reason: null },
  last_reload: null,
  checks: { interval_seconds: 300, running: false, last_at: TIME, next_at: null },
  alarms: 0,
  without_process: { alarms: 0, ids: [] },
  restarts: { running: 0, waiting: 0 },
  processes_omitted: 0,
};

function known(name: string, more: Partial<ProcessReport> = {}): ProcessReport {
  return {
    name,
    state: 'no_alarm',
    alarms: 0,
    refusal: null,
    not_cleared: null,
    failures: 0,
    breaker: { state: 'closed', since: null, reason: null, retry_at: null },
    last_attempt: null,
    ...more,
  };
}

function row(id: number, name: string | undefined, more: Partial<ProcessRow> = {}): ProcessRow {
  const rest = { hasStatus: true, isInAlarm: false, sound: 0, notes: '' };
  return { id: String(id), name, ...rest, ...more };
}

function merged(processes: readonly ProcessReport[], rows: readonly ProcessRow[]) {
  return mergeTable({ ...HEAD, processes }, { rows });
}

const shown = (status: ReturnType<typeof merged>) =>
  status.processes.map(({ name, state, ids }) => [name, state, ids]);

test('a process that only the tables know is not in alarm, or is in the one that was just raised', () => {
  const status = merged([], [row(1, 'web'), row(2, 'db', { isInAlarm: true }), row(3, 'web')]);
  assert.deepEqual(shown(status), [
    ['db', 'in_alarm', [2]],
    ['web', 'no_alarm', [1, 3]],
  ]);
  assert.deepEqual(status.counts, { processes: 2, ok: 1, held: 0, in_alarm: 1 });
});

test('one that is in neither table is told no more, but for an open breaker and a restart under way', () => {
  const status = merged(
    [
      known('gone', { failures: 2 }),
      known('deleted in alarm', { state: 'in_alarm', alarms: 1 }),
      known('refused before', { state: 'refused', alarms: 1, refusal: 'x' }),
      known('held', { state: 'held_off', alarms: 1, breaker: OPEN }),
      known('busy', { state: 'restarting', alarms: 1 }),
    ],
    [],
  );
  assert.deepEqual(shown(status), [
    ['busy', 'restarting', []],
    ['held', 'no_alarm', []],
  ]);
  assert.deepEqual(status.counts, { processes: 0, ok: 0, held: 0, in_alarm: 0 });
});

test('what the tables say of an alarm is newer than the last check', () => {
  const status = merged(
    [
      known('cleared', { state: 'held_off', alarms: 1, breaker: OPEN }),
      known('raised', { breaker: OPEN }),
      known('-refused'),
    ],
    [
      row(1, 'cleared'),
      row(2, 'raised', { isInAlarm: true }),
      row(3, '-refused', { isInAlarm: true }),
    ],
  );
  assert.deepEqual(shown(status), [
    ['raised', 'held_off', [2]],
    ['-refused', 'refused', [3]],
    ['cleared', 'no_alarm', [1]],
  ]);
  assert.deepEqual(status.counts, { processes: 3, ok: 0, held: 2, in_alarm: 1 });
});

test('rows of one table are counted, and are no processes', () => {
  const status = merged([], [row(1, undefined), row(2, 'web', { hasStatus: false }), row(3, 'db')]);
  assert.equal(status.incomplete_rows, 2);
  assert.equal(status.counts?.processes, 1);
});

test('of more than can be shown the others are counted', () => {
  const rows = Array.from({ length: 1_500 }, (_, index) => row(index, `p${index}`));
  const status = merged([known('p1499', { state: 'restarting', alarms: 1 })], rows);
  assert.equal(status.processes[0]?.name, 'p1499');
  assert.equal(status.processes_omitted, 500);
  assert.deepEqual(status.counts, { processes: 1_500, ok: 1_499, held: 0, in_alarm: 1 });
});

test('without the tables everything is as the service says, and the reason is told', () => {
  const processes = [known('gone', { failures: 2 })];
  const status = mergeTable({ ...HEAD, processes }, { problem: 'slow' });
  assert.deepEqual(shown(status), [['gone', 'no_alarm', null]]);
  assert.deepEqual([status.counts, status.table_problem], [null, 'slow']);
});

test('what is asked for by name is told though neither table has it', () => {
  const processes = mergeNamed([known('gone')], ['gone', 'web', 'nowhere'], [row(1, 'web')]);
  assert.deepEqual(
    processes.map(({ name, ids }) => [name, ids]),
    [
      ['gone', []],
      ['web', [1]],
    ],
  );
});
