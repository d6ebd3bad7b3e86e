/** What holds after every fault, once a check was made that nothing disturbed. */
import assert from 'node:assert/strict';
import type { Bed } from './bed.ts';
import type { Course, Raised } from './ordeal.ts';
import { PATIENTS, type Patient } from './patients.ts';
import type { Change } from './witness.ts';

const STAMPED = /^(?: - )?Restarted at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const LINE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d - (?:INFO|WARNING|ERROR) - \S/;
/** All that a fault of the database is an occasion for; whatever else is a warning is a defect. */
const COMPLAINT =
  / - ERROR - Database check failed: 127\.0\.0\.1:\d+: \S| - ERROR - Alarm for \w+ \(ID: \d\) could not be cleared: 127\.0\.0\.1:\d+: \S| - WARNING - Alarm for \w+ \(ID: \d\) was changed meanwhile/;

/** Told on a host so busy that a command's last words take longer than a tenth of a second to be taken. */
const BUSY =
  / - WARNING - RESTART LOG: The restart command of \w+ left a process that still writes/;

/** Throws where an alarm was lost, cleared without reason, or healed twice; or where something was left over. */
export async function assertHealed(bed: Bed, course: Course, changes: Change[]): Promise<void> {
  for (const patient of PATIENTS) {
    const raised = course.raised.find((one) => one.patient === patient);
    const own = changes.filter(({ id }) => id === patient.id);
    const before = course.restartsBefore.get(patient) ?? 0;
    const restarts = bed.patients.restartsOf(patient) - before;
    if (raised) {
      await assertCleared(bed, patient);
      assertCourse(bed, raised, own, course);
      assert.equal(restarts, 1, `${patient.name} was restarted ${restarts} times for one alarm`);
    } else {
      assert.deepEqual([own, restarts], [[], 0], `${patient.name} was not in alarm`);
    }
  }
  assertLog(course.log);
  assert.equal(bed.service.stderr(), '', 'the service complains on its standard error');
}

async function assertCleared(bed: Bed, { id, name, notes }: Patient): Promise<void> {
  const row = await bed.database.row(id);
  assert.equal(row?.alarma, 0, `${name} is still in alarm after a check that nothing disturbed`);
  const now = row?.notes ?? '';
  assert.ok(now.startsWith(notes), `the notes of ${name} are mangled: ${now}`);
  assert.match(now.slice(notes.length), STAMPED, `the notes of ${name}`);
}

/** Raised, restarted, verified, cleared: each once, in this order. */
function assertCourse(bed: Bed, { patient, atMs }: Raised, own: Change[], course: Course): void {
  const { name } = patient;
  assert.deepEqual(
    own.map(({ became }) => became),
    [1, 0],
    `the alarm of ${name} was raised and cleared, once each`,
  );
  const [, cleared] = own as [Change, Change];
  const passedMs = bed.patients.passedMs(patient);
  assert.ok(passedMs >= atMs, `${name} was not verified since its alarm was raised`);
  assert.ok(
    firstVerified(course.log, name) < firstTold(course.log, name),
    `the log does not tell that ${name} was verified, and what became of its alarm`,
  );
  assert.ok(passedMs <= cleared.atMs + 1, `${name} was cleared before it was verified`);
}

function firstVerified(log: string, name: string): number {
  const at = log.indexOf(`Successfully restarted and verified process: ${name}\n`);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

/** Cleared, or why it may not be: the server may have cleared it, and the answer was lost. */
function firstTold(log: string, name: string): number {
  return log.search(new RegExp(`Alarm (?:cleared )?for ${name} \\(ID: \\d\\)`));
}

function assertLog(log: string): void {
  for (const line of log.trimEnd().split('\n')) {
    assert.match(line, LINE, 'a line of the log');
    const isExpected = [/ - INFO - /, COMPLAINT, BUSY].some((pattern) => pattern.test(line));
    assert.ok(isExpected, `not to be expected: ${line}`);
  }
}
