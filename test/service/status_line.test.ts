import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CLOSED } from '../../src/breaker/breaker.ts';
import { Overview } from '../../src/monitor/overview.ts';
import { lineFor, situationOf } from '../../src/service/status_line.ts';
import { alarm } from '../monitor/fakes.ts';

const calm = { failingSince: undefined, restarting: [], unhealed: 0, refused: undefined };
const NOON = new Date(2026, 0, 31, 12, 0, 0);

describe('the line for systemctl status', () => {
  const cases: [string, Parameters<typeof lineFor>[0]][] = [
    ['No process in alarm', calm],
    ['Restarting nginx', { ...calm, restarting: ['nginx'] }],
    ['Restarting a, b, c', { ...calm, restarting: ['a', 'b', 'c'] }],
    ['Restarting a, b, c and 2 more', { ...calm, restarting: ['a', 'b', 'c', 'd', 'e'] }],
    ['1 alarm not healed', { ...calm, unhealed: 1 }],
    ['2 alarms not healed', { ...calm, unhealed: 2 }],
    ['Database checks fail since 2026-01-31 12:00:00', { ...calm, failingSince: NOON }],
    [
      'Database checks fail since 2026-01-31 12:00:00; Restarting a; 3 alarms not healed',
      { ...calm, failingSince: NOON, restarting: ['a'], unhealed: 3 },
    ],
    [
      'No process in alarm; Reload refused at 2026-01-31 12:00:00: m.ini:3: bad',
      { ...calm, refused: { at: NOON, reason: 'm.ini:3: bad' } },
    ],
    [
      '1 alarm not healed; Reload refused at 2026-01-31 12:00:00: m.ini:3: bad',
      { ...calm, unhealed: 1, refused: { at: NOON, reason: 'm.ini:3: bad' } },
    ],
  ];
  for (const [line, situation] of cases) {
    test(`can be: ${line}`, () => assert.equal(lineFor(situation), line));
  }
});

describe('the situation', () => {
  const dateOf = (ms: number) => new Date(NOON.getTime() + ms);
  const situation = (overview: Overview, ...restarting: string[]) =>
    situationOf(overview, restarting, undefined, dateOf);

  /** As a check with four alarms leaves it. */
  function checked(): Overview {
    const overview = new Overview(() => 1000);
    const tasks = ['mail', 'web'].map((name, index) => ({
      name,
      alarms: [alarm(index, name), alarm(index + 10, name)],
      breaker: CLOSED,
      isHealed: false,
    }));
    overview.found({ withoutProcess: [], refused: [], heldOff: [], busy: [], tasks });
    return overview;
  }

  test('before the first check is calm', () => {
    assert.deepEqual(situation(new Overview(() => 0)), calm);
  });

  test('counts an alarm as not healed unless its process is being restarted', () => {
    const overview = checked();
    assert.equal(situation(overview, 'mail', 'web').unhealed, 0);
    assert.equal(situation(overview, 'web').unhealed, 2);
    assert.equal(situation(overview).unhealed, 4);
    overview.cleared('web');
    assert.equal(situation(overview).unhealed, 2);
  });

  test('still counts a restart of an earlier check that failed after a later one', () => {
    const overview = checked();
    const busy = [alarm(1, 'mail'), alarm(11, 'mail')];
    overview.found({ withoutProcess: [], refused: [], heldOff: [], busy, tasks: [] });
    assert.equal(situation(overview, 'mail').unhealed, 0);
    assert.equal(situation(overview).unhealed, 2);
  });

  test('has the refusal of the last reload, on one line and bounded', () => {
    const after = (refusal: string | undefined) =>
      situationOf(new Overview(() => 0), [], { atMs: 1000, refusal }, dateOf).refused;
    assert.equal(after(undefined), undefined);
    assert.deepEqual(after('a\nb'), { at: dateOf(1000), reason: 'a\\nb' });
    assert.ok((after('x'.repeat(10_000))?.reason.length ?? 0) < 600);
  });

  test('dates an outage from its first failed check until one succeeds', () => {
    const overview = new Overview(() => 1000);
    overview.databaseFails('refused');
    assert.deepEqual(situation(overview).failingSince, dateOf(1000));
    overview.databaseAnswers();
    assert.equal(situation(overview).failingSince, undefined);
  });
});
