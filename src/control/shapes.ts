import type {
  CheckReport,
  ExaminationsReport,
  ResetReport,
  RestartsReport,
  StatusReport,
  Ticket,
} from './reports.ts';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
/** Shown as it is. */
const version: Check = (value) => text(value) && /^[\w.+-]{1,50}$/.test(value as string);
const number: Check = (value) => Number.isFinite(value);
const yesOrNo: Check = (value) => typeof value === 'boolean';
const time: Check = (value) => text(value) && !Number.isNaN(Date.parse(value as string));
const oneOf =
  (...words: string[]): Check =>
  (value) =>
    words.includes(value as string);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

/** Further fields are those of a later version. */
const fields =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(checks).every(([name, check]) =>
      check((value as Record<string, unknown>)[name]),
    );

const attempt = fields({
  at: time,
  strategy: text,
  attempt: number,
  command: text,
  outcome: text,
  reason: text,
  duration_ms: orNull(number),
  output: listOf(text),
});

const process = fields({
  name: text,
  state: oneOf('held_off', 'refused', 'in_alarm', 'restarting', 'waiting', 'no_alarm'),
  alarms: number,
  refusal: orNull(text),
  not_cleared: orNull(text),
  failures: number,
  breaker: fields({
    state: oneOf('closed', 'open', 'half-open'),
    since: orNull(time),
    reason: orNull(oneOf('failures', 'restarts')),
    retry_at: orNull(time),
  }),
  last_attempt: orNull(attempt),
});

const status = fields({
  version,
  pid: number,
  state: oneOf('running', 'stopping'),
  started_at: time,
  uptime_seconds: number,
  database: fields({
    state: oneOf('unknown', 'connected', 'down'),
    since: orNull(time),
    reason: orNull(text),
  }),
  last_reload: orNull(fields({ at: time, refused: yesOrNo, reason: orNull(text) })),
  checks: fields({
    interval_seconds: number,
    running: yesOrNo,
    last_at: orNull(time),
    next_at: orNull(time),
  }),
  alarms: orNull(number),
  without_process: fields({ alarms: number, ids: listOf(number) }),
  restarts: fields({ running: number, waiting: number }),
  processes: listOf(process),
  processes_omitted: number,
});

const reset = fields({
  closed: listOf(text),
  forgotten: listOf(text),
  unchanged: listOf(text),
  unknown: listOf(text),
});

const restart = fields({
  name: text,
  state: oneOf('waiting', 'running', 'done'),
  outcome: orNull(text),
  cleared: number,
  left: orNull(number),
  attempts: listOf(attempt),
});

const examination = fields({
  name: text,
  healthy: yesOrNo,
  reason: text,
  kind: oneOf('unit', 'program', 'command'),
  asked: text,
  duration_ms: number,
  output: listOf(text),
});

const ticket = fields({ ticket: text });
const restarts = fields({ done: yesOrNo, restarts: listOf(restart) });
const examinations = fields({ done: yesOrNo, checks: listOf(examination) });
const check = fields({ done: yesOrNo, read: orNull(yesOrNo), restarts: listOf(restart) });

/** Is it what this version's service tells of itself? */
export function isStatusReport(content: unknown): content is StatusReport {
  return status(content);
}

export function isResetReport(content: unknown): content is ResetReport {
  return reset(content);
}

export function isTicket(content: unknown): content is Ticket {
  return ticket(content);
}

export function isRestartsReport(content: unknown): content is RestartsReport {
  return restarts(content);
}

export function isExaminationsReport(content: unknown): content is ExaminationsReport {
  return examinations(content);
}

export function isCheckReport(content: unknown): content is CheckReport {
  return check(content);
}
