import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lineFor, StatusLine } from '../../src/service/status_line.ts';
import { settled } from '../system/fake_clock.ts';

const calm = { failingSince: undefined, restarting: [], unhealed: 0 };
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
      { failingSince: NOON, restarting: ['a'], unhealed: 3 },
    ],
  ];
  for (const [line, situation] of cases) {
    test(`can be: ${line}`, () => assert.equal(lineFor(situation), line));
  }
});

describe('the line follows what happens', () => {
  function follow() {
    const shown: string[] = [];
    const restarting: string[] = [];
    let now = NOON;
    const line = new StatusLine(
      (text) => void shown.push(text),
      () => restarting,
      () => now,
    );
    const setNow = (date: Date) => {
      now = date;
    };
    return { shown, restarting, line, setNow };
  }

  test('a restart that fails counts once it has ended', async () => {
    const { shown, restarting, line } = follow();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    restarting.push('nginx');
    line.checked({ isRead: true, leftAlone: 1, restarts: [promise] });
    restarting.pop();
    resolve(false);
    await settled();
    assert.deepEqual(shown, ['Restarting nginx; 1 alarm not healed', '2 alarms not healed']);
  });

  test('a restart that heals leaves nothing behind', async () => {
    const { shown, line } = follow();
    line.checked({ isRead: true, leftAlone: 0, restarts: [Promise.resolve(true)] });
    await settled();
    assert.equal(shown.at(-1), 'No process in alarm');
  });

  test('a restart of an earlier check does not count for the later one', async () => {
    const { shown, line } = follow();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    line.checked({ isRead: true, leftAlone: 0, restarts: [promise] });
    line.checked({ isRead: true, leftAlone: 0, restarts: [] });
    resolve(false);
    await settled();
    assert.equal(shown.at(-1), 'No process in alarm');
  });

  test('an outage is dated from its first failed check until one succeeds', () => {
    const { shown, line, setNow } = follow();
    const failed = { isRead: false, leftAlone: 0, restarts: [] };
    line.checked(failed);
    setNow(new Date(2026, 0, 31, 13, 0, 0));
    line.checked(failed);
    line.checked({ isRead: true, leftAlone: 0, restarts: [] });
    line.checked(failed);
    assert.deepEqual(shown, [
      'Database checks fail since 2026-01-31 12:00:00',
      'Database checks fail since 2026-01-31 12:00:00',
      'No process in alarm',
      'Database checks fail since 2026-01-31 13:00:00',
    ]);
  });
});
