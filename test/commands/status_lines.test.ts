/** What `status` shows where much is wrong at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MergedProcess, MergedStatus } from '../../src/commands/merged_status.ts';
import { statusLines } from '../../src/commands/status_lines.ts';

const NOW = new Date('2026-11-23T03:12:00.000Z');
const SCREEN = { columns: 200, hasColour: false };
const OPEN = {
  state: 'open',
  since: NOW.toISOString(),
  retry_at: NOW.toISOString(),
  reason: 'failures',
} as const;
const CALM: MergedProcess = {
  name: 'web',
  state: 'no_alarm',
  alarms: 0,
  refusal: null,
  not_cleared: null,
  failures: 0,
  breaker: { state: 'closed', since: null, reason: null, retry_at: null },
  last_attempt: null,
  ids: [1],
};
const REPORT: MergedStatus = {
  version: '1.0.0',
  pid: 1,
  state: 'running',
  started_at: NOW.toISOString(),
  uptime_seconds: 0,
  database: { state: 'connected', since: NOW.toISOString(), reason: null },
  last_reload: null,
  checks: { interval_seconds: 300, running: false, last_at: null, next_at: null },
  alarms: 0,
  without_process: { alarms: 0, ids: [] },
  restarts: { running: 0, waiting: 0 },
  processes: [],
  processes_omitted: 0,
  counts: null,
  table_problem: null,
  incomplete_rows: null,
};

const shown = (report: Partial<MergedStatus>) =>
  statusLines({ ...REPORT, ...report }, false, SCREEN, NOW);

test('a reload is shown once there was one, and why it was refused until one is not', () => {
  const at = new Date(NOW.getTime() - 120_000).toISOString();
  const reloadLine = (last_reload: MergedStatus['last_reload']) =>
    shown({ last_reload }).filter((line) => line.startsWith('Reload:'));
  assert.deepEqual(reloadLine(null), []);
  assert.match(
    reloadLine({ at, refused: false, reason: null })[0] ?? '',
    /^Reload: {4}2\S+ \S+ \(2 minutes ago\)$/,
  );
  const reason = '/etc/m.ini:3: [monitor] check_interval: got "\u001b[2J"';
  const [refused = ''] = reloadLine({ at, refused: true, reason });
  assert.match(
    refused,
    /^Reload: {4}refused 2\S+ \S+ \(2 minutes ago\): \/etc\/m\.ini:3: .*\\x1b\[2J"$/,
  );
});

test('an open breaker without an alarm takes no explanation from what is in alarm', () => {
  const processes: MergedProcess[] = [
    { ...CALM, name: 'held', state: 'held_off', alarms: 1, failures: 3, breaker: OPEN },
    { ...CALM, name: 'failed', state: 'in_alarm', alarms: 1, failures: 1 },
    { ...CALM, name: 'healed', state: 'in_alarm', alarms: 1, not_cleared: 'UPDATE denied' },
    { ...CALM, name: 'new', state: 'in_alarm', alarms: 1 },
    { ...CALM, name: 'calm', failures: 3, breaker: OPEN },
  ];
  const lines = shown({ processes });
  assert.ok(
    lines.some((line) => /^calm +not in alarm +open +3$/.test(line)),
    lines.join('\n'),
  );
  const explained = lines.filter((_, index) => lines[index + 1]?.startsWith('  State:'));
  assert.deepEqual(explained, ['held', 'failed', 'healed']);
  assert.equal(lines.at(-1), 'Why, for the other 1: monitor_service status NAME');
});

test('of many alarms without a process some are named', () => {
  const ids = [1, 2, 3];
  const lines = shown({ alarms: 4, without_process: { alarms: 4, ids } });
  assert.equal(
    lines.at(-1),
    '4 alarms without a process: IDs 1, 2, 3, … are in STATUS_PROCESS but not in PROCESE; add them there, or: monitor_service alarm clear ID',
  );
});

test('the processes of the tables are counted, and so are rows that one of them lacks', () => {
  const counts = { processes: 12, ok: 9, held: 1, in_alarm: 2 };
  const last = (report: Partial<MergedStatus>) => shown(report).at(-1);
  assert.equal(
    last({ counts, incomplete_rows: 0 }),
    'Table:     12 processes, 9 ok, 1 held, 2 in alarm',
  );
  assert.equal(
    last({ counts: { processes: 1, ok: 1, held: 0, in_alarm: 0 }, incomplete_rows: 2 }),
    'Table:     1 process, 1 ok; 2 rows in one table only: monitor_service list',
  );
  assert.equal(last({ table_problem: 'slow\x1b' }), 'Table:     not read: slow\\x1b');
});

test('a database that the service reached at its last check, and that cannot be read now, is not called connected', () => {
  const [, database] = shown({ table_problem: 'slow' });
  assert.equal(database, 'Database:  connected at the last check, not reached now (see Table)');
});

test('at 80 columns the table has each name of 30 characters, its state and its last restart', () => {
  const name = 'webshop-payment-gateway-eu-010';
  const last_attempt = {
    at: new Date(NOW.getTime() - 120_000).toISOString(),
    strategy: 'service',
    attempt: 2,
    command: 'systemctl restart web.service',
    outcome: 'failed',
    reason: 'exit code 1',
    duration_ms: 41,
    output: [],
  };
  for (const [columns, shownName] of [
    [80, name],
    [60, /^webshop-\S+…y-eu-010/.source],
  ] as const) {
    const screen = { columns, hasColour: false };
    const lines = statusLines(
      { ...REPORT, processes: [{ ...CALM, name, state: 'no_alarm', last_attempt }] },
      false,
      screen,
      NOW,
    );
    const line = lines.find((text) => text.startsWith('webshop') && text.includes('ago')) ?? '';
    assert.match(line, new RegExp(`${shownName} +not in alarm .*failed 2 min ago$`));
    assert.ok(line.length <= columns, line);
  }
});
