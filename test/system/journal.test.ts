/** Entries of the journal, as journalctl prints them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEntry } from '../../src/system/journal.ts';

const line = (entry: object) => parseEntry(JSON.stringify(entry));

test('an entry of a program is its text, priority and start', () => {
  const entry = { MESSAGE: 'no port', PRIORITY: '3', _PID: '812', _SYSTEMD_INVOCATION_ID: 'ab' };
  assert.deepEqual(line(entry), [
    { text: 'no port', isManagers: false, priority: 3, invocation: 'ab' },
  ]);
});

test('what systemd says of a unit is its own, also from the process that is to become the program', () => {
  const ofPid1 = { MESSAGE: 'Started web.', _PID: '1', UNIT: 'web.service', INVOCATION_ID: 'cd' };
  const ofChild = { MESSAGE: 'Failed at step', _PID: '812', UNIT: 'web.service' };
  assert.deepEqual(line(ofPid1), [
    { text: 'Started web.', isManagers: true, priority: 6, invocation: 'cd' },
  ]);
  assert.equal(line(ofChild)[0]?.isManagers, true);
});

test('text that is no UTF-8, or of several lines, is read all the same', () => {
  assert.equal(line({ MESSAGE: [...Buffer.from('caf\u00e9')] })[0]?.text, 'caf\u00e9');
  assert.deepEqual(
    line({ MESSAGE: 'Traceback\n  line 1\r\n\nOSError' }).map(({ text }) => text),
    ['Traceback', '  line 1', 'OSError'],
  );
});

test('a line is never longer than what an operator reads', () => {
  assert.equal(line({ MESSAGE: 'x'.repeat(5000) })[0]?.text.length, 1000);
});

test('what has no text, or is no entry, is left out', () => {
  assert.deepEqual(line({ MESSAGE: null }), []); // longer than journalctl prints
  assert.deepEqual(line({ MESSAGE: '  ' }), []);
  assert.deepEqual(parseEntry(''), []);
  assert.deepEqual(parseEntry('{"MESSAGE": "cut'), []);
});
