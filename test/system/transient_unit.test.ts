import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  isTransientUnit,
  isUnitFor,
  readReport,
  transientUnit,
} from '../../src/system/transient_unit.ts';

const unitFor = (name: string) => transientUnit('program', name).unit;
const BEGUN = 'Running as unit: monitor_service-started-1.service';

describe('the name of a unit for what is started', () => {
  test('is never given twice, and is known again', () => {
    const [one, other] = [unitFor('nginx'), unitFor('nginx')];
    assert.notEqual(one, other);
    assert.ok(isTransientUnit(one));
  });

  test('tells which process of the table it was made for', () => {
    const names = ['nginx', 'nginx2', 'web@1', 'Büro: %n/..', 'n'.repeat(100)];
    for (const name of names) {
      const unit = unitFor(name);
      assert.match(unit, /^monitor_service-started-[0-9a-f]{12}-[0-9a-f]{12}\.service$/);
      assert.deepEqual(
        names.filter((other) => isUnitFor(other, unit)),
        [name],
      );
    }
    assert.equal(isUnitFor('nginx', 'nginx.service'), false);
  });

  for (const unit of ['nginx.service', 'monitor_service.service', 'monitor_service-2.service']) {
    test(`is not ${unit}`, () => assert.equal(isTransientUnit(unit), false));
  }
});

describe('the report of systemd-run', () => {
  for (const [version, line] of [
    ['239', 'Main processes terminated with: code=killed/status=9'],
    ['252', 'Main processes terminated with: code=killed/status=KILL'],
    ['257', '  Main processes terminated with: code=killed, status=9/KILL'],
    ['252, with a core dump', 'Main processes terminated with: code=dumped/status=KILL'],
  ] as const) {
    test(`tells the signal that ended a program, in the words of ${version}`, () => {
      const lines = [BEGUN, 'Finished with result: signal', line, 'Service runtime: 1ms'];
      assert.deepEqual(readReport(lines), { hasBegun: true, signal: 'SIGKILL', others: [] });
    });
  }

  test('leaves what the preparations printed', () => {
    const said = 'sh: 1: cd: can’t cd to /no/such';
    for (const lines of [
      [BEGUN, said, 'Finished with result: exit-code'],
      [said, BEGUN, '          Finished with result: exit-code'],
    ]) {
      const ended = [...lines, 'Main processes terminated with: code=exited/status=1'];
      assert.deepEqual(readReport(ended), { hasBegun: true, signal: undefined, others: [said] });
    }
  });

  test('is missing where systemd did not answer', () => {
    const said = 'Failed to connect to bus: No such file or directory';
    assert.deepEqual(readReport([said]), { hasBegun: false, signal: undefined, others: [said] });
  });
});
