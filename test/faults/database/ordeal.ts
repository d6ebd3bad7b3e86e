/** One fault: alarms before, meanwhile and after, checks meanwhile, and one check that nothing disturbs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { pick, type Random } from '../../support/random.ts';
import type { Belongings } from '../belongings.ts';
import type { Bed } from './bed.ts';
import type { Fault, Moment } from './fault.ts';
import { PATIENTS, type Patient } from './patients.ts';
import { assertHealed } from './promises.ts';
import { takeChanges } from './witness.ts';

/** The longest that a fault lasts where it does not last until the check has ended. */
const LONGEST_MS = 2500;
const CHECK_BEGINS_MS = 30;

/** An alarm that was raised, and when. */
export interface Raised {
  readonly patient: Patient;
  readonly atMs: number;
}

/** What is known of an ordeal when it is over. */
export interface Course {
  readonly raised: readonly Raised[];
  readonly restartsBefore: ReadonlyMap<Patient, number>;
  /** What the service said, the fault and the last check included. */
  readonly log: string;
}

/** Resolves to whether the service noticed. Throws where something promised does not hold, with what was said. */
export async function undergo(
  bed: Bed,
  fault: Fault,
  random: Random,
  belongings: Belongings,
): Promise<boolean> {
  const from = bed.logLength();
  try {
    const course = { ...(await suffer(bed, fault, random)), log: bed.logSince(from) };
    await assertHealed(bed, course, await takeChanges(bed.database));
    await belongings.tidy();
    return / - (?:ERROR|WARNING) - /.test(course.log);
  } catch (cause) {
    const said = `log:\n${bed.logSince(from)}stderr:\n${bed.service.stderr()}`;
    throw new Error(`${fault.detail}: ${(cause as Error).message}\n${said}`, { cause });
  }
}

async function suffer(bed: Bed, fault: Fault, random: Random): Promise<Omit<Course, 'log'>> {
  const restartsBefore = new Map(PATIENTS.map((one) => [one, bed.patients.restartsOf(one)]));
  const raised: Raised[] = [];
  const moments = momentsOf(fault, random);
  const raise = async (now: Moment) => {
    for (const [patient, moment] of moments) {
      if (moment === now) {
        raised.push({ patient, atMs: Date.now() });
        await bed.raise(patient);
      }
    }
  };
  await raise('before');
  let askedAtMs = 0;
  const end = await fault.begin(bed);
  try {
    const isEarly = random(2) === 0;
    await (isEarly && raise('meanwhile'));
    askedAtMs = await checkMeanwhile(bed, random);
    await sleep(isEarly ? 0 : random(CHECK_BEGINS_MS));
    await (isEarly || raise('meanwhile'));
    await bed.settled(askedAtMs, random(2) === 0 ? random(LONGEST_MS) : undefined);
  } finally {
    await end();
  }
  await bed.settled(askedAtMs);
  await raise('after');
  await bed.check(random);
  return { raised, restartsBefore };
}

/** One to three checks that the fault may hit; the last may still run. */
async function checkMeanwhile(bed: Bed, random: Random): Promise<number> {
  for (let more = Math.max(0, random(5) - 2); more > 0; more--) {
    await bed.check(random);
  }
  const askedAtMs = Date.now();
  await bed.askForCheck(random);
  return askedAtMs;
}

/** When whose alarm is raised; one at least. */
function momentsOf({ moments }: Fault, random: Random): [Patient, Moment][] {
  const count = 1 + random(PATIENTS.length);
  const first = random(PATIENTS.length);
  return Array.from({ length: count }, (_, index) => [
    PATIENTS[(first + index) % PATIENTS.length] as Patient,
    pick(random, moments),
  ]);
}
