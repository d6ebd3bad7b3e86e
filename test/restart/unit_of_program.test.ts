import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tooManyUnits, unitsOfProgram } from '../../src/restart/unit_of_program.ts';
import type { ServiceUnit } from '../../src/system/service_units.ts';

const OWN = 'monitor_service.service';

function service(unit: string, program: string, facts: Partial<ServiceUnit> = {}): ServiceUnit {
  return { unit, programs: [program], isOneshot: false, wasStarted: true, ...facts };
}

const found = (...units: ServiceUnit[]) => unitsOfProgram('book', units, OWN);
const idle = { wasStarted: false };

describe('the unit of a program that does not run', () => {
  test('is the one that starts a program of exactly that name', () => {
    const others = ['books', 'book.sh', 'Book', 'notebook'].map((program, number) =>
      service(`other${number}.service`, program),
    );
    assert.deepEqual(found(...others, service('ledger.service', 'book')), ['ledger.service']);
    assert.deepEqual(found(...others), []);
  });

  test('may be one that was never started', () => {
    assert.deepEqual(found(service('ledger.service', 'book', idle)), ['ledger.service']);
  });

  test('is sooner one that was started than one that was not', () => {
    const units = [service('idle.service', 'book', idle), service('ledger.service', 'book')];
    assert.deepEqual(found(...units), ['ledger.service']);
  });

  test('is not to be told where several are alike', () => {
    for (const facts of [{}, idle]) {
      const units = ['a.service', 'b.service'].map((unit) => service(unit, 'book', facts));
      assert.deepEqual(found(...units), ['a.service', 'b.service']);
    }
  });

  test('is none that only runs it to its end, is this service’s, or harms the host', () => {
    assert.deepEqual(
      found(
        service('nightly.service', 'book', { isOneshot: true }),
        service(OWN, 'book'),
        service('monitor_service-started-123456789abc.service', 'book'),
        service('emergency.service', 'book', idle),
        service('systemd-poweroff.service', 'book'),
      ),
      [],
    );
  });
});

test('of several units a few are named, in the order of their names', () => {
  const units = ['b', 'a', 'c', 'd', 'e'].map((name) => `${name}.service`);
  assert.equal(
    tooManyUnits('book', units.slice(0, 2)),
    'several units run book: a.service, b.service; set system_name to the one that is meant',
  );
  assert.match(tooManyUnits('book', units), /: a\.service, b\.service, c\.service and 2 more;/);
});
