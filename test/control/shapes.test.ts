/** What a command believes of an answer: a client of root's may be told anything where the socket is not the service's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  AttemptReport,
  CheckReport,
  ExaminationsReport,
  ResetReport,
  RestartsReport,
  StatusReport,
} from '../../src/control/reports.ts';
import {
  isCheckReport,
  isExaminationsReport,
  isResetReport,
  isRestartsReport,
  isStatusReport,
  isTicket,
} from '../../src/control/shapes.ts';

const AT = '2025-01-31T12:00:00.000Z';

const STATUS: StatusReport = {
  version: '1.0.0-rc.1+2',
  pid: 7,
  state: 'running',
  started_at: AT,
  uptime_seconds: 1,
  database: { state: 'down', since: AT, reason: 'refused' },
  last_reload: { at: AT, refused: true, reason: 'm.ini:1: …' },
  checks: { interval_seconds: 300, running: false, last_at: AT, next_at: AT },
  alarms: 1,
  without_process: { alarms: 1, ids: [9] },
  restarts: { running: 1, waiting: 0 },
  processes: [
    {
      name: 'web',
      state: 'held_off',
      alarms: 1,
      refusal: 'refused',
      not_cleared: 'gone',
      failures: 3,
      breaker: { state: 'open', since: AT, reason: 'failures', retry_at: AT },
      last_attempt: {
        at: AT,
        strategy: 'custom',
        attempt: 1,
        command: 'true',
        outcome: 'failed',
        reason: 'exit code 1',
        duration_ms: 12,
        output: ['a line'],
      },
    },
  ],
  processes_omitted: 0,
};

const RESET: ResetReport = { closed: ['a'], forgotten: ['b'], unchanged: ['c'], unknown: ['d'] };

const RESTARTS: RestartsReport = {
  done: true,
  restarts: [
    {
      name: 'web',
      state: 'done',
      outcome: 'verified',
      cleared: 1,
      left: 2,
      attempts: [STATUS.processes[0]?.last_attempt as AttemptReport],
    },
  ],
};

const EXAMINATIONS: ExaminationsReport = {
  done: false,
  checks: [
    {
      name: 'web',
      healthy: true,
      reason: 'exit code 1',
      kind: 'command',
      asked: 'true',
      duration_ms: 12,
      output: ['a line'],
    },
  ],
};

const CHECK: CheckReport = { done: false, read: true, restarts: RESTARTS.restarts };

const REPORTS = {
  status: STATUS,
  reset: RESET,
  restarts: RESTARTS,
  examinations: EXAMINATIONS,
  check: CHECK,
};

const isAnswer = {
  status: isStatusReport,
  reset: isResetReport,
  restarts: isRestartsReport,
  examinations: isExaminationsReport,
  check: isCheckReport,
};

test('what the service tells is an answer, also with fields of a later version', () => {
  assert.ok(isStatusReport(STATUS));
  assert.ok(isStatusReport({ ...STATUS, load: 1, processes: [] }));
  assert.ok(isResetReport({ ...RESET, closed: [] }));
});

for (const [name, report] of Object.entries(REPORTS)) {
  test(`a ${name} is none with anything else in the place of any of its values`, () => {
    let places = 0;
    for (const place of placesIn(report)) {
      for (const other of [undefined, {}, 'x\u001b[2J\n', Number.NaN, -0.5, true, [[]]]) {
        const changed = structuredClone(report);
        if (put(changed, place, other)) {
          places += 1;
          const isOne = isAnswer[name as keyof typeof isAnswer](changed);
          const isText = typeof other === 'string' && isFreeText(report, place);
          const isNumber = other === -0.5 && typeof at(report, place) === 'number';
          const isFlag = typeof other === 'boolean' && typeof at(report, place) === 'boolean';
          assert.equal(isOne, isText || isNumber || isFlag, `${place.join('.')} = ${other}`);
        }
      }
    }
    assert.ok(places > 20, `${places} places`);
  });
}

test('no answer is one that is no object at all', () => {
  for (const content of [null, undefined, 7, 'running', [], [STATUS]]) {
    assert.equal(isStatusReport(content), false);
    assert.ok(Object.values(isAnswer).every((isReport) => !isReport(content)));
    assert.equal(isTicket(content), false);
  }
});

type Place = readonly string[];

function* placesIn(value: unknown, place: Place = []): Generator<Place> {
  if (place.length > 0) {
    yield place;
  }
  if (value instanceof Object) {
    for (const [key, inner] of Object.entries(value)) {
      yield* placesIn(inner, [...place, key]);
    }
  }
}

function at(value: unknown, place: Place): unknown {
  return place.reduce((inner, key) => (inner as Record<string, unknown>)[key], value);
}

/** False where the same is there already. */
function put(report: unknown, place: Place, other: unknown): boolean {
  const holder = at(report, place.slice(0, -1)) as Record<string, unknown>;
  const key = place.at(-1) as string;
  const isOther = typeof holder[key] !== typeof other || typeof other !== 'boolean';
  holder[key] = other;
  return isOther;
}

/** Whatever text stands there is escaped where it is shown; no time, and none of a few words. */
function isFreeText(report: unknown, place: Place): boolean {
  const value = at(report, place);
  const words = ['running', 'down', 'held_off', 'open', 'failures', 'done', 'command'];
  const isBound = [AT, ...words].includes(value as string);
  return typeof value === 'string' && !isBound && place[0] !== 'version';
}
